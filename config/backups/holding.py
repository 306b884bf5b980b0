"""A restored database is held: nothing is prepared, served or sent from it before an operator has looked at it.

The hold is a setting of the database itself, so that it goes wherever the database goes.
"""

from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.db import connection
from psycopg2 import sql

HELD = "hamkorlik.held"


def held(cursor: Any) -> str:
    """Why the database at hand is not to be served yet; empty for an ordinary one."""
    cursor.execute("SELECT coalesce(current_setting(%s, true), '')", [HELD])
    return str(cursor.fetchone()[0])


def refuse_held() -> None:
    """Nothing is prepared or served on a restored database before an operator has looked. Raises CommandError."""
    with connection.cursor() as cursor:
        why = held(cursor)
    if why:
        raise CommandError(f"this database was {why}: look at it, then say manage.py restore --release")


def release(cursor: Any) -> None:
    """An operator has looked: it may be served, and its mail may leave."""
    cursor.execute(
        sql.SQL("ALTER DATABASE {} RESET " + HELD).format(sql.Identifier(settings.DATABASES["default"]["NAME"]))
    )
