"""Histories of institutions and places, written plainly, and their figures by the hierarchy of a day, counted plainly."""

import datetime
from collections import defaultdict
from decimal import Decimal
from functools import cache
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from cooperation.activities.models import Participation
from cooperation.agreements.models import AgreementParty
from institutions.registry.models import Institution, InstitutionKind, InstitutionPlace, OpenSpell, Succession
from institutions.territory.models import Territory, TerritoryParent
from quality.observations.models import Observation
from tests.quality.activities import staff_of, stood

Key = tuple[str, str]  # codes of place and kind ("" for all)


def dated(rows: Any, day: datetime.date, **value: Any) -> None:
    """From a day on the value is another one, whatever was said of later days."""
    rows.filter(valid__startswith__gte=day).delete()
    for row in rows.filter(valid__contains=day):
        rows.filter(pk=row.pk).update(valid=DateRange(row.valid.lower, day))
    rows.create(valid=DateRange(day, None), **value)


def closes(house: Institution, day: datetime.date, heirs: dict[Institution, Decimal | None]) -> None:
    """Its last open spell ends and others take over; nothing where it was not open on the day before."""
    spell = house.spells.filter(valid__contains=day - datetime.timedelta(days=1)).first()
    if spell is None or house.spells.filter(valid__startswith__gte=day).exists():
        return
    OpenSpell.objects.filter(pk=spell.pk).update(valid=DateRange(spell.valid.lower, day))
    for heir, share in heirs.items():
        if not Succession.objects.filter(predecessor=house, successor=heir).exists():
            Succession.objects.create(predecessor=house, successor=heir, happened_on=day, share=share, kind="split")


def reopens(house: Institution, day: datetime.date) -> None:
    """A new spell, where the last one ended before."""
    if not house.spells.filter(valid__overlap=DateRange(day, None)).exists():
        OpenSpell.objects.create(institution=house, valid=DateRange(day, None))


def forget() -> None:
    """Reads the rows anew: what was read once is kept, since a reading asks the same of every figure."""
    for each in (above, where, heirs_of, divided):
        each.cache_clear()


@cache
def above(place: Territory, day: datetime.date) -> list[Territory]:
    """The place and all over it; a place without a parent on the day stays under its last, else its first one."""
    found = [place]
    while rows := list(TerritoryParent.objects.filter(child=found[-1]).select_related("parent")):
        begun = [row for row in rows if row.valid.lower <= day]
        row = max(begun, key=lambda each: each.valid.lower) if begun else min(rows, key=lambda each: each.valid.lower)
        found.append(row.parent)
    return found


@cache
def where(house: Institution, day: datetime.date) -> tuple[Any, Any]:
    """Its own place and kind."""
    return stood(InstitutionPlace, "territory", house.pk, day), stood(InstitutionKind, "kind", house.pk, day)


@cache
def heirs_of(house: Institution, day: datetime.date) -> list[Succession]:
    """Who has what it was, if it is closed."""
    if house.spells.filter(valid__contains=day).exists():
        return []
    opened = [spell.valid.lower for spell in house.spells.all() if spell.valid.lower <= day]
    rows = Succession.objects.filter(predecessor=house, happened_on__lte=day).select_related("successor").order_by("pk")
    return [row for row in rows if not any(first > row.happened_on for first in opened)]


@cache
def divided(house: Institution, day: datetime.date) -> tuple[dict[Any, Decimal], set[Any], list[set[Any]]]:
    """(how much of it lies where, everywhere that has any of it, places between which nobody has divided it)."""
    heirs = heirs_of(house, day)
    own = where(house, day)
    if not heirs:
        return {own: Decimal(1)}, {own}, []
    below = [(row.share, *divided(row.successor, day)) for row in heirs]
    everywhere = set().union(*(spots for _share, _parts, spots, _torn in below))
    torn = [group for *_, groups in below for group in groups]
    if len(below) == 1 and below[0][0] is None:
        return below[0][1], everywhere, torn
    if any(share is None for share, *_ in below) or sum(share for share, *_ in below) > 1:
        return {own: Decimal(1)}, everywhere, [*torn, everywhere | {own}]
    parts: dict[Any, Decimal] = defaultdict(Decimal)
    for share, held, *_ in below:
        for spot, weight in held.items():
            parts[spot] += share * weight
    left = 1 - sum(share for share, *_ in below)
    if left:
        parts[own] += left
        everywhere = everywhere | {own}
    return dict(parts), everywhere, torn


def cells(spot: tuple[Any, Any], day: datetime.date) -> set[Key]:
    """Every cell that holds a spot."""
    place, kind = spot
    return {key for each in above(place, day) for key in ((each.code, kind.code), (each.code, ""))}


