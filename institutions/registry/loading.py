"""Institutions by the thousand: new ones by COPY into every dated table, changed ones by one statement a table.

Changes are dated like those made by hand: the old row ends on the day, a new one begins; a row that began the same day
is corrected.
"""

import datetime
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import sql

from accounts.identity import new_public_id
from accounts.names import name_in, search_text
from accounts.spelling import search_key, sort_key
from exchange.copying import copy_rows
from institutions.registry.histories import History

KIND, PLACE, EVENT = "institutions_institutionkind", "institutions_institutionplace", "lifecycle_event"
EVENT_COLUMNS = (
    "subject_type",
    "subject_id",
    "title",
    "name",
    "status_before",
    "status_after",
    "actor_id",
    "position",
    "institution",
    "concerned",
    "members_only",
    "reason",
    "reason_code",
    "detail",
    "request_id",
    "happened_at",
)


@dataclass(slots=True)
class Arrival:
    """An institution as a file says it, its words resolved to rows; `was` is what stands in the register."""

    scheme: str
    number: str
    names: dict[str, str]
    kind: int
    territory: int
    ownership: str
    country: str
    opened_on: datetime.date | None
    closed_on: datetime.date | None
    was: "Standing | None" = None
    public_id: str = field(default_factory=new_public_id)
    since: datetime.date | None = None  # from when to when this row holds, where it says so
    until: datetime.date | None = None
    history: History | None = None


@dataclass(slots=True)
class Standing:
    """What the register says of an institution today."""

    pk: int
    public_id: str
    names: dict[str, str]
    short_name: str
    kind: int
    territory: int
    ownership: str
    status: str
    spell: int
    opened_on: datetime.date | None
    closed_on: datetime.date | None
    numbers: list[str]


STANDING = """
SELECT number.value, house.id, house.public_id, house.names, house.short_name, house.kind_id, house.territory_id,
       house.ownership, house.status, spell.id, lower(spell.valid), upper(spell.valid),
       ARRAY(SELECT value FROM institutions_externalid WHERE institution_id = house.id)
FROM institutions_externalid number
JOIN institutions_institution house ON house.id = number.institution_id
LEFT JOIN LATERAL (SELECT id, valid FROM institutions_openspell WHERE institution_id = house.id
                   ORDER BY valid DESC LIMIT 1) spell ON true
WHERE number.scheme = %s AND number.value = ANY(%s)
"""


def standing(scheme: str, numbers: Sequence[str]) -> dict[str, Standing]:
    """Institutions of the register by their number in a scheme."""
    found: dict[str, Standing] = {}
    with connection.cursor() as cursor:
        for start in range(0, len(numbers), 10_000):
            cursor.execute(STANDING, [scheme, list(numbers[start : start + 10_000])])
            for number, pk, public_id, names, *rest in cursor.fetchall():
                found[number] = Standing(pk, public_id, json.loads(names) if isinstance(names, str) else names, *rest)
    return found


def key_of(names: dict[str, str], short_name: str, numbers: Sequence[str]) -> str:
    """What search looks in: names in every language, the short name, numbers in other registers."""
    return " ".join(filter(None, [search_text(names), search_key(short_name), *map(search_key, numbers)]))


def order_of(names: dict[str, str]) -> str:
    """What lists are ordered by."""
    return sort_key(name_in(names, "uz"))[:400]


ARRIVE = """
CREATE TEMPORARY TABLE arrivals (id bigint DEFAULT nextval(pg_get_serial_sequence('institutions_institution', 'id')),
  public_id text, names jsonb, title text, search_key text, sort_key text, kind_id bigint, territory_id bigint,
  ownership text, country text, status text, scheme text, number text, opened_on date, closed_on date) ON COMMIT DROP
"""
ARRIVE_COLUMNS = (
    "public_id",
    "names",
    "title",
    "search_key",
    "sort_key",
    "kind_id",
    "territory_id",
    "ownership",
    "country",
    "status",
    "scheme",
    "number",
    "opened_on",
    "closed_on",
)
SETTLE = (
    """INSERT INTO institutions_institution (id, public_id, names, short_name, search_key, sort_key, kind_id,
       territory_id, ownership, country, languages, status, is_demo, version, registered_by_id, registered_at,
       verified_at, modified_at)
       SELECT id, public_id, names, '', search_key, sort_key, kind_id, territory_id, ownership, country, '{}', status,
       false, 1, %(by)s, %(at)s, %(at)s, %(at)s FROM arrivals ORDER BY id""",
    """INSERT INTO institutions_openspell (institution_id, valid, document)
       SELECT id, daterange(opened_on, closed_on), '' FROM arrivals ORDER BY id""",
    """INSERT INTO institutions_institutionkind (institution_id, kind_id, valid, document)
       SELECT id, kind_id, daterange(opened_on, NULL), '' FROM arrivals ORDER BY id""",
    """INSERT INTO institutions_institutionplace (institution_id, territory_id, valid, document)
       SELECT id, territory_id, daterange(opened_on, NULL), '' FROM arrivals ORDER BY id""",
    """INSERT INTO institutions_externalid (institution_id, scheme, value, valid)
       SELECT id, scheme, number, daterange(opened_on, NULL) FROM arrivals ORDER BY id""",
    """INSERT INTO lifecycle_event (subject_type, subject_id, title, name, status_before, status_after, actor_id,
       position, institution, concerned, members_only, reason, reason_code, detail, request_id, happened_at)
       SELECT 'institution', public_id, title, 'import', '', status, %(by)s, '', public_id, ARRAY[public_id], false, '',
       '',
       jsonb_build_object('scheme', scheme), '', %(at)s FROM arrivals ORDER BY id""",
    "DROP TABLE arrivals",
)


