"""Before a change of what is counted, the activity's image is noted: once a transaction, whoever makes the change.

Only confirmed activities are counted; of any other the image says that it stood nowhere. A bulk load of activities that
are confirmed already notes nothing when their participations are written first: it is followed by a count of everything.
"""

from django.db import migrations

NOTE = """
CREATE FUNCTION cooperation_note_activity(which bigint, counted boolean, day date, type bigint) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO quality_before (subject_type, key, houses, counted_on, sort, xact)
  SELECT 'activity', which, CASE WHEN counted THEN COALESCE(
           (SELECT array_agg(institution_id ORDER BY institution_id) FROM cooperation_participation
            WHERE activity_id = which AND state = 'stands'), '{}') ELSE '{}' END,
         day, type, pg_current_xact_id()::text::bigint
  WHERE NOT EXISTS (SELECT 1 FROM quality_before
                    WHERE subject_type = 'activity' AND key = which AND xact = pg_current_xact_id()::text::bigint)
$$;
"""
ACTIVITY = """
CREATE FUNCTION cooperation_activity_before() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM cooperation_note_activity(OLD.id, OLD.status = 'confirmed', OLD.starts_on, OLD.type_id);
  RETURN NEW;
END $$;
CREATE TRIGGER cooperation_activity_before
  BEFORE UPDATE OF status, type_id, starts_on, agreement_id ON cooperation_activity FOR EACH ROW
  WHEN ((OLD.status = 'confirmed' OR NEW.status = 'confirmed')
        AND (OLD.status, OLD.type_id, OLD.starts_on, OLD.agreement_id)
            IS DISTINCT FROM (NEW.status, NEW.type_id, NEW.starts_on, NEW.agreement_id))
  EXECUTE FUNCTION cooperation_activity_before();
"""
# What happens to the rows of an activity that is not confirmed changes no count.
PARTICIPATION = """
CREATE FUNCTION cooperation_participation_before() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE activity record;
BEGIN
  SELECT id, starts_on, type_id INTO activity FROM cooperation_activity
    WHERE id = COALESCE(OLD.activity_id, NEW.activity_id) AND status = 'confirmed';
  IF FOUND THEN
    PERFORM cooperation_note_activity(activity.id, true, activity.starts_on, activity.type_id);
  END IF;
  RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER cooperation_participation_inserted BEFORE INSERT ON cooperation_participation FOR EACH ROW
  WHEN (NEW.state = 'stands') EXECUTE FUNCTION cooperation_participation_before();
CREATE TRIGGER cooperation_participation_deleted BEFORE DELETE ON cooperation_participation FOR EACH ROW
  WHEN (OLD.state = 'stands') EXECUTE FUNCTION cooperation_participation_before();
CREATE TRIGGER cooperation_participation_updated BEFORE UPDATE OF state, institution_id, activity_id
  ON cooperation_participation FOR EACH ROW
  WHEN ((OLD.state = 'stands' OR NEW.state = 'stands') AND (OLD.state, OLD.institution_id, OLD.activity_id)
        IS DISTINCT FROM (NEW.state, NEW.institution_id, NEW.activity_id))
  EXECUTE FUNCTION cooperation_participation_before();
"""
UNDO = (
    "DROP FUNCTION cooperation_note_activity(bigint, boolean, date, bigint)",
    "DROP TRIGGER cooperation_activity_before ON cooperation_activity; DROP FUNCTION cooperation_activity_before()",
    """
DROP TRIGGER cooperation_participation_inserted ON cooperation_participation;
DROP TRIGGER cooperation_participation_deleted ON cooperation_participation;
DROP TRIGGER cooperation_participation_updated ON cooperation_participation;
DROP FUNCTION cooperation_participation_before();
""",
)


class Migration(migrations.Migration):
    dependencies = [("cooperation", "0004_activities"), ("quality", "0006_before")]
    operations = [
        migrations.RunSQL(sql, undo) for sql, undo in zip((NOTE, ACTIVITY, PARTICIPATION), UNDO, strict=True)
    ]
