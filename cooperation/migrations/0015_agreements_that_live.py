"""Agreements that live: what a revision is for, notices of parties, pauses and early ends; the moves that go with them."""

import accounts.spelling
from django.db import migrations, models

from cooperation.agreements.rules import AGREEMENT
from lifecycle.guards import guard_moves

OLD = ("title", "kind_id", "starts_on", "ends_on", "review_on", "notice_days", "renewal", "text", "frozen_id",
       "content_hash", "number", "agreement_id")
NEW = (*OLD, "purpose", "renewal_months", "survives_exit", "reason", "document", "effective_on")


def stays(columns):
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    return f"""
DROP TRIGGER revision_content_stays ON cooperation_revision;
CREATE TRIGGER revision_content_stays BEFORE UPDATE ON cooperation_revision FOR EACH ROW
  WHEN (OLD.status <> 'draft' AND ({old}) IS DISTINCT FROM ({new}))
  EXECUTE FUNCTION revision_content_stays();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('cooperation', '0014_use_shown_by_work'),
    ]

    operations = [
        migrations.AddField(
            model_name='agreement',
            name='leaves_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='agreement',
            name='suspended_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='agreement',
            name='terminated_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='agreementparty',
            name='leaves_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='agreementparty',
            name='notice_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='revision',
            name='document',
            field=accounts.spelling.Line(blank=True, max_length=300, verbose_name='Document'),
        ),
        migrations.AddField(
            model_name='revision',
            name='effective_on',
            field=models.DateField(null=True, verbose_name='Takes effect'),
        ),
        migrations.AddField(
            model_name='revision',
            name='reason',
            field=accounts.spelling.Text(blank=True, verbose_name='Reason'),
        ),
        migrations.AddField(
            model_name='revision',
            name='renewal_months',
            field=models.PositiveSmallIntegerField(null=True, verbose_name='Renewed by months'),
        ),
        migrations.AddField(
            model_name='revision',
            name='survives_exit',
            field=models.BooleanField(default=False, verbose_name='Goes on when one party leaves'),
        ),
        migrations.AddField(
            model_name='revisionparty',
            name='left_on',
            field=models.DateField(null=True),
        ),
        migrations.AlterField(
            model_name='revision',
            name='purpose',
            field=models.CharField(choices=[('conclude', 'Conclude'), ('amend', 'Change the agreement'), ('renew', 'Renew the agreement'), ('suspend', 'Suspend the agreement'), ('resume', 'Resume the agreement'), ('terminate', 'End the agreement early'), ('annul', 'Annul the agreement'), ('reinstate', 'Put the agreement back in force')], default='conclude', max_length=16),
        ),
        migrations.RunSQL(stays(NEW), stays(OLD)),
        guard_moves("cooperation_agreement", AGREEMENT.pairs()),
    ]
