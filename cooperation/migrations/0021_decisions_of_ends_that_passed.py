"""What was decided about an end that an automatic renewal has left behind no longer stands beside the wording."""

from django.db import migrations

PASSED = """
UPDATE cooperation_revision r SET decision = '', decided_on = NULL
FROM cooperation_agreement a
WHERE a.concluded_id = r.id AND r.decided_on IS NOT NULL AND EXISTS (
  SELECT 1 FROM lifecycle_event e
  WHERE e.subject_type = 'agreement' AND e.subject_id = a.public_id AND e.name = 'renew_auto'
    AND (e.detail ->> 'on')::date >= r.decided_on)
"""


class Migration(migrations.Migration):
    dependencies = [("cooperation", "0020_intakes"), ("lifecycle", "0007_link_posts")]

    operations = [migrations.RunSQL(PASSED, migrations.RunSQL.noop)]
