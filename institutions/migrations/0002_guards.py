"""Trees without cycles and moves by their tables, as facts of the database."""

from django.db import migrations

from institutions.people.models import MembershipStatus
from institutions.people.rules import MEMBERSHIP
from institutions.registry.models import InstitutionStatus
from institutions.registry.rules import INSTITUTION
from lifecycle.guards import guard_status

TREES = """
CREATE OR REPLACE FUNCTION territory_without_cycle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('institutions_territoryparent'));
  IF EXISTS (
    WITH RECURSIVE up(place, valid) AS (
      SELECT NEW.parent_id, NEW.valid
      UNION
      SELECT above.parent_id, up.valid * above.valid FROM up
      JOIN institutions_territoryparent above ON above.child_id = up.place AND above.valid && up.valid
    ) SELECT 1 FROM up WHERE place = NEW.child_id
  ) THEN
    RAISE EXCEPTION 'territory_without_cycle' USING ERRCODE = 'check_violation', CONSTRAINT = 'territory_without_cycle';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER territory_without_cycle BEFORE INSERT OR UPDATE ON institutions_territoryparent
  FOR EACH ROW EXECUTE FUNCTION territory_without_cycle();

CREATE OR REPLACE FUNCTION succession_without_cycle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('institutions_succession'));
  IF EXISTS (
    WITH RECURSIVE later(house) AS (
      SELECT NEW.successor_id
      UNION
      SELECT next.successor_id FROM later JOIN institutions_succession next ON next.predecessor_id = later.house
    ) SELECT 1 FROM later WHERE house = NEW.predecessor_id
  ) THEN
    RAISE EXCEPTION 'succession_without_cycle' USING ERRCODE = 'check_violation', CONSTRAINT = 'succession_without_cycle';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER succession_without_cycle BEFORE INSERT OR UPDATE ON institutions_succession
  FOR EACH ROW EXECUTE FUNCTION succession_without_cycle();

CREATE OR REPLACE FUNCTION unit_without_cycle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('institutions_unit'));
  IF EXISTS (
    WITH RECURSIVE up(unit) AS (
      SELECT NEW.parent_id
      UNION
      SELECT above.parent_id FROM up JOIN institutions_unit above ON above.id = up.unit WHERE above.parent_id IS NOT NULL
    ) SELECT 1 FROM up WHERE unit = NEW.id
  ) THEN
    RAISE EXCEPTION 'unit_without_cycle' USING ERRCODE = 'check_violation', CONSTRAINT = 'unit_without_cycle';
  END IF;
  IF NEW.parent_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM institutions_unit WHERE id = NEW.parent_id AND institution_id = NEW.institution_id
  ) THEN
    RAISE EXCEPTION 'unit_same_house' USING ERRCODE = 'check_violation', CONSTRAINT = 'unit_same_house';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER unit_without_cycle BEFORE INSERT OR UPDATE ON institutions_unit
  FOR EACH ROW EXECUTE FUNCTION unit_without_cycle();
"""
TREES_UNDO = """
DROP TRIGGER territory_without_cycle ON institutions_territoryparent; DROP FUNCTION territory_without_cycle();
DROP TRIGGER succession_without_cycle ON institutions_succession; DROP FUNCTION succession_without_cycle();
DROP TRIGGER unit_without_cycle ON institutions_unit; DROP FUNCTION unit_without_cycle();
"""
WORDS = """
CREATE OR REPLACE FUNCTION search_words_of_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO institutions_searchword (word)
  SELECT DISTINCT word FROM fresh, unnest(string_to_array(fresh.search_key, ' ')) AS word WHERE word ~ '[a-z]'
  ORDER BY word ON CONFLICT (word) DO NOTHING;
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION search_words_of_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO institutions_searchword (word)
  SELECT DISTINCT word FROM unnest(string_to_array(NEW.search_key, ' ')) AS word WHERE word ~ '[a-z]'
  ORDER BY word ON CONFLICT (word) DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER institution_words AFTER INSERT ON institutions_institution
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION search_words_of_rows();
CREATE TRIGGER institution_word AFTER UPDATE OF search_key ON institutions_institution
  FOR EACH ROW WHEN (OLD.search_key IS DISTINCT FROM NEW.search_key) EXECUTE FUNCTION search_words_of_row();
CREATE TRIGGER territory_words AFTER INSERT ON institutions_territory
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION search_words_of_rows();
CREATE TRIGGER territory_word AFTER UPDATE OF search_key ON institutions_territory
  FOR EACH ROW WHEN (OLD.search_key IS DISTINCT FROM NEW.search_key) EXECUTE FUNCTION search_words_of_row();
"""
WORDS_UNDO = """
DROP TRIGGER institution_words ON institutions_institution; DROP TRIGGER institution_word ON institutions_institution;
DROP TRIGGER territory_words ON institutions_territory; DROP TRIGGER territory_word ON institutions_territory;
DROP FUNCTION search_words_of_rows(); DROP FUNCTION search_words_of_row();
"""


class Migration(migrations.Migration):
    dependencies = [("institutions", "0001_initial"), ("lifecycle", "0002_append_only")]
    operations = [
        migrations.RunSQL(TREES, TREES_UNDO),
        migrations.RunSQL(WORDS, WORDS_UNDO),
        guard_status("institutions_institution", InstitutionStatus.values, INSTITUTION.pairs(), "institution"),
        guard_status("institutions_membership", MembershipStatus.values, MEMBERSHIP.pairs(), "membership"),
    ]
