"""A group stays as it was approved, who judges a project was never asked to examine it, words that somebody agreed to stay."""

from django.db import migrations

# who answers an invitation changes nothing an approval rests on; everything else needs the approvals to fall first
GROUP = """
CREATE FUNCTION labs_group_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM labs_pilotproject WHERE id IN (OLD.project_id, NEW.project_id)
             AND status NOT IN ('problem_identified', 'object_defined', 'direction_set')) THEN
    RAISE EXCEPTION '%: the group is approved', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_TABLE_NAME = 'labs_pilotmember' AND EXISTS (
      SELECT 1 FROM labs_groupapproval WHERE project_id IN (OLD.project_id, NEW.project_id))
     AND (TG_OP <> 'UPDATE' OR (to_jsonb(OLD) - 'answer' - 'answered_at') <> (to_jsonb(NEW) - 'answer' - 'answered_at')
          OR (to_jsonb(OLD) ->> 'answer', to_jsonb(NEW) ->> 'answer') <> ('invited', 'agreed')) THEN
    RAISE EXCEPTION 'labs_pilotmember: an approval rests on it' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER labs_group_stays BEFORE INSERT OR UPDATE OR DELETE ON labs_pilotmember
  FOR EACH ROW EXECUTE FUNCTION labs_group_stays();
CREATE TRIGGER labs_approvals_stay BEFORE INSERT OR DELETE ON labs_groupapproval
  FOR EACH ROW EXECUTE FUNCTION labs_group_stays();
CREATE TRIGGER labs_approval_is_given_once BEFORE UPDATE ON labs_groupapproval
  FOR EACH ROW EXECUTE FUNCTION labs_stays();
CREATE FUNCTION labs_group_is_whole() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF (SELECT count(*) FILTER (WHERE answer = 'agreed' AND btrim(tasks) <> '') < 3
        OR count(*) FILTER (WHERE answer = 'invited') > 0
        OR count(DISTINCT institution_id) FILTER (WHERE answer = 'agreed') < 2
        OR count(DISTINCT field_id) FILTER (WHERE answer = 'agreed') < 2
        OR count(DISTINCT part) FILTER (WHERE answer = 'agreed') < 2
        OR count(*) FILTER (WHERE answer = 'agreed' AND raci = 'accountable') <> 1
      FROM labs_pilotmember WHERE project_id = NEW.id)
     OR (SELECT count(*) < 2 OR count(*) FILTER (WHERE NOT EXISTS (
           SELECT 1 FROM labs_pilotmember m WHERE m.project_id = NEW.id AND m.user_id = a.approved_by_id)) < 1
         FROM labs_groupapproval a WHERE a.project_id = NEW.id) THEN
    RAISE EXCEPTION 'labs_pilotproject: its group is not whole, or not approved' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER labs_group_is_whole BEFORE UPDATE OF status ON labs_pilotproject
  FOR EACH ROW WHEN (OLD.status = 'direction_set' AND NEW.status = 'group_approved') EXECUTE FUNCTION labs_group_is_whole();
"""
GROUP_UNDO = """
DROP TRIGGER labs_group_is_whole ON labs_pilotproject; DROP FUNCTION labs_group_is_whole();
DROP TRIGGER labs_approval_is_given_once ON labs_groupapproval; DROP TRIGGER labs_approvals_stay ON labs_groupapproval;
DROP TRIGGER labs_group_stays ON labs_pilotmember; DROP FUNCTION labs_group_stays();
"""

