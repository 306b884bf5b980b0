"""Guards in the database, made from the same tables as the code: migration operations, and what a drift test reads.

`AppendOnly` refuses UPDATE, DELETE and TRUNCATE; `freeze` keeps single columns. `GuardStatus` adds a CHECK of the status list, a trigger that refuses
a (from, to) outside the table, and a deferred trigger that refuses a commit in which a status changed and no Event of
the same transaction says so.
"""

from collections.abc import Iterable

from django.db.migrations.operations import RunSQL

APPEND_ONLY = """
CREATE OR REPLACE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
BEGIN RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'restrict_violation'; END $$;
CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION {table}_is_append_only();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION {table}_is_append_only();
"""
APPEND_ONLY_UNDO = """
DROP TRIGGER {table}_no_change ON {table}; DROP TRIGGER {table}_no_truncate ON {table};
DROP FUNCTION {table}_is_append_only();
"""
MOVES = """
CREATE OR REPLACE FUNCTION {table}_move() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
BEGIN
  IF (OLD.status, NEW.status) NOT IN ({pairs}) THEN
    RAISE EXCEPTION '{table}: % to % is not a move', OLD.status, NEW.status USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
"""
STATUS = """
ALTER TABLE {table} ADD CONSTRAINT {table}_status_known CHECK (status IN ({statuses}));
{moves}CREATE TRIGGER {table}_move BEFORE UPDATE OF status ON {table}
  FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION {table}_move();
CREATE OR REPLACE FUNCTION {table}_told() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM lifecycle_event WHERE subject_type = '{subject_type}'
                 AND subject_id = {subject_id} AND xact = pg_current_xact_id()) THEN
    RAISE EXCEPTION '{table}: a change of status left no event' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER {table}_told AFTER UPDATE OF status ON {table} DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION {table}_told();
"""
STATUS_UNDO = """
DROP TRIGGER {table}_told ON {table}; DROP FUNCTION {table}_told();
DROP TRIGGER {table}_move ON {table}; DROP FUNCTION {table}_move();
ALTER TABLE {table} DROP CONSTRAINT {table}_status_known;
"""


def append_only(table: str) -> RunSQL:
    """The rows of a table may be added and read, nothing else, by anybody."""
    return RunSQL(APPEND_ONLY.format(table=table), APPEND_ONLY_UNDO.format(table=table))


def guard_status(
    table: str,
    statuses: Iterable[str],
    pairs: Iterable[tuple[str, str]],
    subject_type: str,
    subject_id: str = "NEW.public_id",
) -> RunSQL:
    """Statuses and moves as facts of the database. `subject_id` is the SQL that finds the Event's subject of a row."""
    sql = STATUS.format(
        table=table,
        statuses=", ".join(f"'{status}'" for status in statuses),
        moves=_moves(table, pairs),
        subject_type=subject_type,
        subject_id=subject_id,
    )
    return RunSQL(sql, STATUS_UNDO.format(table=table))


def guard_moves(table: str, pairs: Iterable[tuple[str, str]]) -> RunSQL:
    """The moves of a guarded table as they are now, where its life cycle has grown."""
    return RunSQL(_moves(table, pairs), RunSQL.noop)


def _moves(table: str, pairs: Iterable[tuple[str, str]]) -> str:
    return MOVES.format(table=table, pairs=", ".join(f"('{source}', '{target}')" for source, target in sorted(pairs)))


FROZEN = """
CREATE OR REPLACE FUNCTION {table}_is_frozen() RETURNS trigger LANGUAGE plpgsql
  SET search_path = public, pg_temp AS $$
BEGIN RAISE EXCEPTION '{table}: {columns} never change' USING ERRCODE = 'restrict_violation'; END $$;
CREATE TRIGGER {table}_frozen BEFORE UPDATE ON {table} FOR EACH ROW
  WHEN ({when} AND ({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION {table}_is_frozen();
"""
FROZEN_UNDO = "DROP TRIGGER {table}_frozen ON {table}; DROP FUNCTION {table}_is_frozen();"


def freeze(table: str, *columns: str, when: str = "TRUE") -> RunSQL:
    """What stands in these columns stays, from the first write or as soon as the row was as `when` says (SQL on OLD)."""
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("OLD", "NEW"))
    sql = FROZEN.format(table=table, columns=", ".join(columns), when=when, old=old, new=new)
    return RunSQL(sql, FROZEN_UNDO.format(table=table))
