"""What raw SQL could still do behind the locks: an empty plan locked, a review or a verdict made up, a set that grows
after it was frozen, a result taken out of sight, a guard deceived by a table of the same name.
"""

from django.db import migrations

from lifecycle.guards import freeze

STAYS = """
CREATE OR REPLACE FUNCTION labs_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '%: what was said stays', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$;
CREATE TRIGGER labs_project_stays BEFORE DELETE ON labs_pilotproject FOR EACH ROW EXECUTE FUNCTION labs_stays();
CREATE TRIGGER labs_trial_stays BEFORE DELETE ON labs_trial FOR EACH ROW EXECUTE FUNCTION labs_stays();
CREATE TRIGGER labs_examination_stays BEFORE DELETE ON labs_examination FOR EACH ROW EXECUTE FUNCTION labs_stays();
CREATE TRIGGER labs_review_stays BEFORE DELETE ON labs_review FOR EACH ROW EXECUTE FUNCTION labs_stays();
CREATE TRIGGER labs_computed_stays BEFORE DELETE ON labs_verdict FOR EACH ROW EXECUTE FUNCTION labs_stays();
CREATE TRIGGER labs_published_stays BEFORE UPDATE ON labs_pilotproject FOR EACH ROW
  WHEN (OLD.published_at IS NOT NULL AND OLD.published_at IS DISTINCT FROM NEW.published_at)
  EXECUTE FUNCTION labs_stays();
CREATE TRIGGER labs_decision_stays BEFORE UPDATE ON labs_examination FOR EACH ROW
  WHEN (OLD.status <> 'open' AND (OLD.decision, OLD.decided_at) IS DISTINCT FROM (NEW.decision, NEW.decided_at))
  EXECUTE FUNCTION labs_stays();
CREATE TRIGGER labs_submitted_stays BEFORE UPDATE ON labs_review FOR EACH ROW
  WHEN (OLD.submitted_at IS NOT NULL AND (OLD.comment, OLD.interests, OLD.note, OLD.submitted_at)
        IS DISTINCT FROM (NEW.comment, NEW.interests, NEW.note, NEW.submitted_at))
  EXECUTE FUNCTION labs_stays();
"""
STAYS_UNDO = """
DROP TRIGGER labs_submitted_stays ON labs_review; DROP TRIGGER labs_decision_stays ON labs_examination;
DROP TRIGGER labs_published_stays ON labs_pilotproject; DROP TRIGGER labs_computed_stays ON labs_verdict;
DROP TRIGGER labs_review_stays ON labs_review; DROP TRIGGER labs_examination_stays ON labs_examination;
DROP TRIGGER labs_trial_stays ON labs_trial; DROP TRIGGER labs_project_stays ON labs_pilotproject;
DROP FUNCTION labs_stays();
"""

LOCK = """
CREATE OR REPLACE FUNCTION labs_lock_is_whole() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  part text;
  held boolean;
BEGIN
  SELECT o.status = 'programme_approved' AND f.content::jsonb
      = jsonb_build_object('project', o.public_id, 'number', NEW.number, 'plan', NEW.plan) INTO held
    FROM labs_pilotproject o, lifecycle_frozencontent f WHERE o.id = NEW.project_id AND f.id = NEW.frozen_id;
  FOREACH part IN ARRAY ARRAY[
      '$.hypothesis', '$.outcomes[*].code', '$.criteria[*].threshold', '$.harm.worse_than', '$.comparison.rule',
      '$.treated[*]', '$.baseline.from', '$.endline.until', '$.minimum_sample', '$.fidelity', '$.exclusions',
      '$.analysis.compare'] LOOP
    held := held AND NEW.plan @? (part || ' ? (@ != "")')::jsonpath;
  END LOOP;
  IF held IS NOT TRUE THEN
    RAISE EXCEPTION 'labs_preregistration: only a whole plan is locked, before the trial' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER labs_lock_is_whole BEFORE UPDATE ON labs_preregistration
  FOR EACH ROW WHEN (OLD.locked_at IS NULL AND NEW.locked_at IS NOT NULL) EXECUTE FUNCTION labs_lock_is_whole();
CREATE OR REPLACE FUNCTION labs_programme_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM labs_pilotproject WHERE id IN (OLD.project_id, NEW.project_id) AND status <> 'accepted') THEN
    RAISE EXCEPTION '%: the programme is approved', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER labs_sites_stay BEFORE INSERT OR UPDATE OR DELETE ON labs_pilotsite
  FOR EACH ROW EXECUTE FUNCTION labs_programme_stays();
CREATE TRIGGER labs_step_goes_nowhere BEFORE UPDATE OF project_id ON labs_implementationstep
  FOR EACH ROW EXECUTE FUNCTION labs_programme_stays();
CREATE OR REPLACE FUNCTION labs_log_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM labs_trialsite s JOIN labs_trial t ON t.id = s.trial_id
                 JOIN labs_implementationstep p ON p.project_id = t.project_id
                 WHERE s.id = NEW.site_id AND p.id = NEW.step_id AND s.arm = 'treated' AND t.status = 'running') THEN
    RAISE EXCEPTION 'labs_steplog: nothing is tried there now' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER labs_log_in_time BEFORE INSERT ON labs_steplog FOR EACH ROW EXECUTE FUNCTION labs_log_in_time();
"""
LOCK_UNDO = """
DROP TRIGGER labs_log_in_time ON labs_steplog; DROP FUNCTION labs_log_in_time();
DROP TRIGGER labs_step_goes_nowhere ON labs_implementationstep; DROP TRIGGER labs_sites_stay ON labs_pilotsite;
DROP FUNCTION labs_programme_stays();
DROP TRIGGER labs_lock_is_whole ON labs_preregistration; DROP FUNCTION labs_lock_is_whole();
"""

