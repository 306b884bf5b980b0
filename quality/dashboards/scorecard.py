"""A scorecard as one frozen object: indicators by places one level down, each held against its target."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from institutions.territory.models import Territory
from quality.catalogue.models import Indicator, Period
from quality.dashboards.board import Figure, around
from quality.dashboards.choice import Choice
from quality.targets.reading import targets_around
from quality.values.shown import MISSING, Reading

EVERYTHING = "all"  # else the core of the catalogue


@dataclass(frozen=True)
class ScoreRow:
    """One indicator in its own period: the place as a whole, and the places below it."""

    whole: Figure
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Scorecard:
    """Everything a scorecard shows; `missing` are indicators of which nothing was ever counted here."""

    territory: Territory
    path: tuple[Territory, ...]
    places: tuple[Territory, ...]
    choice: Choice
    rows: tuple[ScoreRow, ...]
    missing: tuple[Indicator, ...]
    updated_at: datetime.datetime | None


def score(user: Any, territory: Territory, choice: Choice, today: datetime.date) -> Scorecard:
    """The scorecard of a place for one reader; the number of queries does not depend on how much there is."""
    path, places = around(territory, choice.period.ends_on if choice.period else today)
    whole = choice.show == EVERYTHING
    periods = _periods(choice, whole)
    counted = choice.counted
    versions = {code: _version(choice, code, period) for code, period in periods.items()}
    columns = [path[-1], *places]
    kind = choice.kind.pk if choice.kind else None
    reading = Reading(user).know(counted.tallies.values())
    cells = reading.cells(versions.values(), set(periods.values()), columns, kind) if periods else {}
    targets = targets_around(
        [] if choice.kind else [version.indicator_id for version in versions.values()], path, places
    )

    def figure(code: str, place: Territory) -> Figure:
        version, period = versions[code], periods[code]
        target = targets.of(version, period, place)
        value = cells.get((version.pk, period.pk, place.pk, kind), MISSING)
        return Figure(version, period, place, value, MISSING, None, target.value if target else None, targets.near)

    known = Indicator.objects.order_by("position", "pk").exclude(code__in=list(counted.versions))
    moments = [counted.tallies[code, period.pk].counted_at for code, period in periods.items()]
    return Scorecard(
        territory=territory, path=tuple(path), places=tuple(places), choice=choice,
        rows=tuple(ScoreRow(figure(code, path[-1]), _row(figure, code, places)) for code in periods),
        missing=tuple(known if whole else known.filter(is_core=True)), updated_at=min(moments, default=None),
    )  # fmt: skip


def _row(figure: Any, code: str, places: Sequence[Territory]) -> tuple[Figure, ...]:
    return tuple(figure(code, place) for place in places)


def _periods(choice: Choice, whole: bool) -> dict[str, Period]:
    """The indicators shown, in the order of the catalogue, each with the period of its own that stands for the one asked."""
    if choice.period is None:
        return {}
    codes = [code for code, version in choice.counted.versions.items() if whole or version.indicator.is_core]
    found = {code: choice.counted.nearest(code, choice.period) for code in codes}
    return {code: period for code, period in found.items() if period}


def _version(choice: Choice, code: str, period: Period) -> Any:
    return choice.counted.tallies[code, period.pk].version
