"""A dashboard as one frozen object: the page draws it, the API says it, the export writes it."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q

from institutions.territory.models import Territory, TerritoryParent
from quality.catalogue.models import DefinitionVersion, Method, Period
from quality.dashboards.choice import Choice, main_of, pending
from quality.observations.models import ValueState
from quality.targets.reading import ADDED_UP, targets_around
from quality.values import saying
from quality.values.shown import MISSING, CellKey, Reading, Value

CARDS = 6
STALE = datetime.timedelta(hours=24)


@dataclass(frozen=True)
class Figure:
    """One value at one place with what it is held against."""

    version: DefinitionVersion
    period: Period
    place: Territory
    value: Value
    before: Value
    previous: Period | None
    target: Decimal | None
    near: Decimal = saying.NEAR

    @property
    def reached(self) -> Decimal | None:
        return saying.reached(self.version, self.value, self.target)

    @property
    def category(self) -> str:
        return saying.category(self.value, self.reached, self.near)

    @property
    def difference(self) -> Decimal | None:
        return saying.changed(self.version, self.value, self.before)[2]


@dataclass(frozen=True)
class Card:
    """A headline: its figure, its last periods and when it was last looked at."""

    figure: Figure
    series: tuple[tuple[Period, Value], ...]
    updated_at: datetime.datetime | None
    stale: bool


@dataclass(frozen=True)
class Attention:
    """Something late or changed: how many rows, and where they are shown."""

    code: str
    count: int
    query: str = ""
    rows: str = ""


@dataclass(frozen=True)
class Board:
    """Everything a dashboard shows."""

    territory: Territory
    path: tuple[Territory, ...]
    choice: Choice
    cards: tuple[Card, ...]
    main: Card | None
    figures: tuple[Figure, ...]
    below: str
    attention: tuple[Attention, ...]
    pending: tuple[Any, ...]
    updated_at: datetime.datetime | None
    stale: bool


def build(user: Any, territory: Territory, choice: Choice, now: datetime.datetime) -> Board:
    """The dashboard of one place for one reader; the number of queries does not depend on how much there is."""
    path, children = around(territory, choice.period.ends_on if choice.period else now.date())
    figured = Figured(user, path, children, choice)
    cards = [figured.card(code, now) for code in figured.codes]
    main = next((card for card in cards if card.figure.version.indicator.code == figured.main), None)
    figures = figured.below() if main else []
    shown = in_order([f for f in figures if not choice.show or choice.show in signs(f)], choice.ordering)
    moments = [card.updated_at for card in cards if card.updated_at]
    return Board(
        territory=territory,
        path=tuple(path),
        choice=choice,
        cards=tuple(cards[:CARDS]),
        main=main,
        figures=tuple(shown),
        below=children[0].level if children else "",
        attention=tuple(attention(main, figures, choice)) if main else (),
        pending=tuple(pending()),
        updated_at=min(moments, default=None),
        stale=any(card.stale for card in cards),
    )


def around(territory: Territory, day: datetime.date) -> tuple[list[Territory], list[Territory]]:
    """The way down to a place, and the places right below it on a day, in one query."""
    beneath = TerritoryParent.objects.filter(parent=territory, valid__contains=day).values("child")
    found = Territory.objects.filter(Q(pk__in=territory.lineage) | Q(pk__in=beneath, valid__contains=day))
    places = {place.pk: place for place in found.order_by("sort_key", "code")}
    above = [places[pk] for pk in territory.lineage if pk in places]
    return above, [place for pk, place in places.items() if pk not in territory.lineage]


class Figured:
    """Values and targets read once, and figures made from them."""

    def __init__(self, user: Any, path: Sequence[Territory], children: Sequence[Territory], choice: Choice) -> None:
        self.path, self.children, self.choice, self.counted = path, children, choice, choice.counted
        self.main = choice.indicator or main_of(self.counted)
        self.periods = self._own_periods()
        self.codes = list(self.periods)
        self.reading = Reading(user).know(self.counted.tallies.values())
        self.cells = self._read()
        self.targets = targets_around(
            [v.indicator_id for v in self.counted.versions.values()], self.path, self.children
        )

    def _own_periods(self) -> dict[str, Period]:
        """The indicators of the cards, the main one first, each with its period."""
        if self.choice.period is None:
            return {}
        others = sorted((code for code in self.counted.versions if code != self.main), key=self._weight)
        order = [self.main, *others]
        found = {code: self.counted.nearest(code, self.choice.period) for code in order}
        return {code: period for code, period in found.items() if period}

    def _weight(self, code: str) -> tuple[bool, bool]:
        """Headlines of the core first, and quotients before bare counts; then the catalogue's order."""
        version = self.counted.versions[code]
        return not version.indicator.is_core, version.method in ADDED_UP

    def _read(self) -> dict[CellKey, Value]:
        """Series of the place itself, and this and the previous period of the main indicator below it: two queries."""
        kind = self.choice.kind.pk if self.choice.kind else None
        if not self.codes:
            return {}
        series = {code: self.counted.series(code, period) for code, period in self.periods.items()}
        versions = {tally.version for (code, _period), tally in self.counted.tallies.items() if code in series}
        periods = {period for own in series.values() for period in own}
        cells = self.reading.cells(versions, periods, [self.path[-1]], kind)
        two = series[self.main][-2:]
        return cells | self.reading.cells({self.version(self.main, p) for p in two}, two, self.children, kind)

    def version(self, code: str, period: Period) -> DefinitionVersion:
        tally = self.counted.tallies.get((code, period.pk))
        return tally.version if tally else self.counted.versions[code]

    def value(self, code: str, period: Period, place: Territory) -> Value:
        """A stored value, or that nothing is known. No figure is kept by form of cooperation yet."""
        if self.choice.form:
            return Value(state=ValueState.NOT_APPLICABLE)
        key = (self.version(code, period).pk, period.pk, place.pk, self.choice.kind.pk if self.choice.kind else None)
        return self.cells.get(key, MISSING)

    def target(self, code: str, period: Period, place: Territory) -> Decimal | None:
        """What is to be reached; nothing is said of one kind of organisation alone."""
        found = None if self.choice.kind else self.targets.of(self.version(code, period), period, place)
        return found.value if found else None

    def figure(self, code: str, place: Territory) -> Figure:
        period = self.periods[code]
        series = self.counted.series(code, period)
        previous = series[-2] if len(series) > 1 else None
        before = self.value(code, previous, place) if previous else MISSING
        return Figure(
            self.version(code, period),
            period,
            place,
            self.value(code, period, place),
            before,
            previous,
            self.target(code, period, place),
            self.targets.near,
        )

    def card(self, code: str, now: datetime.datetime) -> Card:
        figure = self.figure(code, self.path[-1])
        tally = self.counted.tallies.get((code, figure.period.pk))
        points = [
            (period, self.value(code, period, figure.place)) for period in self.counted.series(code, figure.period)
        ]
        stale = tally is not None and tally.provisional and now - tally.counted_at > STALE
        return Card(figure, tuple(points), tally.counted_at if tally else None, stale)

    def below(self) -> list[Figure]:
        return [self.figure(self.main, place) for place in self.children]