# a review by somebody of the group is not sound, whatever was found when they were asked
REVIEWS = """
CREATE OR REPLACE FUNCTION labs_sound_reviews(examination bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT count(*) FROM labs_review r JOIN labs_examination e ON e.id = r.examination_id
  WHERE r.examination_id = examination AND r.status = 'submitted'
    AND NOT EXISTS (SELECT 1 FROM labs_conflictfinding c WHERE c.review_id = r.id AND c.hard)
    AND NOT EXISTS (SELECT 1 FROM labs_pilotmember m WHERE m.project_id = e.project_id AND m.user_id = r.expert_id
                    AND m.answer <> 'declined')
$$;
CREATE OR REPLACE FUNCTION labs_review_is_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (CASE WHEN TG_OP = 'INSERT' THEN NEW.status <> 'invited'
     ELSE NOT EXISTS (SELECT 1 FROM labs_reviewscore WHERE review_id = NEW.id)
       OR EXISTS (SELECT 1 FROM labs_reviewscore WHERE review_id = NEW.id AND (level IS NULL OR btrim(reason) = '')) END) THEN
    RAISE EXCEPTION 'labs_review: every line is scored with a reason first' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER labs_review_begins BEFORE INSERT ON labs_review FOR EACH ROW EXECUTE FUNCTION labs_review_is_whole();
CREATE TRIGGER labs_review_is_whole BEFORE UPDATE OF status ON labs_review
  FOR EACH ROW WHEN (NEW.status = 'submitted') EXECUTE FUNCTION labs_review_is_whole();
CREATE TRIGGER labs_score_goes_nowhere BEFORE UPDATE ON labs_reviewscore
  FOR EACH ROW WHEN (OLD.review_id <> NEW.review_id) EXECUTE FUNCTION labs_stays();
"""
REVIEWS_UNDO = """
DROP TRIGGER labs_score_goes_nowhere ON labs_reviewscore; DROP TRIGGER labs_review_is_whole ON labs_review;
DROP TRIGGER labs_review_begins ON labs_review; DROP FUNCTION labs_review_is_whole();
CREATE OR REPLACE FUNCTION labs_sound_reviews(examination bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT count(*) FROM labs_review r WHERE r.examination_id = examination AND r.status = 'submitted'
    AND NOT EXISTS (SELECT 1 FROM labs_conflictfinding c WHERE c.review_id = r.id AND c.hard)
$$;
"""

