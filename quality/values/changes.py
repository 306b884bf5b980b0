"""What changed between two periods, place by place: how much of it is real, why, and how much only the boundaries made."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from institutions.territory.models import Term, Territory, TerritoryParent
from quality.catalogue.models import Indicator, Period
from quality.rollups.bases import Asked, Lying
from quality.rollups.hierarchy import Cell
from quality.rollups.models import Basis, Rollup, Tally
from quality.values.asking import UnknownChoice
from quality.values.cells import known, wanted
from quality.values.decomposing import REST, Key
from quality.values.saying_json import text
from quality.values.series import Change
from quality.values.shown import MISSING, OnBasis, Reading, Value
from quality.values.whatmoved import REASONS, apart, as_said, by_part

Line = tuple[Rollup | Lying, Value]
Cells = dict[Cell, Line]


@dataclass(frozen=True)
class Changed:
    """The change of one place and kind, from one period to a later one."""

    row: Rollup | Lying
    period: Period
    change: Change

    @property
    def territory(self) -> Any:
        return self.row.territory

    @property
    def pk(self) -> str:
        return f"{self.row.territory.pk}-{self.period.pk}"


def changes_asked(indicator: Indicator, params: Mapping[str, str], rows: Any, reading: Reading) -> list[Changed]:
    """Every place that has a value in both periods, and in the earlier one by the boundaries of the later too."""
    now = _counted(indicator, "period", params.get("period"))
    then = _counted(indicator, "since", params.get("since"), before=now) if now else None
    chosen = wanted(params)
    if now is None or then is None:
        return []
    below = _below(now)
    places = _around(known(Territory, "territory", code=code).pk, below) if (code := params.get("territory")) else None
    was, become = (_stored(rows, indicator, each, places, reading) for each in (then, now))
    lying = _lying(indicator, then, Asked(Basis.AS_OF, now.day), places, reading)
    found = []
    for key, (row, value) in lying.items():
        if chosen(row) and key in become:
            _earlier, before = was.get(key, (None, MISSING))
            later, after = become[key]
            told = Change(then.period, before, after, value, row.version != later.version)
            found.append(Changed(later, now.period, _explained(told, key, later, (lying, become), below)))
    return found


def _explained(
    change: Change, key: Cell, row: Rollup | Lying, moments: tuple[Cells, Cells], below: Mapping[int, Sequence[int]]
) -> Change:
    """With its reasons: by the places right below, else by kinds."""
    place, kind = key
    before, after = moments
    if change.redefined:
        return change
    if beneath := below.get(place):
        keys: dict[int, Cell] = {child: (child, kind) for child in beneath}
    else:
        both = {**before, **after}
        keys = {cell[1]: cell for cell in both if cell[0] == place and cell[1]} if kind is None else {}
    parts = [{part: cells[cell] for part, cell in keys.items() if cell in cells} for cells in moments]
    values = [{part: value for part, (_row, value) in found.items()} for found in parts]
    found = apart(row.version, change.rebased, change.after, *values)
    named: dict[int, Territory | Term] = {
        part: line.territory if beneath else line.institution_kind  # type: ignore[misc]
        for part, (line, _value) in {**parts[0], **parts[1]}.items()
    }
    return replace(change, apart=found, parts=named if found else {})


def _stored(rows: Any, indicator: Indicator, tally: Tally, places: list[int] | None, reading: Reading) -> Cells:
    """Cells of a period as they were, of every kind."""
    found = rows.filter(version__indicator=indicator, basis=Basis.AS_WAS, period__code=tally.period.code)
    found = found if places is None else found.filter(territory__in=places)
    return {
        (row.territory_id, row.institution_kind_id): (row, reading.shown(row))
        for row in found.order_by("version", "pk")
    }


def _lying(indicator: Indicator, tally: Tally, asked: Asked, places: list[int] | None, reading: Reading) -> Cells:
    """Cells of a period by the hierarchy of a named day, of every kind."""
    rows = Tally.objects.filter(version__indicator=indicator, period__code=tally.period.code)
    ordered = rows.select_related("version__indicator", "period").order_by("period__pack", "version", "pk")
    found: Cells = {}
    for _pack, group in groupby(ordered, key=lambda each: each.period.pack):
        counts = list(group)
        shown = OnBasis(reading, asked, counts, places)
        found |= {row.key: (row, value) for each in counts for row, value in shown.lines(each)}
    return found


def _below(now: Tally) -> dict[int, list[int]]:
    """The places right below each place on the day of the later count."""
    found: dict[int, list[int]] = defaultdict(list)
    rows = TerritoryParent.objects.filter(valid__contains=now.day).order_by("pk").values_list("parent", "child")
    for parent, child in rows:
        found[parent].append(child)
    return found


def _around(place: int, below: Mapping[int, Sequence[int]]) -> list[int]:
    return [place, *below.get(place, ())]


def _counted(indicator: Indicator, name: str, code: str | None, before: Tally | None = None) -> Tally | None:
    """The latest count, of the period named or else of one as long before another. Raises UnknownChoice."""
    rows = Tally.objects.filter(version__indicator=indicator).select_related("period")
    if code:
        known(Period, name, code=code)
        rows = rows.filter(period__code=code)
    if before:
        rows = rows.filter(period__pack=before.period.pack, period__starts_on__lt=before.period.starts_on)
        rows = rows if code else rows.filter(period__kind=before.period.kind)
    found: Tally | None = rows.order_by("-period__starts_on", "period__ends_on", "-pk").first()
    if code and before and found is None:
        raise UnknownChoice(name)
    return found


def change_json(each: Changed) -> dict[str, Any]:
    """One line; figures are text, null where one of them is hidden or none."""
    change, kind = each.change, each.row.institution_kind
    told = None not in (change.whole, change.real, change.boundary)
    return {
        "indicator": each.row.version.indicator.code,
        "territory": each.territory.code,
        "institution_kind": kind.code if kind else None,
        "period": each.period.code,
        "since": change.since.code,
        "value": text(change.after.value),
        "before": text(change.before.value),
        "rebased": text(change.rebased.value) if told else None,
        "change": text(change.whole),
        "real": text(change.real) if told else None,
        "boundary": text(change.boundary) if told else None,
        **_reasons(change),
        "comparable": change.is_comparable,
    }


def _reasons(change: Change) -> dict[str, Any]:
    """Why, and which parts moved it; nothing where that cannot be told."""
    if change.apart is None or change.real is None or change.boundary is None:
        return {**dict.fromkeys(REASONS), "parts": []}
    said = as_said(change.apart, change.real)
    parts = [
        {**_named(key, change), **{reason: text(figures[reason]) for reason in REASONS}}
        for key, figures in by_part(change.apart, said).items()
    ]
    return {**{reason: text(said[reason]) for reason in REASONS}, "parts": parts}


def _named(key: Key, change: Change) -> dict[str, str | None]:
    part = None if key is REST else change.parts.get(key)
    return {
        "territory": part.code if isinstance(part, Territory) else None,
        "institution_kind": part.code if isinstance(part, Term) else None,
    }
