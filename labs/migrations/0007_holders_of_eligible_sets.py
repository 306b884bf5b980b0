"""Who stands in for the institutions of a frozen set, as a view; findings of a verdict stay, its embargo ends in a year."""

from django.db import migrations, models

from lifecycle.guards import freeze

VIEW = """
CREATE VIEW labs_eligibleholder AS
WITH RECURSIVE chain(eligible_id, institution_id, holder_id, eligible_set_id) AS (
  SELECT id, institution_id, institution_id, eligible_set_id FROM labs_eligibleinstitution
  UNION
  SELECT c.eligible_id, c.institution_id, s.successor_id, c.eligible_set_id FROM chain c
  JOIN institutions_succession s ON s.predecessor_id = c.holder_id AND s.happened_on <= current_date
)
SELECT c.eligible_id || '-' || c.holder_id AS id, c.eligible_id, c.institution_id, c.holder_id, e.project_id,
       p.public_id AS project_key,
       i.status <> 'closed' OR NOT EXISTS (
         SELECT FROM institutions_succession s WHERE s.predecessor_id = c.holder_id AND s.happened_on <= current_date
       ) AS is_last
FROM chain c
JOIN labs_eligibleset e ON e.id = c.eligible_set_id
JOIN labs_pilotproject p ON p.id = e.project_id
JOIN institutions_institution i ON i.id = c.holder_id;
"""
EMBARGO = """
ALTER TABLE labs_verdict ADD CONSTRAINT verdict_embargo_ends_in_a_year
  CHECK (embargo_until IS NULL OR embargo_until <= modified_at::date + 366);
"""


class Migration(migrations.Migration):
    dependencies = [("labs", "0006_trial_guards")]

    operations = [
        migrations.RunSQL(VIEW, "DROP VIEW labs_eligibleholder"),
        migrations.RunSQL(EMBARGO, "ALTER TABLE labs_verdict DROP CONSTRAINT verdict_embargo_ends_in_a_year"),
        freeze("labs_verdict", "trial_id", "findings", "computed", "computed_at"),
        migrations.CreateModel(
            name="EligibleHolder",
            fields=[
                ("id", models.TextField(primary_key=True, serialize=False)),
                ("project_key", models.CharField(max_length=26)),
                ("is_last", models.BooleanField()),
            ],
            options={"db_table": "labs_eligibleholder", "managed": False},
        ),
    ]