def signs(figure: Figure) -> set[str]:
    """What is remarkable about a figure, as the filter `show` names it."""
    found = {figure.category} if figure.category else set()
    if (
        figure.category == saying.RED
        and saying.category(figure.before, saying.reached(figure.version, figure.before, figure.target), figure.near)
        == saying.RED
    ):
        found.add("red_twice")
    _words, direction, difference = saying.changed(figure.version, figure.value, figure.before)
    worse = saying.FALL if figure.version.indicator.more_is_better else saying.RISE
    if difference is not None and direction == worse:
        found.add("worse")
    if figure.value.state == "missing":
        found.add("missing")
    if figure.value.is_partial:
        found.add("partial")
    return found


LINES = ("red_twice", "worse", "missing", "partial")


def attention(card: Card, figures: Sequence[Figure], choice: Choice) -> list[Attention]:
    """At most five sentences, each with exactly the rows it speaks of."""
    found = []
    for sign in LINES:
        count = sum(sign in signs(figure) for figure in figures)
        if count:
            found.append(Attention(sign, count, query=choice.query(show=sign)))
    value = card.figure.value
    if card.figure.version.method == Method.SHARE and value.denominator is not None and value.numerator is not None:
        left = int(value.denominator - value.numerator)
        if left and card.figure.version.indicator.source == "computed":
            found.append(Attention("left", left, rows="rest"))
    return found[:5]


KEYS: Mapping[str, Any] = {
    "name": lambda figure: figure.place.sort_key,
    "value": lambda figure: figure.value.value,
    "target": lambda figure: figure.target,
    "change": lambda figure: figure.difference,
    "category": lambda figure: figure.reached,
}


def in_order(figures: Sequence[Figure], ordering: str) -> list[Figure]:
    """By one column, ties by code, what has no value last; without a wish the worst stand first."""
    better = all(figure.version.indicator.more_is_better for figure in figures)
    wish = ordering if ordering.removeprefix("-") in KEYS else ("value" if better else "-value")
    key = KEYS[wish.removeprefix("-")]
    known = sorted((f for f in figures if key(f) is not None), key=lambda figure: figure.place.code)
    known.sort(key=key, reverse=wish.startswith("-"))
    return known + sorted((f for f in figures if key(f) is None), key=lambda figure: figure.place.code)
