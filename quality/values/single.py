"""Values of one institution: read from its own rows, since only places are stored."""

from decimal import Decimal
from typing import Any

from institutions.registry.models import Institution
from institutions.registry.scope import overseen_by
from quality.catalogue.declared import ENTRIES, Span
from quality.catalogue.kinds import kinds_of, vocabulary
from quality.catalogue.models import Indicator, Method
from quality.observations.models import Observation, ValueState
from quality.rollups.formulas import PLACES, median, median_interval
from quality.rollups.models import Tally
from quality.values.saying_json import line
from quality.values.shown import Value

PERIODS = 24


def values_of_institution(indicator: Indicator, house: Institution, user: Any, period: str) -> list[dict[str, Any]]:
    """Lines of values of an institution, newest period first; nothing for who may not read its inner records."""
    if not Institution.objects.filter(overseen_by(user), pk=house.pk).exists():
        return []
    if indicator.code in ENTRIES:
        return _computed(indicator, house, period)
    found = Observation.objects.filter(version__indicator=indicator, institution=house)
    found = found.filter(period__code=period) if period else found
    rows = found.select_related("version__indicator", "period").order_by("-period__starts_on", "pk")
    return [line(row.version, row.period, _observed(row), institution=house.public_id) for row in rows]


def _observed(row: Observation) -> Value:
    method, value = row.version.method, row.numerator
    if method in (Method.SHARE, Method.RATIO) and value is not None:
        factor = row.version.factor
        value = (factor * value / row.denominator).quantize(PLACES) if row.denominator else None
    state = str(row.state)
    if state == ValueState.VALUE and value is None:
        state = ValueState.NOT_APPLICABLE
    return Value(
        state=state, value=value, numerator=row.numerator, denominator=row.denominator,
        reporting=int(row.state == ValueState.VALUE), expected=1, computed_at=row.entered_at,
    )  # fmt: skip


def _computed(indicator: Indicator, house: Institution, period: str) -> list[dict[str, Any]]:
    tallies = Tally.objects.filter(version__indicator=indicator, version__levels__contains=["I"])
    tallies = tallies.filter(period__code=period) if period else tallies
    found = tallies.select_related("version__indicator", "period").order_by("-period__starts_on", "pk")[:PERIODS]
    return [line(tally.version, tally.period, _counted(tally, house), institution=house.public_id) for tally in found]


def _counted(tally: Tally, house: Institution) -> Value:
    entry = ENTRIES[tally.version.indicator.code]
    seen: dict[str, Any] = {"provisional": tally.provisional, "computed_at": tally.counted_at}
    if (entry.of_reference or entry.base) and house.kind_id not in kinds_of(tally.version, *vocabulary()):
        return Value(state=ValueState.NOT_APPLICABLE, **seen)
    span = Span(tally.period.starts_on, tally.period.ends_on, tally.day)
    rows = entry.contributions(span).filter(house=house.pk)
    if entry.base:
        return _divided(tally, rows, entry.base.rows(span).filter(house=house.pk).first(), seen)
    parts = {row["subject"]: (row["numerator"], row["denominator"]) for row in rows}
    if tally.version.method == Method.MEDIAN:
        values = sorted(Decimal(part[0]) for part in parts.values() if part[0] is not None)
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
    top, base = (sum((Decimal(part[place] or 0) for part in parts.values()), Decimal(0)) for place in (0, 1))
    if not base:
        return Value(state=ValueState.NOT_APPLICABLE, numerator=top, denominator=base, **seen)
    value = (tally.version.factor * top / base).quantize(PLACES)
    return Value(state=ValueState.VALUE, value=value, numerator=top, denominator=base, reporting=1, expected=1, **seen)


def _divided(tally: Tally, rows: Any, base: dict[str, Any] | None, seen: dict[str, Any]) -> Value:
    """What it did, divided by the one row that it has for that; missing, not nought, where it has none."""
    if base is None:
        return Value(state=ValueState.MISSING, expected=1, **seen)
    done, over = Decimal(len({row["subject"] for row in rows})), Decimal(base["denominator"])
    told = {"numerator": done, "denominator": over, "participations": len(rows), "reporting": 1, "expected": 1, **seen}
    if not over:
        return Value(state=ValueState.NOT_APPLICABLE, **told)
    return Value(state=ValueState.VALUE, value=(tally.version.factor * done / over).quantize(PLACES), **told)
