"""Kinds and places from when to when, as a source tells them: periods that overlap are told and never counted twice."""

import datetime
import itertools
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import sql

from exchange.copying import copy_rows

Spell = tuple[Any, datetime.date, datetime.date | None]
History = tuple[list[Spell], list[Spell]]  # kinds and places, each (id, from, to)
TABLES = (("institutions_institutionkind", "kind_id"), ("institutions_institutionplace", "territory_id"))


def apart(said: Sequence[Spell]) -> list[Spell]:
    """Periods none of which overlap: on a day that several claim, the one that starts later wins."""
    edges = sorted({start for _row, start, _end in said} | {end for _row, _start, end in said if end})
    found: list[Spell] = []
    for start, end in itertools.zip_longest(edges, edges[1:]):
        claims = [each for each in said if each[1] <= start and (each[2] is None or each[2] > start)]
        if not claims:
            continue
        row = max(claims, key=lambda each: each[1])[0]
        if found and found[-1][0] is row and found[-1][2] == start:
            found[-1] = (row, found[-1][1], end)
        else:
            found.append((row, start, end))
    return found


def merged(spells: Iterable[Spell]) -> list[Spell]:
    """Neighbouring spells of one value as one."""
    found: list[Spell] = []
    for value, start, end in spells:
        if found and found[-1][0] == value and found[-1][2] == start:
            found[-1] = (value, found[-1][1], end)
        else:
            found.append((value, start, end))
    return found


def overlapping(said: Sequence[Spell]) -> list[tuple[Spell, Spell]]:
    """Pairs of periods that claim the same day, in the order of their beginnings."""
    ordered = sorted(said, key=lambda each: each[1])
    return [
        (before, after)
        for at, before in enumerate(ordered)
        for after in ordered[at + 1 :]
        if before[2] is None or before[2] > after[1]
    ]


def stored(houses: Sequence[int]) -> dict[int, History]:
    """Kinds and places of institutions as the register has them."""
    found: dict[int, History] = {house: ([], []) for house in houses}
    with connection.cursor() as cursor:
        for at, (table, column) in enumerate(TABLES):
            words = {"table": sql.Identifier(table), "column": sql.Identifier(column)}
            query = sql.SQL(
                "SELECT institution_id, {column}, coalesce(lower(valid), '0001-01-01'), upper(valid) FROM {table}"
                " WHERE institution_id = ANY(%s) ORDER BY institution_id, valid"
            ).format(**words)
            cursor.execute(query.as_string(cursor.cursor), [list(houses)])
            for house, value, start, end in cursor.fetchall():
                found[house][at].append((value, start, end))
    return found


TOLD = """
CREATE TEMPORARY TABLE told (public_id text, part int, value bigint, starts date, ends date) ON COMMIT DROP
"""
OUT = """
DELETE FROM {table} dated USING institutions_institution house
WHERE house.id = dated.institution_id AND house.public_id IN (SELECT public_id FROM told)
"""
IN = """
INSERT INTO {table} (institution_id, {column}, valid, document)
SELECT house.id, told.value, daterange(told.starts, told.ends), '' FROM told
JOIN institutions_institution house USING (public_id) WHERE told.part = %s ORDER BY house.id, told.starts
"""


def write(told: Iterable[tuple[str, History]]) -> None:
    """What a source tells of whole histories takes the place of what stood there; by public id."""
    rows = [
        (public_id, part, *spell) for public_id, history in told for part, spells in enumerate(history)
        for spell in spells
    ]  # fmt: skip
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(TOLD)
        copy_rows("told", ("public_id", "part", "value", "starts", "ends"), rows)
        for part, (table, column) in enumerate(TABLES):
            words = {"table": sql.Identifier(table), "column": sql.Identifier(column)}
            cursor.execute(sql.SQL(OUT).format(**words).as_string(cursor.cursor))
            cursor.execute(sql.SQL(IN).format(**words).as_string(cursor.cursor), [part])
        cursor.execute("DROP TABLE told")
