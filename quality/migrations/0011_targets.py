"""Targets are approved by a second person: what was set by one alone waits for approval."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now

from lifecycle.guards import freeze, guard_status
from quality.targets.models import TargetStatus
from quality.targets.rules import TARGET


def date_the_old(apps, schema_editor):
    target = apps.get_model("quality", "Target")
    target.objects.update(set_at=Coalesce(F("approved_at"), Now()), approved_at=None)


class Migration(migrations.Migration):
    dependencies = [
        ("quality", "0010_reconciliation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint("target", "target_once"),
        migrations.AddField(
            "target", "status",
            models.CharField(
                choices=TargetStatus.choices, default="proposed", max_length=16,
            ),
        ),
        migrations.AddField("target", "set_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "target", "set_by",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            "target", "approved_by",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.RunPython(date_the_old, migrations.RunPython.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField("target", "set_at", models.DateTimeField()),
        *(
            migrations.AddConstraint(
                "target",
                models.UniqueConstraint(
                    fields=["indicator", "territory", "institution", "period"], condition=Q(status=status),
                    nulls_distinct=False, name=f"target_one_{status}",
                ),
            )
            for status in ("proposed", "approved")
        ),
        migrations.AddConstraint(
            "target",
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="target_approved_by_and_at",
            ),
        ),
        migrations.AddConstraint(
            "target",
            models.CheckConstraint(
                condition=~Q(status="approved") | Q(approved_by__isnull=False), name="target_stands_approved"
            ),
        ),
        migrations.AddConstraint(
            "target",
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | Q(set_by__isnull=True) | ~Q(approved_by=F("set_by")),
                name="target_approved_by_another",
            ),
        ),
        migrations.AddIndex("target", models.Index(fields=["set_at", "id"], name="target_newest")),
        guard_status("quality_target", TargetStatus.values, TARGET.pairs(), "target"),
        freeze("quality_target", "indicator_id", "territory_id", "institution_id", "period_id", "baseline", "value",
               "set_by_id", "set_at"),
    ]  # fmt: skip
