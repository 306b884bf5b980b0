"""The law of the chain as facts of the database: no pilot without a lock, no spreading without success (M7).

Whoever writes past the code, with raw SQL as the role that serves, meets the same refusals.
"""

from django.db import migrations

from labs.examinations.models import ExaminationStatus, ReviewStatus
from labs.examinations.rules import EXAMINATION, REVIEW
from labs.implementation.models import StepStatus
from labs.implementation.rules import STEP
from labs.laboratories.models import LaboratoryStatus
from labs.laboratories.rules import LABORATORY
from labs.pilots.models import PilotStatus
from labs.pilots.rules import PILOT
from labs.problems.models import ProblemStatus
from labs.problems.rules import PROBLEM
from labs.trials.models import AmendmentStatus, TrialStatus
from labs.trials.rules import AMENDMENT, TRIAL
from lifecycle.guards import append_only, freeze, guard_status

CHAIN = """
CREATE OR REPLACE FUNCTION labs_sound_reviews(examination bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT count(*) FROM labs_review r WHERE r.examination_id = examination AND r.status = 'submitted'
    AND NOT EXISTS (SELECT 1 FROM labs_conflictfinding c WHERE c.review_id = r.id AND c.hard)
$$;
CREATE OR REPLACE FUNCTION labs_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  held boolean := true;
BEGIN
  IF TG_OP = 'INSERT' THEN
    held := NEW.status = 'problem_identified';
  ELSIF NEW.status = 'accepted' THEN
    held := EXISTS (SELECT 1 FROM labs_examination e WHERE e.project_id = NEW.id AND e.status = 'decided'
                    AND e.decision = 'accepted' AND labs_sound_reviews(e.id) >= 2
                    AND e.round = (SELECT max(round) FROM labs_examination WHERE project_id = NEW.id));
  ELSIF NEW.status = 'preregistered' THEN
    held := EXISTS (SELECT 1 FROM labs_preregistration p WHERE p.project_id = NEW.id AND p.locked_at IS NOT NULL
                    AND NOT EXISTS (SELECT 1 FROM labs_trial t WHERE t.preregistration_id = p.id));
  ELSIF NEW.status = 'piloting' THEN
    held := EXISTS (SELECT 1 FROM labs_trial t JOIN labs_preregistration p ON p.id = t.preregistration_id
                    JOIN lifecycle_frozencontent f ON f.id = p.frozen_id
                    WHERE t.project_id = NEW.id AND p.project_id = NEW.id AND t.status = 'baseline'
                    AND p.locked_at IS NOT NULL
                    AND p.content_hash = encode(sha256(convert_to(f.content, 'UTF8')), 'hex'));
  ELSIF NEW.status = 'assessed' THEN
    held := EXISTS (SELECT 1 FROM labs_verdict v JOIN labs_trial t ON t.id = v.trial_id
                    WHERE t.project_id = NEW.id AND t.status IN ('closed', 'abandoned') AND v.decided_at IS NOT NULL
                    AND t.id = (SELECT max(id) FROM labs_trial WHERE project_id = NEW.id));
  ELSIF NEW.status = 'disseminating' THEN
    held := EXISTS (SELECT 1 FROM labs_verdict v JOIN labs_trial t ON t.id = v.trial_id
                    WHERE t.project_id = NEW.id AND t.status = 'closed' AND v.decided_at IS NOT NULL
                    AND v.value = 'successful'
                    AND t.id = (SELECT max(id) FROM labs_trial WHERE project_id = NEW.id));
  END IF;
  IF NOT held THEN
    RAISE EXCEPTION 'labs_pilotproject: nothing lets it be %', NEW.status USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER labs_chain BEFORE INSERT OR UPDATE OF status ON labs_pilotproject
  FOR EACH ROW EXECUTE FUNCTION labs_chain();
CREATE OR REPLACE FUNCTION labs_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' OR labs_sound_reviews(NEW.id) < 2 THEN
    RAISE EXCEPTION 'labs_examination: two sound reviews are missing' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER labs_decision BEFORE INSERT OR UPDATE OF status, decision ON labs_examination
  FOR EACH ROW WHEN (NEW.status = 'decided') EXECUTE FUNCTION labs_decision();
CREATE OR REPLACE FUNCTION labs_score_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM labs_review WHERE status = 'submitted'
             AND id = CASE WHEN TG_OP = 'INSERT' THEN NEW.review_id ELSE OLD.review_id END) THEN
    RAISE EXCEPTION 'labs_reviewscore: the review is submitted' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER labs_score_stays BEFORE INSERT OR UPDATE OR DELETE ON labs_reviewscore
  FOR EACH ROW EXECUTE FUNCTION labs_score_stays();
"""
CHAIN_UNDO = """
DROP TRIGGER labs_score_stays ON labs_reviewscore; DROP FUNCTION labs_score_stays();
DROP TRIGGER labs_decision ON labs_examination; DROP FUNCTION labs_decision();
DROP TRIGGER labs_chain ON labs_pilotproject; DROP FUNCTION labs_chain(); DROP FUNCTION labs_sound_reviews(bigint);
"""
LOCKS = """
CREATE OR REPLACE FUNCTION labs_lock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' AND NEW.locked_at IS NULL THEN
    RETURN NEW;
  ELSIF TG_OP = 'UPDATE' AND OLD.locked_at IS NULL AND NEW.locked_at IS NULL THEN
    RETURN NEW;
  ELSIF TG_OP = 'UPDATE' AND OLD.locked_at IS NULL AND EXISTS (
      SELECT 1 FROM lifecycle_frozencontent f WHERE f.id = NEW.frozen_id AND f.subject_type = 'preregistration'
      AND f.subject_id = NEW.public_id AND f.sha256 = NEW.content_hash
      AND NEW.content_hash = encode(sha256(convert_to(f.content, 'UTF8')), 'hex')
      AND f.content::jsonb -> 'plan' = NEW.plan) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'labs_preregistration: what is locked never changes, and only what it says is locked'
    USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER labs_lock BEFORE INSERT OR UPDATE ON labs_preregistration
  FOR EACH ROW EXECUTE FUNCTION labs_lock();
CREATE OR REPLACE FUNCTION labs_lock_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'labs_preregistration: what is locked is not deleted' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER labs_lock_stays BEFORE DELETE ON labs_preregistration
  FOR EACH ROW WHEN (OLD.locked_at IS NOT NULL) EXECUTE FUNCTION labs_lock_stays();
CREATE OR REPLACE FUNCTION labs_trial_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status <> 'planned' OR NOT EXISTS (
      SELECT 1 FROM labs_preregistration p WHERE p.id = NEW.preregistration_id AND p.project_id = NEW.project_id
      AND p.locked_at IS NOT NULL) THEN
    RAISE EXCEPTION 'labs_trial: its pre-registration is not locked' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER labs_trial_begins BEFORE INSERT ON labs_trial FOR EACH ROW EXECUTE FUNCTION labs_trial_begins();
CREATE OR REPLACE FUNCTION labs_wave_open() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  said labs_measurement := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM labs_trialsite s JOIN labs_trial t ON t.id = s.trial_id
                 WHERE s.id = said.site_id AND t.status = said.wave)
     OR (TG_OP = 'UPDATE' AND (OLD.site_id, OLD.wave, OLD.outcome) IS DISTINCT FROM (NEW.site_id, NEW.wave, NEW.outcome)) THEN
    RAISE EXCEPTION 'labs_measurement: its wave is not open' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN said;
END $$;
CREATE TRIGGER labs_wave_open BEFORE INSERT OR UPDATE OR DELETE ON labs_measurement
  FOR EACH ROW EXECUTE FUNCTION labs_wave_open();
CREATE OR REPLACE FUNCTION labs_arm_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'labs_trialsite: a site is counted as it was assigned' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER labs_arm_stays BEFORE UPDATE OF trial_id, institution_id, arm ON labs_trialsite
  FOR EACH ROW EXECUTE FUNCTION labs_arm_stays();
CREATE TRIGGER labs_site_stays BEFORE DELETE ON labs_trialsite FOR EACH ROW EXECUTE FUNCTION labs_arm_stays();
CREATE OR REPLACE FUNCTION labs_verdict_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'labs_verdict: a verdict stays' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER labs_verdict_stays BEFORE UPDATE OR DELETE ON labs_verdict
  FOR EACH ROW WHEN (OLD.decided_at IS NOT NULL) EXECUTE FUNCTION labs_verdict_stays();
"""
LOCKS_UNDO = """
DROP TRIGGER labs_verdict_stays ON labs_verdict; DROP FUNCTION labs_verdict_stays();
DROP TRIGGER labs_site_stays ON labs_trialsite; DROP TRIGGER labs_arm_stays ON labs_trialsite; DROP FUNCTION labs_arm_stays();
DROP TRIGGER labs_wave_open ON labs_measurement; DROP FUNCTION labs_wave_open();
DROP TRIGGER labs_trial_begins ON labs_trial; DROP FUNCTION labs_trial_begins();
DROP TRIGGER labs_lock_stays ON labs_preregistration; DROP FUNCTION labs_lock_stays();
DROP TRIGGER labs_lock ON labs_preregistration; DROP FUNCTION labs_lock();
"""
KEPT = (
    "labs_pilotversion", "labs_blindcopy", "labs_extension", "labs_conflictfinding", "labs_steplog",
    "labs_eligibleset", "labs_eligibleinstitution",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("labs", "0001_laboratories_and_pilots")]

    operations = [
        guard_status("labs_laboratory", LaboratoryStatus.values, LABORATORY.pairs(), "laboratory"),
        guard_status("labs_problem", ProblemStatus.values, PROBLEM.pairs(), "problem"),
        guard_status("labs_pilotproject", PilotStatus.values, PILOT.pairs(), "pilot"),
        guard_status("labs_examination", ExaminationStatus.values, EXAMINATION.pairs(), "examination"),
        guard_status("labs_review", ReviewStatus.values, REVIEW.pairs(), "review"),
        guard_status("labs_implementationstep", StepStatus.values, STEP.pairs(), "step"),
        guard_status("labs_trial", TrialStatus.values, TRIAL.pairs(), "trial"),
        guard_status("labs_trialamendment", AmendmentStatus.values, AMENDMENT.pairs(), "amendment"),
        *(append_only(table) for table in KEPT),
        freeze("labs_pilotproject", "first_deadline", when="OLD.first_deadline IS NOT NULL"),
        freeze("labs_trial", "project_id", "preregistration_id"),
        freeze("labs_examination", "project_id", "source_id", "blind_id", "round"),
        migrations.RunSQL(CHAIN, CHAIN_UNDO),
        migrations.RunSQL(LOCKS, LOCKS_UNDO),
    ]
