"""Institutions as lists show them, read in a handful of queries whatever their number."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from institutions.registry.models import ExternalId, OpenSpell, Succession

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


def dressed(values: Iterable[dict[str, Any]]) -> list[InstitutionRow]:
    """Rows of COLUMNS with their numbers in registers, open times and successors."""
    values = list(values)
    ids = [value["pk"] for value in values]
    numbers, spells, heirs = numbers_of(ids), spells_of(ids), heirs_of(ids)
    return [
        InstitutionRow(
            value["pk"], value["public_id"], value["names"], value["kind__code"], value["status"], value["territory__code"],
            value["ownership"], numbers.get(value["pk"], []), *spells.get(value["pk"], (None, None)), heirs.get(value["pk"], []),
        )
        for value in values
    ]  # fmt: skip


def numbers_of(ids: list[int]) -> dict[int, list[dict[str, str]]]:
    """Numbers in other registers by institution."""
    found: dict[int, list[dict[str, str]]] = {}
    rows = (
        ExternalId.objects.filter(institution__in=ids).order_by("pk").values_list("institution_id", "scheme", "value")
    )
    for house, scheme, value in rows:
        found.setdefault(house, []).append({"scheme": scheme, "value": value})
    return found


def spells_of(ids: list[int]) -> dict[int, tuple[datetime.date | None, datetime.date | None]]:
    """When each was first opened, and when it closed if it is not open again."""
    found: dict[int, tuple[datetime.date | None, datetime.date | None]] = {}
    rows = (
        OpenSpell.objects.filter(institution__in=ids)
        .order_by("institution_id", "valid")
        .values_list("institution_id", "valid")
    )
    for house, valid in rows:
        first = found[house][0] if house in found else valid.lower
        found[house] = (first, valid.upper)
    return found


def heirs_of(ids: list[int]) -> dict[int, list[str]]:
    """Public ids of the institutions that took over."""
    found: dict[int, list[str]] = {}
    rows = Succession.objects.filter(predecessor__in=ids).order_by("happened_on", "pk")
    for house, heir in rows.values_list("predecessor_id", "successor__public_id"):
        found.setdefault(house, []).append(heir)
    return found
