"""Stored values as they are asked for by place, level, kind and period: the same cells for the API and its files."""

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any

from django.db.models import QuerySet

from institutions.territory.models import Term, Territory
from quality.catalogue.models import Indicator, Period
from quality.rollups.bases import Asked, Lying
from quality.rollups.models import Rollup, Tally
from quality.values.asking import DAY, UnknownChoice
from quality.values.shown import Line, OnBasis, Reading

SHORTEST = ("M", "T", "A")


def cells_asked(rows: QuerySet[Rollup], indicator: Indicator, params: Mapping[str, str]) -> QuerySet[Rollup]:
    """Cells of an indicator; without a kind of institution those of all kinds together. Raises UnknownChoice."""
    found = rows.filter(version__indicator=indicator, basis="as_was")
    if code := params.get("territory"):
        found = found.filter(territory=known(Territory, "territory", code=code))
    kind = None
    if code := params.get("institution_kind"):
        kind = known(Term, "institution_kind", vocabulary="participant_kind", code=code)
    found = found.filter(institution_kind=kind)
    if level := params.get("level"):
        found = found.filter(territory__level=level)
    kept: QuerySet[Rollup] = within(found, params)
    return kept


def lines_asked(indicator: Indicator, params: Mapping[str, str], asked: Asked, reading: Reading) -> list[Line]:
    """The same cells by the hierarchy of a named day, in no order. Raises UnknownChoice."""
    place, chosen = params.get("territory"), wanted(params)
    tallies = within(Tally.objects.filter(version__indicator=indicator), params)
    ordered = tallies.select_related("version__indicator", "period").order_by(
        "period__pack", "-period__starts_on", "pk"
    )
    found: list[Line] = []
    for _pack, group in groupby(ordered, key=lambda tally: tally.period.pack):
        counts = list(group)
        shown = OnBasis(reading, asked, counts, [known(Territory, "territory", code=place).pk] if place else None)
        found += [line for tally in counts for line in shown.lines(tally) if chosen(line[0])]
    return found


def in_order(lines: list[Line]) -> list[Line]:
    """Newest period first, then by place."""
    return sorted(lines, key=lambda line: (-line[0].period.starts_on.toordinal(), line[0].territory.code, line[0].pk))


def wanted(params: Mapping[str, str]) -> Callable[[Lying | Rollup], bool]:
    """Whether a cell is one of those asked for by place, level and kind. Raises UnknownChoice."""
    place = known(Territory, "territory", code=code) if (code := params.get("territory")) else None
    code, level = params.get("institution_kind"), params.get("level")
    kind = known(Term, "institution_kind", vocabulary="participant_kind", code=code) if code else None
    return lambda row: (
        row.institution_kind == kind and (not place or row.territory == place)
        and (not level or row.territory.level == level)
    )  # fmt: skip


def within(found: Any, params: Mapping[str, str]) -> Any:
    """The periods asked for; `from` and `to` are codes of periods or days. Raises UnknownChoice."""
    if code := params.get("period"):
        known(Period, "period", code=code)
        found = found.filter(period__code=code)
    if text := params.get("from"):
        found = found.filter(period__starts_on__gte=edge("from", text, "starts_on"))
    if text := params.get("to"):
        found = found.filter(period__ends_on__lte=edge("to", text, "ends_on"))
    return found


def window_of(found: QuerySet[Rollup], params: Mapping[str, str]) -> list[Rollup]:
    """Of cells those of one kind of period, oldest first: of the kind that the window is named by, else the shortest."""
    cells = list(found.order_by("period__starts_on", "pk"))
    named = {cell.period.kind for cell in cells if cell.period.code in (params.get("from"), params.get("to"))}
    kinds = [kind for kind in SHORTEST if kind in (named or {cell.period.kind for cell in cells})]
    return [cell for cell in cells if cell.period.kind == kinds[0]] if kinds else []


def edge(name: str, text: str, column: str) -> Any:
    return text if DAY.match(text) else getattr(known(Period, name, code=text), column)


def known(model: Any, name: str, **lookup: Any) -> Any:
    """The object a parameter names. Raises UnknownChoice."""
    found = model.objects.filter(**lookup).order_by("pk").first()
    if found is None:
        raise UnknownChoice(name)
    return found
