"""One value for a window of several periods, and pooled years, by the rule of the indicator.

`sum`: numerators and denominators of the periods are added, then divided. `last`: the value of the last period.
`distinct` and `recompute`: counted anew from the rows of the whole window, against who is there at its end.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db.models import Q, Sum

from institutions.territory.models import Territory
from quality.catalogue.declared import ENTRIES, Entry, Span
from quality.catalogue.models import Across, DefinitionVersion, Method, Period
from quality.observations.models import ValueState
from quality.rollups.formulas import PLACES, median, median_interval
from quality.rollups.intervals import interval_of
from quality.rollups.models import Rollup, Tally
from quality.values.protection import Count
from quality.values.rows import DENOMINATOR, Behind, houses, total
from quality.values.shown import MISSING, Reading, Value, hide

DIVIDED = (Method.SHARE, Method.RATIO)
SMALL_BASE, YEARS = 30, 3


def divided(version: DefinitionVersion, top: Decimal, base: Decimal | None, **more: Any) -> Value:
    """A value made from two sums, with its interval."""
    if version.method not in DIVIDED:
        return Value(state=ValueState.VALUE, value=top, numerator=top, **more)
    base = base or Decimal(0)
    if not base:
        return Value(state=ValueState.NOT_APPLICABLE, numerator=top, denominator=base, **more)
    low, high = interval_of(version, top, base) or (None, None)
    value = (version.factor * top / base).quantize(PLACES)
    return Value(
        state=ValueState.VALUE, value=value, numerator=top, denominator=base, low=low, high=high, **more
    )  # fmt: skip


def over(cells: Sequence[Rollup], place: Territory, kind: Any, reading: Reading) -> Value:
    """One value for the periods of these cells of one indicator and place, the oldest first; ask for them with version,
    period and territory.
    """
    if not cells:
        return MISSING
    last = cells[-1]
    shown = [reading.shown(cell) for cell in cells]
    if len(cells) == 1 or last.version.across == Across.LAST:
        return shown[-1]
    if any(value.state == ValueState.SUPPRESSED for value in shown):
        return hide(shown[-1])
    if any(cell.version_id != last.version_id for cell in cells):
        return MISSING  # another definition counted something else
    if last.version.across == Across.SUM:
        return added(last.version, shown)
    return recounted(cells, place, kind, shown)


def added(version: DefinitionVersion, shown: Iterable[Value]) -> Value:
    """Sums of disjoint periods, then divided; a period without a value lowers the completeness."""
    shown = list(shown)
    known = [value for value in shown if value.numerator is not None]
    about: dict[str, Any] = {
        "reporting": sum(value.reporting for value in shown), "expected": sum(value.expected for value in shown),
        "provisional": any(value.provisional for value in shown), "internal": any(value.internal for value in shown),
        "computed_at": min((value.computed_at for value in shown if value.computed_at), default=None),
    }  # fmt: skip
    if not known:
        return Value(**about)
    top, base = (
        sum((getattr(v, name) or Decimal(0) for v in known), Decimal(0)) for name in ("numerator", "denominator")
    )
    return divided(version, top, base, **about)


def recounted(cells: Sequence[Rollup], place: Territory, kind: Any, shown: Sequence[Value]) -> Value:
    """From the rows of the whole window; what was entered as sums cannot be counted anew."""
    version, first, last = cells[-1].version, cells[0].period, cells[-1].period
    entry = ENTRIES.get(version.indicator.code)
    if entry is None:
        return MISSING
    window = Period(kind=last.kind, code=last.code, pack=last.pack, starts_on=first.starts_on, ends_on=last.ends_on)
    day = Tally.objects.values_list("day", flat=True).get(version=version, period=last)
    behind = Behind(version, window, day, place, None, kind)
    about = {
        "provisional": shown[-1].provisional, "computed_at": shown[-1].computed_at, "internal": shown[-1].internal,
        "reporting": shown[-1].reporting, "expected": shown[-1].expected,
    }  # fmt: skip
    if version.method == Method.MEDIAN:
        return _middle(entry, behind, about)
    top, base = Decimal(total(behind)), _base(entry, behind)
    found = divided(version, top, base, **about)
    small = version.person_based and Count(top, base, version.method == Method.RATIO).is_small
    return hide(found) if small and not found.internal else found


def _behind_part(behind: Behind, part: str) -> Behind:
    return Behind(behind.version, behind.period, behind.day, behind.territory, None, behind.kind, part)


def _span(behind: Behind) -> Span:
    return Span(behind.period.starts_on, behind.period.ends_on, behind.day)


def _base(entry: Entry, behind: Behind) -> Decimal:
    if entry.base is None:
        return Decimal(total(_behind_part(behind, DENOMINATOR)))
    rows = entry.base.rows(_span(behind)).filter(house__in=houses(behind, active=True).values("pk"))
    return Decimal(rows.aggregate(all=Sum("denominator"))["all"] or 0)


def _middle(entry: Entry, behind: Behind, about: dict[str, Any]) -> Value:
    inside = houses(behind, entry.of_reference, not entry.of_reference).values("pk")
    rows = entry.contributions(_span(behind)).filter(house__in=inside).values_list("subject", "numerator")
    found = sorted(Decimal(number) for _subject, number in set(rows) if number is not None)
    about = {**about, "reporting": len(found), "expected": len(found)}
    if not found:
        return Value(state=ValueState.NOT_APPLICABLE, **about)
    low, high = median_interval(found)
    return Value(state=ValueState.VALUE, value=median(found), low=low, high=high, **about)


@dataclass(frozen=True)
class Pooled:
    """A value of up to three years together, where that of one is made of too few; `periods` says which, oldest first."""

    value: Value
    periods: tuple[Period, ...]


def pooled(rows: Sequence[Rollup], reading: Reading) -> dict[int, Pooled]:
    """Of these cells those with too small a base, pooled with the same period of the years before; by the cell's id.

    What is hidden in a year is not given away by a sum over it: then nothing is pooled.
    """
    thin = [row for row in rows if _is_thin(row, reading.shown(row))]
    before = _years_before(thin)
    found = {}
    for row in thin:
        cells = [row]
        for year in range(1, YEARS):
            cell = before.get((row.version_id, row.territory_id, row.institution_kind_id, _shifted(row.period, year)))
            shown = reading.shown(cell) if cell else MISSING
            if cell is None or shown.state != ValueState.VALUE:
                break
            cells.insert(0, cell)
            if sum(each.denominator or 0 for each in cells) >= SMALL_BASE:
                break
        if len(cells) > 1:
            value = added(row.version, [reading.shown(cell) for cell in cells])
            found[row.pk] = Pooled(value, tuple(cell.period for cell in cells))
    return found


def _is_thin(row: Rollup, shown: Value) -> bool:
    base = shown.denominator
    return shown.state == ValueState.VALUE and row.version.method in DIVIDED and base is not None and base < SMALL_BASE


def _shifted(period: Period, years: int) -> Any:
    return period.kind, period.pack, period.starts_on - relativedelta(years=years)


def _years_before(thin: Sequence[Rollup]) -> dict[Any, Rollup]:
    """The cells of the same keys one and two years earlier, in one query."""
    if not thin:
        return {}
    wanted = Q(pk__in=[])
    for kind, pack, start in {_shifted(row.period, year) for row in thin for year in range(1, YEARS)}:
        wanted |= Q(period__kind=kind, period__pack=pack, period__starts_on=start)
    rows = Rollup.objects.filter(
        wanted, basis="as_was", version__in={row.version_id for row in thin},
        territory__in={row.territory_id for row in thin},
    ).select_related("version__indicator", "period", "territory")  # fmt: skip
    return {
        (row.version_id, row.territory_id, row.institution_kind_id, _shifted(row.period, 0)): row
        for row in rows.order_by("pk")
    }
