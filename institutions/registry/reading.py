"""Institutions as lists show them, read in a handful of queries whatever their number."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from institutions.registry.models import ExternalId, Institution

COLUMNS = (
    "pk",
    "public_id",
    "names",
    "kind__code",
    "status",
    "territory__code",
    "ownership",
    "sort_key",
    "modified_at",
)


@dataclass(slots=True)
class InstitutionRow:
    """One line of a list: codes and dates, no objects behind it."""

    pk: int
    id: str
    names: dict[str, str]
    kind: str
    status: str
    territory: str
    ownership: str
    external_ids: list[dict[str, str]]
    opened_on: datetime.date | None
    closed_on: datetime.date | None
    successors: list[str]


def rows_of(found: Any) -> list[InstitutionRow]:
    """The rows of a queryset in its order."""
    return dressed(found.values(*COLUMNS))


BESIDE = """
SELECT institution_id, 1 AS what, scheme AS one, value AS two, NULL::date AS opened, NULL::date AS closed, id AS place
FROM institutions_externalid WHERE institution_id = ANY(%(ids)s)
UNION ALL
SELECT institution_id, 2, '', '', lower(valid), upper(valid), row_number() OVER (ORDER BY valid)
FROM institutions_openspell WHERE institution_id = ANY(%(ids)s)
UNION ALL
SELECT predecessor_id, 3, heir.public_id, '', NULL, NULL, succession.id
FROM institutions_succession succession JOIN institutions_institution heir ON heir.id = succession.successor_id
WHERE predecessor_id = ANY(%(ids)s)
ORDER BY place
"""
NUMBER, SPELL, HEIR = 1, 2, 3


def dressed(values: Iterable[dict[str, Any]]) -> list[InstitutionRow]:
    """Rows of COLUMNS with their numbers in registers, open times and successors; one query for them all."""
    rows = {
        value["pk"]: InstitutionRow(
            value["pk"],
            value["public_id"],
            value["names"],
            value["kind__code"],
            value["status"],
            value["territory__code"],
            value["ownership"],
            [],
            None,
            None,
            [],
        )
        for value in values
    }
    begun: set[int] = set()
    with connection.cursor() as cursor:
        cursor.execute(BESIDE, {"ids": list(rows)})
        for house, what, one, two, opened, closed, _place in cursor:
            row = rows[house]
            if what == NUMBER:
                row.external_ids.append({"scheme": one, "value": two})
            elif what == HEIR:
                row.successors.append(one)
            else:  # spells come in the order of time: the first says when it opened, the last whether it closed
                row.opened_on = row.opened_on if house in begun else opened
                row.closed_on = closed
                begun.add(house)
    return list(rows.values())


def houses_named(names: set[str], user: Any) -> dict[str, Institution]:
    """Institutions by public id or by `scheme:value`, among those the person may see."""
    visible = Institution.objects.visible_to(user).select_related("territory")
    found = {house.public_id: house for house in visible.filter(public_id__in=[n for n in names if ":" not in n])}
    pairs = {name: scheme_and_number(name) for name in names if ":" in name}
    wanted = ExternalId.objects.filter(
        scheme__in={scheme for scheme, _value in pairs.values()},
        value__in={value for _scheme, value in pairs.values()},
    )
    numbers = {(scheme, value): pk for scheme, value, pk in wanted.values_list("scheme", "value", "institution_id")}
    known = visible.in_bulk({numbers[pair] for pair in pairs.values() if pair in numbers})
    return found | {name: known[pk] for name, pair in pairs.items() if (pk := numbers.get(pair)) in known}


def scheme_and_number(name: str) -> tuple[str, str]:
    """`scheme:value` as it is stored: the register's code in small letters, one blank for blanks of any kind."""
    scheme, _colon, value = name.partition(":")
    return scheme.strip().lower(), " ".join(value.split())