def weighed(house: Institution, day: datetime.date, kinds: set[str] | None = None) -> dict[Key, Decimal]:
    """How much of what it gave each cell holds."""
    found: dict[Key, Decimal] = defaultdict(Decimal)
    for spot, weight in divided(house, day)[0].items():
        if kinds is None or spot[1].code in kinds:
            for key in cells(spot, day):
                found[key] += weight
    return found


def undecided(house: Institution, day: datetime.date) -> set[Key]:
    """Cells of which nobody knows how much of it they hold."""
    found: set[Key] = set()
    for group in divided(house, day)[2]:
        held = [cells(spot, day) for spot in group]
        found |= set().union(*held) - held[0].intersection(*held)
    return found


def figures_on(version: Any, period: Any, day: datetime.date, kinds: set[str]) -> dict[Key, tuple[Any, ...]]:
    """Entered figures: (numerator, denominator, reporting, expected, comparable)."""
    sums: dict[Key, list[Any]] = defaultdict(lambda: [Decimal(0), Decimal(0), 0, 0])
    doubtful: set[Key] = set()
    given = {row.institution_id: row for row in Observation.objects.filter(version=version, period=period)}
    last = min(period.ends_on, datetime.date(2026, 11, 21))
    for house in Institution.objects.filter(verified_at__isnull=False):
        row = given.get(house.pk)
        wanted = None if row else kinds
        if row is None and not house.spells.filter(valid__contains=last).exists():
            continue
        for key, weight in weighed(house, day, wanted).items():
            cell = sums[key]
            if row:
                cell[0] += weight * row.numerator
                cell[1] += weight * (row.denominator or 0)
                cell[2] += 1
            cell[3] += 1
        doubtful |= undecided(house, day) if row else set()
    return {key: (*cell, key not in doubtful) for key, cell in sums.items()}


def covered_on(period: Any, day: datetime.date, kinds: set[str]) -> dict[Key, tuple[Any, ...]]:
    """COV.01: (institutions with an agreement in force, institutions, reporting, expected, comparable)."""
    last = min(period.ends_on, datetime.date(2026, 11, 21))
    sums: dict[Key, list[Any]] = defaultdict(lambda: [Decimal(0), Decimal(0), 0, 0])
    doubtful: set[Key] = set()
    for house in Institution.objects.filter(verified_at__isnull=False):
        if house.spells.filter(valid__contains=last).exists():
            has = AgreementParty.objects.filter(institution=house, valid__contains=last).exists()
            for key, weight in weighed(house, day, kinds).items():
                sums[key] = [sums[key][0] + has * weight, sums[key][1] + weight, sums[key][2] + 1, sums[key][3] + 1]
            doubtful |= undecided(house, day)
    return {key: (*cell, key not in doubtful) for key, cell in sums.items()}


def joint_on(period: Any, day: datetime.date, without: set[int] = frozenset()) -> dict[Key, tuple[int, int]]:  # type: ignore[assignment]
    """Confirmed activities: (different ones, participations)."""
    inside: dict[Key, set[int]] = defaultdict(set)
    shares: dict[Key, int] = defaultdict(int)
    rows = Participation.objects.filter(
        state="stands", activity__status="confirmed", on_date__gte=period.starts_on, on_date__lte=period.ends_on
    )
    for row in rows.exclude(institution__in=without).select_related("institution"):
        for key in {key for spot in divided(row.institution, day)[1] for key in cells(spot, day)}:
            inside[key].add(row.activity_id)
            shares[key] += 1
    return {key: (len(found), shares[key]) for key, found in inside.items()}


def per_head_on(period: Any, day: datetime.date, kinds: set[str]) -> dict[Key, tuple[Any, ...]]:
    """ACT.01: (activities, heads, participations, reporting, expected, comparable)."""
    last = min(period.ends_on, datetime.date(2026, 11, 21))
    sums: dict[Key, list[Any]] = defaultdict(lambda: [Decimal(0), 0, 0])
    lacking, doubtful = set(), set()
    for house in Institution.objects.filter(verified_at__isnull=False):
        held = weighed(house, day, kinds)
        number = staff_of(house, last)
        if not house.spells.filter(valid__contains=last).exists():
            continue
        for key, weight in held.items():
            more = (weight * (number or 0), number is not None, 1)
            sums[key] = [had + new for had, new in zip(sums[key], more, strict=True)]
        if number is not None:
            doubtful |= undecided(house, day)
        elif any(kind.code in kinds for _place, kind in divided(house, day)[1]):
            lacking.add(house.pk)
    done = joint_on(period, day, lacking)
    return {
        key: (*((done.get(key, (0, 0))[0], over, done.get(key, (0, 0))[1]) if told else (None, None, None)), told,
              expected, key not in doubtful)
        for key, (over, told, expected) in sums.items()
    }  # fmt: skip
