"""Values by the hierarchy of another day: the stored cells, and instead of some of them what the movers make of them.

`as_was` is stored: every row lies where it lay on its own day. `as_of` a day, and `as_is` (today), lay every row where it
would lie by the hierarchy of that day; what closed lies where its successors lie. Who counts at all, and with what, is
told by the rows and their own day on every basis.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import connection

from institutions.territory.models import Term, Territory
from quality.catalogue.declared import ENTRIES
from quality.catalogue.kinds import Vocabulary, vocabulary
from quality.catalogue.models import DefinitionVersion, Method, Period
from quality.observations.models import ValueState
from quality.rollups.formulas import DERIVE, median, median_interval
from quality.rollups.hierarchy import Cell
from quality.rollups.models import Basis, Rollup, Tally
from quality.rollups.movers import Ground
from quality.rollups.shifts import Frame, Sums, Trace, frame_of, is_measured, measured_by, shift_of, unseen

FIGURES = (
    "numerator", "denominator", "value", "low", "high", "participations", "reporting", "expected", "excused", "state",
)  # fmt: skip
NONE: dict[str, Any] = dict.fromkeys(FIGURES, None) | {"reporting": 0, "expected": 0, "excused": 0}
DERIVED = f"""
WITH definition AS (
  SELECT %(version)s::bigint AS version_id, %(method)s::text AS method, %(factor)s::bigint AS factor
), summed AS (
  SELECT NULL::bigint AS id, %(version)s::bigint AS version_id, cell.*
  FROM unnest(%(territory_id)s::bigint[], %(kind_id)s::bigint[], %(num)s::numeric[], %(den)s::numeric[],
    %(participations)s::bigint[], %(reporting)s::bigint[], %(expected)s::bigint[], %(excused)s::bigint[])
    AS cell(territory_id, kind_id, num, den, participations, reporting, expected, excused)
), cell AS ({DERIVE}) SELECT territory_id, institution_kind_id, {", ".join(FIGURES)} FROM cell
"""  # noqa: S608
PARTS = ("num", "den", "participations", "reporting", "expected", "excused")


@dataclass(frozen=True)
class Lying:
    """A cell by the hierarchy of another day, with the fields of a stored one.

    `comparable` is false where nobody has stated how something that the cell may hold was divided; `moved` where it is
    not the stored one.
    """

    version: DefinitionVersion
    period: Period
    territory: Territory
    institution_kind: Term | None
    basis: str
    as_of: datetime.date
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    participations: int | None
    reporting: int
    expected: int
    excused: int
    state: str
    provisional: bool
    computed_at: datetime.datetime
    comparable: bool = True
    moved: bool = True

    @property
    def key(self) -> Cell:
        return self.territory.pk, self.institution_kind.pk if self.institution_kind else None

    @property
    def pk(self) -> str:
        return f"{self.version.pk}-{self.period.pk}-{self.territory.pk}-{self.key[1] or 0}"


@dataclass(frozen=True)
class Asked:
    """By which hierarchy values are asked for; `day` is none for that of each row's own day."""

    basis: str = Basis.AS_WAS
    day: datetime.date | None = None


AS_WAS = Asked()


class Rebased:
    """Values of some counts of one country pack by the hierarchy of one day; of these places, or of all."""

    def __init__(self, asked: Asked, tallies: Sequence[Tally], places: Collection[int] | None = None) -> None:
        assert asked.day is not None and tallies  # noqa: S101
        self.asked, self.day, self.tallies, self.wanted = asked, asked.day, tallies, places
        periods = [tally.period for tally in tallies]
        first = min(*(period.starts_on for period in periods), *(tally.day for tally in tallies))
        self.ground = Ground(periods[0].pack, self.day, first, max(period.ends_on for period in periods))
        self._cells: dict[int, dict[Cell, Lying]] = {}
        self._traces: dict[int, list[Trace]] = {}

    def traces(self, tally: Tally) -> list[Trace]:
        """What single movers gave to one count."""
        self.cells(tally)
        return self._traces.get(tally.pk, [])

    def cells(self, tally: Tally) -> dict[Cell, Lying]:
        """Every cell of one count."""
        if tally.pk not in self._cells:
            self._cells[tally.pk] = self._whole(tally)
        return self._cells[tally.pk]

    def _whole(self, tally: Tally) -> dict[Cell, Lying]:
        stored = self._stored.get((tally.version_id, tally.period_id), {})
        if not (stored or Rollup.objects.filter(version=tally.version, period=tally.period).exists()):
            return {}
        frame = frame_of(tally, self.ground, self.words)
        if is_measured(tally.version):
            changed, unsure = _measured(frame), set()
        else:
            shift = shift_of(frame)
            unsure, self._traces[tally.pk] = shift.unsure, shift.traces
            changed = _summed(frame, stored, {cell: more for cell, more in shift.cells.items() if self._wants(cell)})
        shown = {place for place in self.ground.tree.shown(self.day) if self._wants((place, None))}
        empty = {(place, None) for place in shown} - set(stored) - set(changed)
        changed |= _without_rows(frame, empty)
        found = {}
        for cell in sorted({*stored, *changed}, key=lambda each: (each[0], each[1] or 0)):
            figures = changed.get(cell) or {name: getattr(stored[cell], name) for name in FIGURES}
            left = figures["reporting"] or figures["expected"] or figures["excused"]
            if self._wants(cell) and (left or (cell[1] is None and cell[0] in shown)):
                found[cell] = self._lying(tally, cell, figures, cell in changed, cell not in unsure)
        return found

    def _lying(self, tally: Tally, cell: Cell, figures: dict[str, Any], moved: bool, sure: bool) -> Lying:
        return Lying(
            version=tally.version, period=tally.period, territory=self._places[cell[0]],
            institution_kind=self._kinds[cell[1]] if cell[1] else None, basis=self.asked.basis, as_of=self.day,
            provisional=tally.provisional, computed_at=tally.counted_at, comparable=sure, moved=moved, **figures,
        )  # fmt: skip

    def _wants(self, cell: Cell) -> bool:
        return self.wanted is None or cell[0] in self.wanted

    @cached_property
    def _stored(self) -> dict[tuple[int, int], dict[Cell, Rollup]]:
        """The stored cells of all these counts, in one query."""
        rows = Rollup.objects.filter(
            version__in={tally.version_id for tally in self.tallies}, basis=Basis.AS_WAS,
            period__in=[tally.period_id for tally in self.tallies],
        )  # fmt: skip
        found: dict[tuple[int, int], dict[Cell, Rollup]] = defaultdict(dict)
        for row in rows if self.wanted is None else rows.filter(territory__in=self.wanted):
            found[row.version_id, row.period_id][row.territory_id, row.institution_kind_id] = row
        return found

    @cached_property
    def words(self) -> Vocabulary:
        return vocabulary()

    @cached_property
    def _places(self) -> dict[int, Territory]:
        return Territory.objects.in_bulk(list(self.ground.tree.valid))

    @cached_property
    def _kinds(self) -> dict[int, Term]:
        return {term.pk: term for term in Term.objects.filter(vocabulary="participant_kind")}