def write_new(arrivals: Sequence[Arrival], *, by: Any, at: datetime.datetime, today: datetime.date) -> None:
    """Adds institutions with their dated rows and one Event each: one COPY, then one statement a table."""
    if not arrivals:
        return
    with connection.cursor() as cursor:
        cursor.execute(ARRIVE)
        copy_rows("arrivals", ARRIVE_COLUMNS, (_arriving(arrival, today) for arrival in arrivals))
        for statement in SETTLE:
            cursor.execute(statement, {"by": by.pk if by else None, "at": at})


def _arriving(a: Arrival, today: datetime.date) -> tuple[Any, ...]:
    status = "closed" if a.closed_on and a.closed_on <= today else "verified"
    title = next(iter(a.names.values()), "")[:300]
    return (
        a.public_id,
        a.names,
        title,
        key_of(a.names, "", [a.number]),
        order_of(a.names),
        a.kind,
        a.territory,
        a.ownership,
        a.country,
        status,
        a.scheme,
        a.number,
        a.opened_on,
        a.closed_on,
    )


STAGE = """
CREATE TEMPORARY TABLE arriving (id bigint, names jsonb, search_key text, sort_key text, kind_id bigint,
  territory_id bigint, ownership text, spell_id bigint, opened_on date, closed_on date, renamed boolean, was jsonb,
  status text) ON COMMIT DROP
"""
STAGE_COLUMNS = (
    "id", "names", "search_key", "sort_key", "kind_id", "territory_id", "ownership", "spell_id", "opened_on",
    "closed_on", "renamed", "was", "status",
)  # fmt: skip
SPELLS = """
UPDATE institutions_openspell spell SET valid = daterange(arriving.opened_on, arriving.closed_on) FROM arriving
WHERE spell.id = arriving.spell_id AND spell.valid <> daterange(arriving.opened_on, arriving.closed_on)
"""
# for kinds and places alike: correct what began today, end what began before, begin anew, join equal neighbours
DATED = (
    """UPDATE {table} dated SET {column} = arriving.{column} FROM arriving
       WHERE dated.institution_id = arriving.id AND dated.valid @> %(day)s AND lower(dated.valid) = %(day)s
       AND dated.{column} <> arriving.{column}""",
    """UPDATE {table} dated SET valid = daterange(lower(dated.valid), %(day)s) FROM arriving
       WHERE dated.institution_id = arriving.id AND dated.valid @> %(day)s AND dated.{column} <> arriving.{column}""",
    """DELETE FROM {table} dated USING arriving WHERE dated.institution_id = arriving.id
       AND lower(dated.valid) > %(day)s AND NOT EXISTS (SELECT 1 FROM {table} now
       WHERE now.institution_id = arriving.id AND now.valid @> %(day)s)""",
    """INSERT INTO {table} (institution_id, {column}, valid, document)
       SELECT id, {column}, daterange(%(day)s, NULL), '' FROM arriving WHERE NOT EXISTS
       (SELECT 1 FROM {table} now WHERE now.institution_id = arriving.id AND now.valid @> %(day)s)""",
    """WITH gone AS (DELETE FROM {table} newer USING {table} older, arriving
       WHERE newer.institution_id = arriving.id AND older.institution_id = arriving.id
       AND upper(older.valid) = lower(newer.valid) AND older.{column} = newer.{column} AND lower(newer.valid) = %(day)s
       RETURNING older.id, newer.valid)
       UPDATE {table} dated SET valid = dated.valid + gone.valid FROM gone WHERE dated.id = gone.id""",
)
NAMED = (
    """UPDATE institutions_institutionname dated SET valid = daterange(lower(dated.valid), %(day)s) FROM arriving
       WHERE dated.institution_id = arriving.id AND renamed AND dated.valid @> %(day)s
       AND coalesce(lower(dated.valid), '-infinity') < %(day)s""",
    """UPDATE institutions_institutionname dated SET names = arriving.names FROM arriving
       WHERE dated.institution_id = arriving.id AND renamed AND lower(dated.valid) = %(day)s""",
    """INSERT INTO institutions_institutionname (institution_id, names, valid, document)
       SELECT id, was, daterange(NULL, %(day)s), '' FROM arriving WHERE renamed
       AND NOT EXISTS (SELECT 1 FROM institutions_institutionname dated WHERE dated.institution_id = arriving.id)""",
    """INSERT INTO institutions_institutionname (institution_id, names, valid, document)
       SELECT id, names, daterange(%(day)s, NULL), '' FROM arriving WHERE renamed
       AND NOT EXISTS (SELECT 1 FROM institutions_institutionname dated
                       WHERE dated.institution_id = arriving.id AND dated.valid @> %(day)s)""",
    """UPDATE institutions_institution house SET names = arriving.names, search_key = arriving.search_key,
       sort_key = arriving.sort_key, kind_id = arriving.kind_id, territory_id = arriving.territory_id,
       ownership = arriving.ownership, status = arriving.status, version = house.version + 1, modified_at = %(at)s
       FROM arriving WHERE house.id = arriving.id""",
    "DROP TABLE arriving",
)


