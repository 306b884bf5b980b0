"""Values of one institution: read from its own rows, since only places are stored."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from institutions.registry.models import Institution
from institutions.registry.scope import overseen_by
from quality.catalogue.declared import ENTRIES, Span
from quality.catalogue.kinds import kinds_of, vocabulary
from quality.catalogue.models import DefinitionVersion, Indicator, Method, Period
from quality.observations.models import Observation, ValueState
from quality.rollups.bases import AS_WAS, Asked
from quality.rollups.formulas import PLACES, median, median_interval
from quality.rollups.hierarchy import lineage_on
from quality.rollups.intervals import interval_of
from quality.rollups.models import Tally
from quality.values.saying_json import line
from quality.values.shown import MISSING, Value

PERIODS = 24
Told = tuple[DefinitionVersion, Period, Value, set[Any]]  # with the institutions of whose rows it is made


@dataclass(frozen=True)
class Line:
    """An institution with those whose rows are also its own by the hierarchy of a day, each by its share."""

    house: Institution
    asked: Asked
    shares: dict[int, Decimal]
    unstated: frozenset[int] = frozenset()

    @property
    def all(self) -> list[int]:
        return [*self.shares, *self.unstated]


def line_of(house: Institution, asked: Asked) -> Line:
    """Alone by its own days; by the hierarchy of a day with its predecessors."""
    before = lineage_on(asked.day).inherited(house.pk) if asked.day else {}
    stated = {pk: share for pk, share in before.items() if share is not None}
    return Line(house, asked, {house.pk: Decimal(1), **stated}, frozenset(before) - frozenset(stated))


def values_of_institution(
    indicator: Indicator, house: Institution, user: Any, period: str, asked: Asked = AS_WAS
) -> list[dict[str, Any]]:
    """Lines of values of an institution, newest period first; nothing for who may not read its inner records.

    `inherited` names the predecessors of whose rows a value is made too: there the series is broken.
    """
    if not may_read(user, house):
        return []
    own = line_of(house, asked)
    named = dict(Institution.objects.filter(pk__in=own.all).values_list("pk", "public_id"))
    lines = []
    for version, of_period, value, gave in _told(indicator, own, period):
        before = sorted(named[pk] for pk in gave if pk != house.pk)
        lines.append(line(version, of_period, value, institution=house.public_id, asked=asked, inherited=before))
    return lines


def may_read(user: Any, house: Institution) -> bool:
    """Whether the inner records of an institution, and so its own figures, are open to this reader."""
    return Institution.objects.filter(overseen_by(user), pk=house.pk).exists()


def value_of_institution(version: DefinitionVersion, period: Period, house: Institution) -> Value:
    """Its own value of one period, by its own days; missing where it has none."""
    for of_version, of_period, value, _gave in _told(version.indicator, line_of(house, AS_WAS), period.code):
        if (of_version.pk, of_period.pk) == (version.pk, period.pk):
            return value
    return MISSING


def _told(indicator: Indicator, own: Line, period: str) -> list[Told]:
    return _computed(indicator, own, period) if indicator.code in ENTRIES else _entered(indicator, own, period)


def _entered(indicator: Indicator, own: Line, period: str) -> list[Told]:
    found = Observation.objects.filter(version__indicator=indicator, institution__in=own.all)
    found = found.filter(period__code=period) if period else found
    rows = found.select_related("version__indicator", "period").order_by("-period__starts_on", "version", "pk")
    lines = []
    for _key, group in groupby(rows, key=lambda row: (row.period_id, row.version_id)):
        given = {row.institution_id: row for row in group}
        first = next(iter(given.values()))
        lines.append((first.version, first.period, _observed(first.version, given, own), set(given)))
    return lines


def _observed(version: DefinitionVersion, given: dict[int | None, Observation], own: Line) -> Value:
    """Its own figure and those it inherited by their shares; what it has not itself is made of these alone."""
    told = {pk: row for pk, row in given.items() if row.state == ValueState.VALUE and pk in own.shares}
    newest = max(row.entered_at for row in given.values())
    divisible = not any(pk in own.unstated and row.state == ValueState.VALUE for pk, row in given.items())
    if not told:
        row = given.get(own.house.pk)
        state = str(row.state) if row else ValueState.MISSING
        return Value(state=state, expected=1, computed_at=newest, divisible=divisible)
    top = sum((own.shares[pk] * (row.numerator or 0) for pk, row in told.items()), Decimal(0))
    parts = [(pk, row.denominator) for pk, row in told.items() if row.denominator is not None]
    base = sum((own.shares[pk] * part for pk, part in parts), Decimal(0)) if parts else None
    value: Decimal | None = top
    if version.method in (Method.SHARE, Method.RATIO):
        value = (version.factor * top / base).quantize(PLACES) if base else None
    return Value(
        state=ValueState.VALUE if value is not None else ValueState.NOT_APPLICABLE, value=value, numerator=top,
        denominator=base, reporting=len(told), expected=max(len(told), 1), computed_at=newest, divisible=divisible,
    )  # fmt: skip


def _computed(indicator: Indicator, own: Line, period: str) -> list[Told]:
    tallies = Tally.objects.filter(version__indicator=indicator, version__levels__contains=["I"])
    tallies = tallies.filter(period__code=period) if period else tallies
    found = tallies.select_related("version__indicator", "period").order_by("-period__starts_on", "pk")[:PERIODS]
    return [(tally.version, tally.period, *_counted(tally, own)) for tally in found]


def _counted(tally: Tally, own: Line) -> tuple[Value, set[int]]:
    entry = ENTRIES[tally.version.indicator.code]
    seen: dict[str, Any] = {"provisional": tally.provisional, "computed_at": tally.counted_at}
    if (entry.of_reference or entry.base) and own.house.kind_id not in kinds_of(tally.version, *vocabulary()):
        return Value(state=ValueState.NOT_APPLICABLE, **seen), set()
    span = Span(tally.period.starts_on, tally.period.ends_on, tally.day)
    rows = list(entry.contributions(span).filter(house__in=own.all))
    gave = {row["house"] for row in rows}
    if entry.base:
        bases = list(entry.base.rows(span).filter(house__in=list(own.shares)))
        return _divided(tally, rows, bases, own, seen), gave | {row["house"] for row in bases}
    parts = {row["subject"]: (row["numerator"], row["denominator"], own.shares.get(row["house"], 1)) for row in rows}
    return _of_parts(tally, entry.shared, list(parts.values()), seen), gave


def _of_parts(tally: Tally, shared: bool, parts: list[tuple[Any, Any, Any]], seen: dict[str, Any]) -> Value:
    if tally.version.method == Method.MEDIAN:
        values = sorted(Decimal(part[0]) for part in parts if part[0] is not None)
        if not values:
            return Value(state=ValueState.NOT_APPLICABLE, **seen)
        low, high = median_interval(values)
        return Value(
            state=ValueState.VALUE,
            value=median(values),
            low=low,
            high=high,
            reporting=len(values),
            expected=len(values),
            **seen,
        )
    weighed = [(top, base, 1 if shared else weight) for top, base, weight in parts]
    top, base = (sum((part[2] * Decimal(part[at] or 0) for part in weighed), Decimal(0)) for at in (0, 1))
    if not base:
        return Value(state=ValueState.NOT_APPLICABLE, numerator=top, denominator=base, **seen)
    value = (tally.version.factor * top / base).quantize(PLACES)
    return Value(state=ValueState.VALUE, value=value, numerator=top, denominator=base, reporting=1, expected=1, **seen)


def _divided(tally: Tally, rows: list[Any], bases: list[Any], own: Line, seen: dict[str, Any]) -> Value:
    """What it did, divided by the rows that it has for that; missing, not nought, where it has none."""
    if not bases:
        return Value(state=ValueState.MISSING, expected=1, **seen)
    done = Decimal(len({row["subject"] for row in rows}))
    over = sum((own.shares[row["house"]] * Decimal(row["denominator"]) for row in bases), Decimal(0))
    told = {"numerator": done, "denominator": over, "participations": len(rows), "reporting": 1, "expected": 1, **seen}
    if not over:
        return Value(state=ValueState.NOT_APPLICABLE, **told)
    low, high = interval_of(tally.version, done, over) or (None, None)
    value = (tally.version.factor * done / over).quantize(PLACES)
    return Value(state=ValueState.VALUE, value=value, low=low, high=high, **told)
