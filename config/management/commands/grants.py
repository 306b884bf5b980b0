"""Create the database's roles and give each exactly what config/roles.py says."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg2 import sql

from config.roles import OWNER, SERVING, rights

TABLES = """
SELECT c.relname, pg_get_userbyid(c.relowner) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm') ORDER BY c.relname
"""


class Command(BaseCommand):
    """Run after every migration, by a login that may create roles; safe to run again."""

    help = "Roles hk_owner, hk_web, hk_worker, hk_public and their rights. Example: manage.py grants --json"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        """All of it in one transaction: nobody is ever without rights."""
        with transaction.atomic(), connection.cursor() as cursor:
            for role in (OWNER, *(serving.name for serving in SERVING)):
                ensure_role(cursor, role)
            cursor.execute(sql.SQL("GRANT USAGE, CREATE ON SCHEMA public TO {}").format(sql.Identifier(OWNER)))
            cursor.execute(TABLES)
            tables = dict(cursor.fetchall())
            for table, owner in tables.items():
                hand_over(cursor, table, owner)
            for serving in SERVING:
                grant(cursor, serving.name, list(tables))
        facts = {"roles": 1 + len(SERVING), "tables": len(tables)}
        self.stdout.write(json.dumps(facts) if options["json"] else f"{len(tables)} tables, {facts['roles']} roles")


def ensure_role(cursor: CursorWrapper, role: str) -> None:
    """A role without sign-in of which the connecting login is a member, so that it can take the role on."""
    name = sql.Identifier(role)
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
    if not cursor.fetchone():
        cursor.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(name))
    cursor.execute("SELECT pg_has_role(current_user, %s, 'MEMBER')", [role])
    if cursor.fetchone() != (True,):
        cursor.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(name))
    cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(name))


def hand_over(cursor: CursorWrapper, table: str, owner: str) -> None:
    """Every table belongs to the role that no process serves under."""
    if owner != OWNER:
        words = sql.SQL("ALTER TABLE {} OWNER TO {}")
        cursor.execute(words.format(sql.Identifier(table), sql.Identifier(OWNER)))


def grant(cursor: CursorWrapper, role: str, tables: list[str]) -> None:
    """Take everything away and give what is due; inside the transaction nobody sees the gap."""
    name = sql.Identifier(role)
    cursor.execute(sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(name))
    cursor.execute(sql.SQL("REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {}").format(name))
    kinds: dict[frozenset[str], list[str]] = {}
    for table in tables:
        kinds.setdefault(rights(role, table), []).append(table)
    for allowed, names in kinds.items():
        if allowed:
            verbs = sql.SQL(", ").join(map(sql.SQL, sorted(allowed)))
            places = sql.SQL(", ").join(map(sql.Identifier, names))
            cursor.execute(sql.SQL("GRANT {} ON {} TO {}").format(verbs, places, name))
    if any("INSERT" in allowed for allowed in kinds):
        cursor.execute(sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {}").format(name))