def _without_rows(frame: Frame, cells: Iterable[Cell]) -> dict[Cell, dict[str, Any]]:
    if is_measured(frame.version):
        return {cell: _middle({}) for cell in cells}
    return _derived(frame.version, {cell: _nothing(frame) for cell in cells})


def _nothing(frame: Frame) -> dict[str, Any]:
    """A place with a line of its own and nothing in it, as a count of this kind leaves it."""
    entry = ENTRIES.get(frame.version.indicator.code)
    known = entry is not None and entry.base is None and not is_measured(frame.version)
    counted = 0 if entry is not None and entry.shared and known else None
    divided = frame.version.method in (Method.SHARE, Method.RATIO) or (entry is not None and not entry.shared)
    return {
        "num": 0 if known else None, "den": 0 if known and divided else None, "participations": counted,
        "reporting": 0, "expected": 0, "excused": 0,
    }  # fmt: skip


def _summed(frame: Frame, stored: Mapping[Cell, Rollup], more: Mapping[Cell, Sums]) -> dict[Cell, dict[str, Any]]:
    changed = {cell: sums for cell, sums in more.items() if sums}
    made = {cell: _together(frame, stored.get(cell), sums) for cell, sums in changed.items()}
    entry = ENTRIES.get(frame.version.indicator.code)
    if entry and entry.base:
        # what was done where nobody had anything to divide it by is not stored: it counts once somebody has
        empty = [cell for cell in made if stored.get(cell) is None or stored[cell].numerator is None]
        lost = [cell for cell in empty if made[cell]["reporting"]]
        for cell, (done, shares) in (unseen(frame, lost) if lost else {}).items():
            made[cell] |= {"num": done + changed[cell].num, "participations": shares + changed[cell].participations}
    return _derived(frame.version, made)


def _together(frame: Frame, row: Rollup | None, more: Sums) -> dict[str, Any]:
    """A stored cell and what is added to it; no sum where nobody reports."""
    entry = ENTRIES.get(frame.version.indicator.code)
    base = _nothing(frame) if row is None else {
        "num": row.numerator, "den": row.denominator, "participations": row.participations,
        "reporting": row.reporting, "expected": row.expected, "excused": row.excused,
    }  # fmt: skip
    made = {name: (base[name] or 0) + getattr(more, name) for name in PARTS}
    if entry is None or not entry.shared:
        made["participations"] = None
    if entry is not None and entry.shared and entry.base is None:
        made["expected"] = made["reporting"]
    if (entry is None or entry.base) and not made["reporting"]:
        made |= {"num": None, "den": None, "participations": None}
    if frame.version.method not in (Method.SHARE, Method.RATIO) and (entry is None or entry.shared):
        made["den"] = None
    return made


def _derived(version: DefinitionVersion, cells: Mapping[Cell, dict[str, Any]]) -> dict[Cell, dict[str, Any]]:
    """Value, interval and state from sums, by the formulas of the count."""
    if not cells:
        return {}
    values: dict[str, Any] = {"version": version.pk, "method": version.method, "factor": version.factor}
    values |= {"territory_id": [place for place, _kind in cells], "kind_id": [kind for _place, kind in cells]}
    values |= {name: [sums[name] for sums in cells.values()] for name in PARTS}
    with connection.cursor() as cursor:
        cursor.execute(DERIVED, values)
        return {(place, kind): dict(zip(FIGURES, rest, strict=True)) for place, kind, *rest in cursor.fetchall()}


def _measured(frame: Frame) -> dict[Cell, dict[str, Any]]:
    """Medians, from the rows of the places that movers touch."""
    found, touched = measured_by(frame)
    return {cell: _middle(found.get(cell, {})) for cell in touched}


def _middle(rows: Mapping[tuple[Any, Any], int]) -> dict[str, Any]:
    values = sorted(Decimal(measured) for (_subject, measured) in rows if measured is not None)
    low, high = median_interval(values)
    shares = sum(number for (_subject, measured), number in rows.items() if measured is not None)
    return NONE | {
        "value": median(values) if values else None, "low": low, "high": high, "participations": shares,
        "reporting": len(values), "expected": len(values),
        "state": ValueState.VALUE if values else ValueState.NOT_APPLICABLE,
    }  # fmt: skip
