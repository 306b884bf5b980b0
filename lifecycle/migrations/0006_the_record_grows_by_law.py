"""The record has no gap and no fork, and its tree is what RFC 6962 makes of it, whoever writes and however."""

from django.db import migrations

from lifecycle.guards import append_only

# one writer at a time gets the next place; the lock is kept until commit, so nobody builds on what may be rolled back
PLACE = """
CREATE FUNCTION lifecycle_ledgerentry_place() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(6962);
  NEW.position := (SELECT coalesce(max(position) + 1, 0) FROM lifecycle_ledgerentry);
  RETURN NEW;
END $$;
CREATE TRIGGER lifecycle_ledgerentry_place BEFORE INSERT ON lifecycle_ledgerentry
  FOR EACH ROW EXECUTE FUNCTION lifecycle_ledgerentry_place();
"""
PLACE_UNDO = """
DROP TRIGGER lifecycle_ledgerentry_place ON lifecycle_ledgerentry; DROP FUNCTION lifecycle_ledgerentry_place();
"""
# runs with its owner's rights: serving roles add entries and read nodes, they write none
GROW = r"""
CREATE FUNCTION lifecycle_ledgerentry_text(entry lifecycle_ledgerentry) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT format('{"at":"%s","content_hash":"%s","id":"%s","kind":"%s","number":%s}',
    to_char(entry.entered_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    entry.content_hash, entry.subject_id, entry.kind, entry.number)
$$;
CREATE FUNCTION lifecycle_ledgerentry_grow() RETURNS trigger LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  grown bytea := sha256('\x00'::bytea || convert_to(lifecycle_ledgerentry_text(NEW), 'UTF8'));
  beside bytea; here bigint := NEW.position; height smallint := 0;
BEGIN
  LOOP
    INSERT INTO lifecycle_ledgernode (level, place, hash) VALUES (height, here, grown);
    EXIT WHEN here % 2 = 0;
    SELECT hash INTO STRICT beside FROM lifecycle_ledgernode WHERE level = height AND place = here - 1;
    grown := sha256('\x01'::bytea || beside || grown);
    here := here / 2; height := height + 1;
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER lifecycle_ledgerentry_grow AFTER INSERT ON lifecycle_ledgerentry
  FOR EACH ROW EXECUTE FUNCTION lifecycle_ledgerentry_grow();
"""
GROW_UNDO = """
DROP TRIGGER lifecycle_ledgerentry_grow ON lifecycle_ledgerentry; DROP FUNCTION lifecycle_ledgerentry_grow();
DROP FUNCTION lifecycle_ledgerentry_text(lifecycle_ledgerentry);
"""
TABLES = ("ledgerentry", "ledgernode", "ledgerhead", "seal")


class Migration(migrations.Migration):
    dependencies = [("lifecycle", "0005_the_record")]
    operations = [
        migrations.RunSQL(PLACE, PLACE_UNDO),
        migrations.RunSQL(GROW, GROW_UNDO),
        *[append_only(f"lifecycle_{table}") for table in TABLES],
    ]
