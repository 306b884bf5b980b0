"""Moves by their tables, signatures that stay, and content that no one changes once it was proposed."""

from django.db import migrations

from cooperation.agreements.statuses import AgreementStatus, RevisionStatus
from cooperation.agreements.rules import AGREEMENT, REVISION_PAIRS
from lifecycle.guards import append_only, guard_status

FROZEN = """
CREATE OR REPLACE FUNCTION revision_content_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the content of a proposed revision does not change' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER revision_content_stays BEFORE UPDATE ON cooperation_revision FOR EACH ROW
  WHEN (OLD.status <> 'draft' AND (OLD.title, OLD.kind_id, OLD.starts_on, OLD.ends_on, OLD.review_on, OLD.notice_days,
        OLD.renewal, OLD.text, OLD.frozen_id, OLD.content_hash, OLD.number, OLD.agreement_id)
    IS DISTINCT FROM (NEW.title, NEW.kind_id, NEW.starts_on, NEW.ends_on, NEW.review_on, NEW.notice_days,
        NEW.renewal, NEW.text, NEW.frozen_id, NEW.content_hash, NEW.number, NEW.agreement_id))
  EXECUTE FUNCTION revision_content_stays();
CREATE OR REPLACE FUNCTION revision_part_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM cooperation_revision WHERE id = OLD.revision_id AND status <> 'draft') THEN
    RAISE EXCEPTION 'the content of a proposed revision does not change' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER term_stays BEFORE UPDATE OR DELETE ON cooperation_agreementterm
  FOR EACH ROW EXECUTE FUNCTION revision_part_stays();
CREATE TRIGGER party_stays BEFORE DELETE ON cooperation_revisionparty
  FOR EACH ROW EXECUTE FUNCTION revision_part_stays();
CREATE TRIGGER party_content_stays BEFORE UPDATE ON cooperation_revisionparty FOR EACH ROW
  WHEN ((OLD.institution_id, OLD.unit_id, OLD.role_id, OLD.signs, OLD.official_name)
    IS DISTINCT FROM (NEW.institution_id, NEW.unit_id, NEW.role_id, NEW.signs, NEW.official_name))
  EXECUTE FUNCTION revision_part_stays();
"""
FROZEN_UNDO = """
DROP TRIGGER party_content_stays ON cooperation_revisionparty; DROP TRIGGER party_stays ON cooperation_revisionparty;
DROP TRIGGER term_stays ON cooperation_agreementterm; DROP FUNCTION revision_part_stays();
DROP TRIGGER revision_content_stays ON cooperation_revision; DROP FUNCTION revision_content_stays();
"""
FACTS = """
ALTER TABLE cooperation_agreement ADD CONSTRAINT agreement_within_fifty_years
  CHECK (status IN ('draft', 'withdrawn') OR ends_on IS NULL OR starts_on IS NULL OR ends_on <= starts_on + interval '50 years');
ALTER TABLE cooperation_revision ADD CONSTRAINT revision_hash_key UNIQUE (id, content_hash);
ALTER TABLE cooperation_revisionparty ADD CONSTRAINT revision_party_key UNIQUE (id, revision_id);
ALTER TABLE cooperation_signature
  ADD CONSTRAINT signature_on_hash FOREIGN KEY (revision_id, sha256) REFERENCES cooperation_revision (id, content_hash),
  ADD CONSTRAINT signature_of_party FOREIGN KEY (party_id, revision_id) REFERENCES cooperation_revisionparty (id, revision_id);
"""
FACTS_UNDO = """
ALTER TABLE cooperation_signature DROP CONSTRAINT signature_of_party, DROP CONSTRAINT signature_on_hash;
ALTER TABLE cooperation_revisionparty DROP CONSTRAINT revision_party_key;
ALTER TABLE cooperation_revision DROP CONSTRAINT revision_hash_key;
ALTER TABLE cooperation_agreement DROP CONSTRAINT agreement_within_fifty_years;
"""
AGREEMENT_OF_REVISION = "(SELECT public_id FROM cooperation_agreement WHERE id = NEW.agreement_id)"


class Migration(migrations.Migration):
    dependencies = [("cooperation", "0001_initial"), ("institutions", "0002_guards")]
    operations = [
        guard_status("cooperation_agreement", AgreementStatus.values, AGREEMENT.pairs(), "agreement"),
        guard_status("cooperation_revision", RevisionStatus.values, REVISION_PAIRS, "agreement", AGREEMENT_OF_REVISION),
        migrations.RunSQL(FROZEN, FROZEN_UNDO),
        migrations.RunSQL(FACTS, FACTS_UNDO),
        append_only("cooperation_signature"),
    ]