VERDICTS = """
CREATE OR REPLACE FUNCTION labs_verdict_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.decided_at IS NOT NULL OR NEW.findings ->> 'value' IS DISTINCT FROM NEW.computed OR NOT EXISTS (
      SELECT 1 FROM labs_trial t JOIN labs_pilotproject o ON o.id = t.project_id
      WHERE t.id = NEW.trial_id AND o.status = 'in_assessment'
      AND (t.status = 'closed' OR t.status = 'abandoned' AND NEW.computed = 'inconclusive')) THEN
    RAISE EXCEPTION 'labs_verdict: nothing is to be judged' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER labs_verdict_begins BEFORE INSERT ON labs_verdict FOR EACH ROW EXECUTE FUNCTION labs_verdict_begins();
CREATE OR REPLACE FUNCTION labs_verdict_is_agreed() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER labs_verdict_is_agreed BEFORE UPDATE ON labs_verdict
  FOR EACH ROW WHEN (OLD.decided_at IS NULL AND NEW.decided_at IS NOT NULL) EXECUTE FUNCTION labs_verdict_is_agreed();
CREATE OR REPLACE FUNCTION labs_panel_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM labs_verdict WHERE id IN (OLD.verdict_id, NEW.verdict_id) AND decided_at IS NOT NULL) THEN
    RAISE EXCEPTION 'labs_panelseat: the verdict stands' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER labs_panel_stays BEFORE INSERT OR UPDATE OR DELETE ON labs_panelseat
  FOR EACH ROW EXECUTE FUNCTION labs_panel_stays();
"""
VERDICTS_UNDO = """
DROP TRIGGER labs_panel_stays ON labs_panelseat; DROP FUNCTION labs_panel_stays();
DROP TRIGGER labs_verdict_is_agreed ON labs_verdict; DROP FUNCTION labs_verdict_is_agreed();
DROP TRIGGER labs_verdict_begins ON labs_verdict; DROP FUNCTION labs_verdict_begins();
"""

# whom it is meant for is written down first, and nobody joins once it spreads
SPREAD = """
CREATE OR REPLACE FUNCTION labs_set_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM labs_pilotproject WHERE id = NEW.project_id AND status = 'assessed') THEN
    RAISE EXCEPTION 'labs_eligibleset: it is frozen on the first day' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER labs_set_begins BEFORE INSERT ON labs_eligibleset FOR EACH ROW EXECUTE FUNCTION labs_set_begins();
CREATE OR REPLACE FUNCTION labs_set_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM labs_eligibleset e JOIN labs_pilotproject o ON o.id = e.project_id
                 WHERE e.id = NEW.eligible_set_id AND o.status = 'assessed') THEN
    RAISE EXCEPTION 'labs_eligibleinstitution: the set is frozen' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER labs_set_is_frozen BEFORE INSERT ON labs_eligibleinstitution
  FOR EACH ROW EXECUTE FUNCTION labs_set_is_frozen();
CREATE OR REPLACE FUNCTION labs_spread_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM labs_eligibleset e JOIN labs_eligibleinstitution i ON i.eligible_set_id = e.id
                 WHERE e.project_id = NEW.id) THEN
    RAISE EXCEPTION 'labs_pilotproject: nobody is named for whom it is meant' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER labs_spread_begins BEFORE UPDATE OF status ON labs_pilotproject
  FOR EACH ROW WHEN (NEW.status = 'disseminating') EXECUTE FUNCTION labs_spread_begins();
CREATE OR REPLACE FUNCTION cooperation_adoption_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'cooperation_adoption: a use is reported first' USING ERRCODE = 'restrict_violation'; END $$;
CREATE TRIGGER cooperation_adoption_begins BEFORE INSERT ON cooperation_adoption
  FOR EACH ROW WHEN (NEW.status <> 'reported') EXECUTE FUNCTION cooperation_adoption_begins();
"""
SPREAD_UNDO = """
DROP TRIGGER cooperation_adoption_begins ON cooperation_adoption; DROP FUNCTION cooperation_adoption_begins();
DROP TRIGGER labs_spread_begins ON labs_pilotproject; DROP FUNCTION labs_spread_begins();
DROP TRIGGER labs_set_is_frozen ON labs_eligibleinstitution; DROP FUNCTION labs_set_is_frozen();
DROP TRIGGER labs_set_begins ON labs_eligibleset; DROP FUNCTION labs_set_begins();
"""

# a temporary table of the same name comes first in any search path that does not name it: guards read the real ones
PATHS = """
DO $$
DECLARE
  guard regprocedure;
BEGIN
  FOR guard IN SELECT p.oid FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
      AND (p.prorettype = 'trigger'::regtype OR p.proname = 'labs_sound_reviews')
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = public, pg_temp', guard);
  END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("labs", "0008_works")]
    operations = [
        migrations.RunSQL(STAYS, STAYS_UNDO),
        migrations.RunSQL(LOCK, LOCK_UNDO),
        freeze("labs_review", "examination_id", "expert_id", "number"),
        migrations.RunSQL(REVIEWS, REVIEWS_UNDO),
        migrations.RunSQL(VERDICTS, VERDICTS_UNDO),
        migrations.RunSQL(SPREAD, SPREAD_UNDO),
        migrations.RunSQL(PATHS, migrations.RunSQL.noop),
    ]
