"""What it takes to cheat: raw SQL as the role that serves, an Event beside it, a project at a status."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from config.roles import WEB
from tests.labs.walking import WON, Walk

EVENT = (
    "INSERT INTO lifecycle_event (subject_type, subject_id, title, name, status_before, status_after, position,"
    " institution, concerned, members_only, reason, reason_code, detail, request_id, happened_at) VALUES"
    " ('{kind}', '{key}', '', 'x', '', '', '', '', '{{}}', false, '', '', '{{}}', '', now());"
)


def told(kind: str, thing: Any) -> str:
    """An Event made up beside the cheat, so that nothing but the lock itself refuses."""
    return EVENT.format(kind=kind, key=thing.public_id)


@pytest.fixture
def cheat() -> Iterator[Any]:
    """Raw SQL as the role that serves: the words of the refusal, or None where it went through."""

    def as_web(sql: str, *values: object) -> str | None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL ROLE {WEB.name}")
                cursor.execute(sql, values)
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
                cursor.execute("RESET ROLE")
        except DatabaseError as refused:
            return str(refused)
        return None

    yield as_web


def walked(world: SimpleNamespace, until: str, ending: tuple[int, int] = WON) -> Walk:
    """A project at a status, by the right people."""
    walk = Walk(world, ending)
    while walk.fresh().status != until:
        name, person = walk.next() or ("", None)
        getattr(walk, name)(person)
    return walk
