"""Values of one cell over its periods, and of the places below it: by whichever hierarchy the reader asked for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.cache import cache

from institutions.territory.models import Term, Territory, TerritoryParent
from quality.catalogue.models import DefinitionVersion, Period
from quality.rollups.bases import Asked, Lying
from quality.rollups.models import Basis, Rollup, Tally
from quality.rollups.movers import stands_still
from quality.values.decomposing import Change as Apart
from quality.values.rows import Behind
from quality.values.shown import MISSING, OnBasis, Reading, Value
from quality.values.whatmoved import apart

PERIODS = 24
KEPT = 300  # seconds
Spot = tuple[int, Territory, Value]  # period, place, value
Parts = dict[int, tuple[Territory | Term, Value]]


@dataclass(frozen=True)
class Change:
    """From one period to another: `real`, and what only the hierarchy changed (`boundary`); they add up to `whole`."""

    since: Period
    before: Value
    after: Value
    rebased: Value  # the earlier period by the hierarchy of the later one's day
    redefined: bool = False  # another definition counted something else
    apart: Apart | None = None  # the real change by reason, and by the parts that moved it
    parts: Mapping[int, Territory | Term] = field(default_factory=dict)

    @property
    def whole(self) -> Decimal | None:
        return self._between(self.before, self.after)

    @property
    def boundary(self) -> Decimal | None:
        return self._between(self.before, self.rebased)

    @property
    def real(self) -> Decimal | None:
        return self._between(self.rebased, self.after)

    @property
    def is_comparable(self) -> bool:
        return self.rebased.divisible and not self.redefined

    @staticmethod
    def _between(first: Value, second: Value) -> Decimal | None:
        return None if first.value is None or second.value is None else second.value - first.value


class Shown:
    """What one reader sees around one cell: its series, and the places right below it in its period."""

    def __init__(self, behind: Behind, reading: Reading, beside: "Shown | None" = None) -> None:
        self.behind, self.reading = behind, reading
        if beside is not None:  # the same counts and places, seen from another day
            self.counts, self.beneath = beside.counts, beside.beneath
        assert behind.territory is not None  # noqa: S101
        self.place = behind.territory

    @cached_property
    def counts(self) -> list[Tally]:
        """The last counts in periods of the same length, newest first."""
        wanted = {"period__kind": self.behind.period.kind, "period__pack": self.behind.period.pack}
        tallies = Tally.objects.filter(version__indicator=self.behind.version.indicator, **wanted)
        found = list(
            tallies.select_related("version__indicator", "period").order_by("-period__starts_on", "pk")[:PERIODS]
        )
        self.reading.know(found)
        return found

    @cached_property
    def _own(self) -> list[Rollup]:
        """The stored cells of the place itself in all its periods."""
        return self._cells(self.counts, [self.place.pk])

    @cached_property
    def stored(self) -> list[Rollup]:
        """Those up to the period, oldest first."""
        until = self.behind.period.starts_on
        found = [cell for cell in self._own if cell.period.starts_on <= until]
        return sorted(found, key=lambda cell: (cell.period.starts_on, cell.pk))

    @cached_property
    def series(self) -> list[tuple[Period, Value]]:
        """The last periods of the same length, oldest first."""
        counts = self.counts
        if self.behind.asked.day:
            found = {period: value for period, _place, value in self._values(counts, [self.place.pk])}
        else:
            found = {cell.period_id: self.reading.shown(cell) for cell in self._own}
        return [(tally.period, found[tally.period_id]) for tally in reversed(counts) if tally.period_id in found]

    @cached_property
    def value(self) -> Value:
        """That of the cell itself."""
        return next((value for period, value in self.series if period.pk == self.behind.period.pk), MISSING)

    @cached_property
    def of_period(self) -> Value:
        """That of the cell itself, read without its series."""
        found = self._values([self._tally], [self.place.pk]) if self._tally else []
        return next((value for _period, _place, value in found), MISSING)

    @cached_property
    def beneath(self) -> list[int]:
        """Ids of the places right below, on the day whose hierarchy is asked for."""
        day = self.behind.asked.day or self.behind.day
        rows = TerritoryParent.objects.filter(parent=self.place, valid__contains=day)
        return list(rows.order_by("pk").values_list("child", flat=True))

    @cached_property
    def below(self) -> list[tuple[Territory, Value]]:
        """The places right below, by name."""
        found = self.parts.get(self.behind.period.pk, {}).values() if self.beneath else ()
        places = [(place, value) for place, value in found if isinstance(place, Territory)]
        return sorted(places, key=lambda spot: (spot[0].sort_key, spot[0].pk))

    @cached_property
    def _tally(self) -> Tally | None:
        wanted = (self.behind.version.pk, self.behind.period.pk)
        return next((tally for tally in self.counts if (tally.version_id, tally.period_id) == wanted), None)

    def _values(self, counts: list[Tally], places: list[int]) -> list[Spot]:
        if not (counts and places):
            return []
        if self.behind.asked.day:
            shown = OnBasis(self.reading, self.behind.asked, counts, places)
            lines = [line for tally in counts for line in shown.lines(tally)]
            return [(row.period.pk, row.territory, value) for row, value in lines if self._wanted(row, places)]
        return [(row.period_id, row.territory, self.reading.shown(row)) for row in self._cells(counts, places)]

    def _cells(self, counts: list[Tally], places: list[int]) -> list[Rollup]:
        rows = Rollup.objects.filter(
            version__in={tally.version_id for tally in counts}, period__in=[tally.period_id for tally in counts],
            territory__in=places, institution_kind=self.behind.kind, basis=Basis.AS_WAS,
        ).select_related("version__indicator", "territory", "period")  # fmt: skip
        return list(rows.order_by("pk"))

    def _wanted(self, row: Lying, places: list[int]) -> bool:
        return row.territory.pk in places and row.institution_kind == self.behind.kind

    @cached_property
    def change(self) -> Change | None:
        """Against the period before, by each period's own hierarchy, with the part that only the hierarchy made."""
        own = Shown(replace(self.behind, asked=Asked()), self.reading) if self.behind.asked.day else self
        at = next((n for n, (period, _value) in enumerate(own.series) if period.pk == self.behind.period.pk), 0)
        if not at:
            return None
        (since, before), (_period, after) = own.series[at - 1], own.series[at]
        day, version = self.behind.day, own.version_in(since)
        redefined = version.pk != self.behind.version.pk
        if stands_still(since.pack, min(since.starts_on, day), max(since.ends_on, day)):
            rebased, then = before, own.parts.get(since.pk, {})
        else:
            asked = replace(self.behind, period=since, version=version, asked=Asked(Basis.AS_OF, day))
            rebased, then = Shown(asked, self.reading, own).kept
        now = own.parts.get(self.behind.period.pk, {})
        found = None if redefined else apart(version, rebased, after, _values_of(then), _values_of(now))
        named = {key: part for key, (part, _value) in {**then, **now}.items()} if found else {}
        return Change(since, before, after, rebased, redefined, found, named)

    @cached_property
    def parts(self) -> dict[int, Parts]:
        """What the cell is made of, the places right below it or else its kinds of institutions, by period: in its own
        and, by the hierarchy of that time, in the one before it."""
        if self.behind.asked.day:
            return {self.behind.period.pk: self.lying[1]}
        counts = [tally for tally in (self._tally, self._before) if tally]
        found: dict[int, Parts] = {}
        if self.beneath:
            for period, place, value in self._values(counts, self.beneath):
                found.setdefault(period, {})[place.pk] = (place, value)
        elif not self.behind.kind:
            for row in self._by_kind(counts):
                found.setdefault(row.period_id, {})[row.institution_kind_id] = (
                    row.institution_kind,
                    self.reading.shown(row),
                )
        return found

    @cached_property
    def _before(self) -> Tally | None:
        """The count before that of the period."""
        earlier = (tally for tally in self.counts if tally.period.starts_on < self.behind.period.starts_on)
        return next(earlier, None)

    def _by_kind(self, counts: list[Tally]) -> Iterable[Any]:
        """The stored cells of the kinds of institutions of the place itself."""
        rows = Rollup.objects.filter(
            version__in={tally.version_id for tally in counts}, period__in=[tally.period_id for tally in counts],
            territory=self.place, institution_kind__isnull=False, basis=Basis.AS_WAS,
        ).select_related("version__indicator", "territory", "period", "institution_kind")  # fmt: skip
        return rows.order_by("pk") if counts else ()

    @cached_property
    def lying(self) -> tuple[Value, Parts]:
        """By the hierarchy of the day asked for, the cell and what it is made of."""
        if self._tally is None:
            return MISSING, {}
        shown = OnBasis(self.reading, self.behind.asked, [self._tally], [self.place.pk, *self.beneath])
        lines, kind, whole = shown.lines(self._tally), self.behind.kind, MISSING
        parts: Parts = {}
        for row, value in lines:
            own = row.territory.pk == self.place.pk
            if own and row.institution_kind == kind:
                whole = value
            elif not own and row.territory.pk in self.beneath and row.institution_kind == kind:
                parts[row.territory.pk] = (row.territory, value)
            elif own and row.institution_kind and not (self.beneath or kind):
                parts[row.institution_kind.pk] = (row.institution_kind, value)
        return whole, parts

    @property
    def kept(self) -> tuple[Value, Parts]:
        """The same, kept for some minutes: it reads the whole hierarchy, and moves are rare."""
        behind, tally = self.behind, self._tally
        kind, seats = behind.kind.pk if behind.kind else 0, "-".join(map(str, sorted(self.reading.seats)))
        key = (
            f"lying:{tally and tally.pk}:{tally and tally.counted_at}:{behind.asked.day}:{self.place.pk}:{kind}:{seats}"
        )
        found: tuple[Value, Parts] | None = cache.get(key.replace(" ", "_"))
        if found is None:
            found = self.lying
            cache.set(key.replace(" ", "_"), found, KEPT)
        return found

    def version_in(self, period: Period) -> DefinitionVersion:
        """The definition by which a period was counted; by the later one where it was counted by two."""
        own = [tally for tally in self.counts if tally.period_id == period.pk]
        return max(own, key=lambda tally: tally.pk).version


def _values_of(parts: Parts) -> dict[int, Value]:
    return {key: value for key, (_part, value) in parts.items()}
