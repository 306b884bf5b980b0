"""The text of an agreement in further languages beside that of the state; once proposed it stays like all content."""

from django.db import migrations, models

OLD = ("title", "kind_id", "starts_on", "ends_on", "review_on", "notice_days", "renewal", "text", "frozen_id",
       "content_hash", "number", "agreement_id", "purpose", "renewal_months", "survives_exit", "reason", "document",
       "effective_on")
NEW = (*OLD, "texts")


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
        ('cooperation', '0018_signing_without_account'),
    ]

    operations = [
        migrations.AddField(model_name='revision', name='texts', field=models.JSONField(default=dict)),
        migrations.RunSQL(stays(NEW), stays(OLD)),
    ]
