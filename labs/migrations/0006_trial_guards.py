"""What a trial stands on as facts of the database: the whole lock when it opens, the arms as pre-registered, the steps
as approved, changes as they were asked for and with every word they need.
"""

from django.db import migrations

from lifecycle.guards import append_only, freeze

OPENING = """
CREATE OR REPLACE FUNCTION labs_trial_opens() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
      SELECT 1 FROM labs_preregistration p JOIN lifecycle_frozencontent f ON f.id = p.frozen_id
      JOIN labs_pilotproject o ON o.id = p.project_id
      WHERE p.id = NEW.preregistration_id AND p.project_id = NEW.project_id AND f.sha256 = p.content_hash
      AND p.content_hash = encode(sha256(convert_to(f.content, 'UTF8')), 'hex')
      AND f.content::jsonb = jsonb_build_object('project', o.public_id, 'number', p.number, 'plan', p.plan)) THEN
    RAISE EXCEPTION 'labs_trial: its pre-registration is not what was locked' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER labs_trial_opens BEFORE UPDATE OF status ON labs_trial
  FOR EACH ROW WHEN (OLD.status = 'planned' AND NEW.status = 'baseline') EXECUTE FUNCTION labs_trial_opens();
CREATE OR REPLACE FUNCTION labs_site_begins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
      SELECT 1 FROM labs_trial t JOIN labs_preregistration p ON p.id = t.preregistration_id
      JOIN institutions_institution i ON i.id = NEW.institution_id
      WHERE t.id = NEW.trial_id AND t.status = 'planned'
      AND CASE NEW.arm WHEN 'treated' THEN p.plan -> 'treated' ELSE p.plan -> 'comparison' -> 'sites' END ? i.public_id)
     AND NOT EXISTS (
      SELECT 1 FROM labs_trialamendment a JOIN labs_trial t ON t.id = a.trial_id
      WHERE a.trial_id = NEW.trial_id AND a.kind = 'joins' AND a.status = 'approved'
      AND a.institution_id = NEW.institution_id AND a.new = NEW.arm AND t.status = 'running') THEN
    RAISE EXCEPTION 'labs_trialsite: neither the plan nor a change puts it there' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER labs_site_begins BEFORE INSERT ON labs_trialsite FOR EACH ROW EXECUTE FUNCTION labs_site_begins();
CREATE OR REPLACE FUNCTION labs_steps_stay() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  said labs_implementationstep := CASE WHEN TG_OP = 'INSERT' THEN NEW ELSE OLD END;
BEGIN
  IF EXISTS (SELECT 1 FROM labs_pilotproject WHERE id = said.project_id AND status <> 'accepted') THEN
    RAISE EXCEPTION 'labs_implementationstep: the programme is approved' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER labs_steps_stay BEFORE INSERT OR DELETE OR UPDATE OF project_id, position, title, owner_id, resources, starts_on, due_on
  ON labs_implementationstep FOR EACH ROW EXECUTE FUNCTION labs_steps_stay();
CREATE OR REPLACE FUNCTION labs_change_is_asked() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  missing boolean;
BEGIN
  IF TG_OP = 'INSERT' THEN
    missing := NEW.status <> 'requested';
  ELSE
    SELECT EXISTS (
      SELECT l.host_id FROM labs_trial t JOIN labs_pilotproject o ON o.id = t.project_id
        JOIN labs_laboratory l ON l.id = o.laboratory_id WHERE t.id = NEW.trial_id
      UNION SELECT NEW.institution_id WHERE NEW.institution_id IS NOT NULL
      UNION SELECT s.institution_id FROM labs_trialsite s WHERE s.trial_id = NEW.trial_id AND s.arm = 'treated'
        AND NEW.institution_id IS NULL AND upper_inf(s.valid)
      EXCEPT SELECT a.institution_id FROM labs_amendmentapproval a WHERE a.amendment_id = NEW.id) INTO missing;
  END IF;
  IF missing THEN
    RAISE EXCEPTION 'labs_trialamendment: somebody affected has not approved' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER labs_change_is_asked BEFORE INSERT ON labs_trialamendment
  FOR EACH ROW EXECUTE FUNCTION labs_change_is_asked();
CREATE TRIGGER labs_change_is_approved BEFORE UPDATE OF status ON labs_trialamendment
  FOR EACH ROW WHEN (NEW.status = 'approved') EXECUTE FUNCTION labs_change_is_asked();
"""
OPENING_UNDO = """
DROP TRIGGER labs_change_is_approved ON labs_trialamendment; DROP TRIGGER labs_change_is_asked ON labs_trialamendment;
DROP FUNCTION labs_change_is_asked();
DROP TRIGGER labs_steps_stay ON labs_implementationstep; DROP FUNCTION labs_steps_stay();
DROP TRIGGER labs_site_begins ON labs_trialsite; DROP FUNCTION labs_site_begins();
DROP TRIGGER labs_trial_opens ON labs_trial; DROP FUNCTION labs_trial_opens();
"""


class Migration(migrations.Migration):
    dependencies = [("labs", "0005_draft_scores")]

    operations = [
        migrations.RunSQL(OPENING, OPENING_UNDO),
        append_only("labs_amendmentapproval"),
        freeze(
            "labs_trialamendment", "trial_id", "kind", "old", "new", "reason", "institution_id", "requested_by_id",
            "requested_at",
        ),
    ]  # fmt: skip