# an expert knows a project by its code, a panel by its name: nobody is both
PANEL = """
CREATE FUNCTION labs_was_asked(project bigint, person bigint) RETURNS boolean LANGUAGE sql STABLE
  SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM labs_review r JOIN labs_examination e ON e.id = r.examination_id
                 WHERE e.project_id = project AND r.expert_id = person)
$$;
CREATE FUNCTION labs_panel_is_apart() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM labs_verdict v JOIN labs_trial t ON t.id = v.trial_id WHERE v.id = NEW.verdict_id
             AND (labs_was_asked(t.project_id, NEW.user_id) OR EXISTS (
               SELECT 1 FROM labs_pilotmember m WHERE m.project_id = t.project_id AND m.user_id = NEW.user_id)))
     OR NEW.expert AND NOT EXISTS (
       SELECT 1 FROM institutions_membership m WHERE m.user_id = NEW.user_id AND m.role = 'expert'
       AND m.status IN ('active', 'ended')) THEN
    RAISE EXCEPTION 'labs_panelseat: not of the group, not asked to examine it, and an expert by role'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER labs_panel_is_apart BEFORE INSERT OR UPDATE ON labs_panelseat
  FOR EACH ROW EXECUTE FUNCTION labs_panel_is_apart();
CREATE FUNCTION labs_examiner_is_apart() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM labs_examination e JOIN labs_trial t ON t.project_id = e.project_id
             JOIN labs_verdict v ON v.trial_id = t.id JOIN labs_panelseat s ON s.verdict_id = v.id
             WHERE e.id = NEW.examination_id AND s.user_id = NEW.expert_id) THEN
    RAISE EXCEPTION 'labs_review: who judges it does not examine it' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER labs_examiner_is_apart BEFORE INSERT ON labs_review
  FOR EACH ROW EXECUTE FUNCTION labs_examiner_is_apart();
CREATE OR REPLACE FUNCTION labs_verdict_is_agreed() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
DECLARE
  agreed bigint;
  seats bigint;
  experts bigint;
BEGIN
  SELECT count(*), count(*) FILTER (WHERE s.agreed_hash = NEW.words_hash),
      count(*) FILTER (WHERE s.agreed_hash = NEW.words_hash AND s.expert)
    INTO seats, agreed, experts
    FROM labs_panelseat s JOIN labs_trial t ON t.id = NEW.trial_id WHERE s.verdict_id = NEW.id
      AND NOT labs_was_asked(t.project_id, s.user_id)
      AND NOT EXISTS (SELECT 1 FROM labs_pilotmember m WHERE m.project_id = t.project_id AND m.user_id = s.user_id);
  IF agreed < 3 OR 2 * agreed <= seats OR experts < 1
     OR NEW.embargo_until > LEAST(NEW.decided_at::date, current_date) + 366 THEN
    RAISE EXCEPTION 'labs_verdict: the panel has not agreed to it' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
"""
PANEL_UNDO = """
CREATE OR REPLACE FUNCTION labs_verdict_is_agreed() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
DECLARE
  agreed bigint;
  seats bigint;
  examiners bigint;
BEGIN
  SELECT count(*), count(*) FILTER (WHERE s.agreed_hash = NEW.words_hash),
      count(*) FILTER (WHERE s.agreed_hash = NEW.words_hash AND s.examined AND EXISTS (
        SELECT 1 FROM labs_review r JOIN labs_examination e ON e.id = r.examination_id
        WHERE e.project_id = t.project_id AND e.status <> 'void' AND r.expert_id = s.user_id AND r.status = 'submitted'))
    INTO seats, agreed, examiners
    FROM labs_panelseat s JOIN labs_trial t ON t.id = NEW.trial_id WHERE s.verdict_id = NEW.id
      AND NOT EXISTS (SELECT 1 FROM labs_pilotmember m WHERE m.project_id = t.project_id AND m.user_id = s.user_id);
  IF agreed < 3 OR 2 * agreed <= seats OR examiners < 1
     OR NEW.embargo_until > LEAST(NEW.decided_at::date, current_date) + 366 THEN
    RAISE EXCEPTION 'labs_verdict: the panel has not agreed to it' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER labs_examiner_is_apart ON labs_review; DROP FUNCTION labs_examiner_is_apart();
DROP TRIGGER labs_panel_is_apart ON labs_panelseat; DROP FUNCTION labs_panel_is_apart();
DROP FUNCTION labs_was_asked(bigint, bigint);
"""
# people agree to a hash: below it no word is exchanged as long as somebody's agreement to it stands
WORDS = """
CREATE FUNCTION labs_words_stay() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM labs_panelseat WHERE verdict_id = NEW.id AND agreed_hash <> ''
             AND agreed_hash = NEW.words_hash) THEN
    RAISE EXCEPTION 'labs_verdict: somebody agreed to these words' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER labs_words_stay BEFORE UPDATE ON labs_verdict FOR EACH ROW
  WHEN ((OLD.value, OLD.reason, OLD.embargo_until, OLD.words_hash)
        IS DISTINCT FROM (NEW.value, NEW.reason, NEW.embargo_until, NEW.words_hash))
  EXECUTE FUNCTION labs_words_stay();
CREATE TRIGGER labs_house_stays BEFORE UPDATE ON labs_pilotproject FOR EACH ROW
  WHEN ((OLD.laboratory_id, OLD.opened_by_id, OLD.created_at)
        IS DISTINCT FROM (NEW.laboratory_id, NEW.opened_by_id, NEW.created_at))
  EXECUTE FUNCTION labs_stays();
"""
WORDS_UNDO = """
DROP TRIGGER labs_house_stays ON labs_pilotproject;
DROP TRIGGER labs_words_stay ON labs_verdict; DROP FUNCTION labs_words_stay();
"""
# a panel that is still at work loses whoever was asked to examine: its coordinator names it anew
UNDECIDED = """
DELETE FROM labs_panelseat s USING labs_verdict v, labs_trial t
  WHERE v.id = s.verdict_id AND t.id = v.trial_id AND v.decided_at IS NULL AND labs_was_asked(t.project_id, s.user_id);
"""


class Migration(migrations.Migration):
    dependencies = [("labs", "0009_behind_the_locks")]
    operations = [
        migrations.RenameField("panelseat", "examined", "expert"),
        migrations.RunSQL(GROUP, GROUP_UNDO),
        migrations.RunSQL(PANEL, PANEL_UNDO),
        migrations.RunSQL(WORDS, WORDS_UNDO),
        migrations.RunSQL(UNDECIDED, migrations.RunSQL.noop),
    ]