def write_changed(arrivals: Sequence[Arrival], *, by: Any, at: datetime.datetime, today: datetime.date) -> None:
    """Dates what differs from the register and writes one Event each."""
    if not arrivals:
        return
    with connection.cursor() as cursor:
        cursor.execute(STAGE)
        copy_rows("arriving", STAGE_COLUMNS, _staged(arrivals, today))
        copy_rows(EVENT, EVENT_COLUMNS, (_change_event(a, by, at, today) for a in arrivals))
        words = {"day": today, "at": at}
        cursor.execute(SPELLS)
        for table, column in ((KIND, "kind_id"), (PLACE, "territory_id")):
            named = {"table": sql.Identifier(table), "column": sql.Identifier(column)}
            for statement in DATED:
                cursor.execute(sql.SQL(statement).format(**named).as_string(cursor.cursor), words)
        for statement in NAMED:
            cursor.execute(statement, words)


def _staged(arrivals: Sequence[Arrival], today: datetime.date) -> Iterator[tuple[Any, ...]]:
    for a in arrivals:
        if a.was is None:
            continue
        renamed = any(a.names.get(tag) != name for tag, name in a.was.names.items())
        key = key_of(a.names, a.was.short_name, [*a.was.numbers, *a.was.names.values()])
        status = _status_after(a, today)
        yield (
            a.was.pk,
            a.names,
            key,
            order_of(a.names),
            a.kind,
            a.territory,
            a.ownership,
            a.was.spell,
            a.opened_on,
            a.closed_on,
            renamed,
            a.was.names,
            status,
        )


def _status_after(a: Arrival, today: datetime.date) -> str:
    standing = a.was.status if a.was else "verified"
    ends = a.closed_on is not None and a.closed_on <= today and standing in ("verified", "suspended")
    return "closed" if ends else standing


def differences(a: Arrival) -> dict[str, tuple[Any, Any]]:
    """What a file would change: column → (old, new)."""
    was = a.was
    if was is None:
        return {}
    pairs = {
        "names": (was.names, a.names),
        "kind": (was.kind, a.kind),
        "territory": (was.territory, a.territory),
        "ownership": (was.ownership, a.ownership),
        "opened_on": (was.opened_on, a.opened_on),
        "closed_on": (was.closed_on, a.closed_on),
    }
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _change_event(a: Arrival, by: Any, at: datetime.datetime, today: datetime.date) -> tuple[Any, ...]:
    """The Event of one change, in the order of EVENT_COLUMNS."""
    before, after = (a.was.status, _status_after(a, today)) if a.was else ("", "")
    public_id = a.was.public_id if a.was else a.public_id
    name, title = "close" if before != after else "change", next(iter(a.names.values()), "")[:300]
    detail, actor = {"fields": sorted(differences(a))}, by.pk if by else None
    said = ("institution", public_id, title, name, before, after, actor, "", public_id, [public_id])
    return (*said, False, "", "", detail, "", at)
