"""What changes an observation leaves behind how much it changed, whoever makes the change and however."""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION quality_observation_{verb}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT count(*) FROM (SELECT 1 FROM {any} LIMIT 5001) AS few) > 5000 THEN
    INSERT INTO quality_dirty (version_id, period_id, since)
      SELECT DISTINCT version_id, period_id, now() FROM ({keys}) AS keys;
  ELSE
    INSERT INTO quality_change (version_id, period_id, institution_id, territory_id,
                                numerator, denominator, reporting, excused)
      SELECT version_id, period_id, institution_id, territory_id, sum(sign * COALESCE(numerator, 0)),
             sum(sign * COALESCE(denominator, 0)), sum(sign * (state = 'value')::int),
             sum(sign * (state = 'not_applicable')::int)
      FROM ({rows}) AS rows GROUP BY 1, 2, 3, 4;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER quality_observation_{verb} AFTER {verb} ON quality_observation
  REFERENCING {references} FOR EACH STATEMENT EXECUTE FUNCTION quality_observation_{verb}();
"""
NEW, OLD = "SELECT {columns}, 1 AS sign FROM new_rows", "SELECT {columns}, -1 AS sign FROM old_rows"
COLUMNS = "version_id, period_id, institution_id, territory_id, numerator, denominator, state"
SIDES = {
    "insert": ("new_rows", [NEW], "NEW TABLE AS new_rows"),
    "update": ("new_rows", [NEW, OLD], "NEW TABLE AS new_rows OLD TABLE AS old_rows"),
    "delete": ("old_rows", [OLD], "OLD TABLE AS old_rows"),
}
UNDO = """
DROP TRIGGER quality_observation_{verb} ON quality_observation;
DROP FUNCTION quality_observation_{verb}();
"""


def watch(verb: str) -> migrations.RunSQL:
    """A trigger for one kind of statement, over all its rows at once."""
    table, sides, references = SIDES[verb]
    rows = " UNION ALL ".join(side.format(columns=COLUMNS) for side in sides)
    sql = FUNCTION.format(verb=verb, any=table, keys=rows, rows=rows, references=references)
    return migrations.RunSQL(sql, UNDO.format(verb=verb))


class Migration(migrations.Migration):
    dependencies = [("quality", "0001_initial")]
    operations = [watch(verb) for verb in SIDES]
