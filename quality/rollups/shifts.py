"""By how much the cells of one count change when its movers lie where the hierarchy of another day puts them.

Sums follow the stated shares of a split. What is counted (an institution that reports, a record) is one in every place
that holds any of it, as everywhere in the engine, so it is never a fraction and never twice inside a place.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection

from quality.catalogue.declared import ENTRIES, Entry, Span
from quality.catalogue.kinds import Vocabulary, kinds_of
from quality.catalogue.models import DefinitionVersion, Method
from quality.observations.models import Observation, ValueState
from quality.rollups.hierarchy import Cell, Leaf, Lie
from quality.rollups.models import Basis, Rollup, Tally
from quality.rollups.movers import Ground, cells_above
from quality.rollups.shared import AMONG, ERA, LEAF, NEAREST_OWN, SETS, STOOD, placed, span_of, written
from quality.rollups.standing import STANDING

ZERO = Decimal(0)
# Every row of the things that movers share, as it lay and as it lies: a mover's leaf is then the number of its lie.
TWICE = f"""
SELECT v.sign, p.subject, p.num, p.den, CASE WHEN v.sign = 1 AND m.lie IS NOT NULL THEN -m.lie ELSE {LEAF} END AS leaf
{STOOD}
LEFT JOIN unnest(%(movers)s::bigint[], %(lies)s::bigint[]) AS m(house, lie) ON m.house = p.house
CROSS JOIN (VALUES (-1), (1)) AS v(sign)
WHERE p.house <> ALL(CASE WHEN v.sign = 1 THEN %(lacking_now)s::bigint[] ELSE %(lacking_then)s::bigint[] END)
"""
MEASURED = f"""
SELECT p.subject, p.house, p.num, s.territory_id, s.kind_id, s.active FROM ({{rows}}) AS p(subject, house, num, den)
JOIN ({STANDING} AND i.id IN (SELECT house FROM ({{rows}}) AS q(subject, house, num, den))) AS s
  ON s.institution_id = p.house WHERE s.territory_id IS NOT NULL AND s.kind_id IS NOT NULL
"""  # noqa: S608
THEN = """
SELECT s.institution_id, s.kind_id FROM ({standing} AND i.id = ANY(%(houses)s)) AS s WHERE s.active
"""


@dataclass
class Sums:
    """What is added to a cell."""

    num: Decimal = ZERO
    den: Decimal = ZERO
    participations: int = 0
    reporting: int = 0
    expected: int = 0
    excused: int = 0

    def __bool__(self) -> bool:
        return any(vars(self).values())


@dataclass(frozen=True)
class Trace:
    """What one mover gave, whole and by its shares, and every cell that held or holds any of it."""

    parts: tuple[tuple[Decimal, Decimal | None], ...]
    cells: frozenset[Cell]


@dataclass
class Shift:
    """What the movers change, by cell; the cells nobody can divide are `unsure`."""

    cells: dict[Cell, Sums] = field(default_factory=lambda: defaultdict(Sums))
    unsure: set[Cell] = field(default_factory=set)
    traces: list[Trace] = field(default_factory=list)

    def move(self, then: Mapping[Cell, Any], now: Mapping[Cell, Any], num: Any, den: Any, **counts: int) -> None:
        """What one institution gave goes from some cells to others."""
        self.add(then, -1, num, den, **counts)
        self.add(now, 1, num, den, **counts)
        weights = {Decimal(1), *map(Decimal, now.values())}
        parts = tuple((weight * (num or ZERO), None if den is None else weight * den) for weight in sorted(weights))
        self.traces.append(Trace(parts, frozenset({*then, *now})))

    def add(self, cells: Mapping[Cell, Any], sign: int, num: Any = None, den: Any = None, **counts: int) -> None:
        """A sum by its weights, counts once in every cell."""
        for cell, weight in cells.items():
            held = self.cells[cell]
            held.num += sign * weight * (num or ZERO)
            held.den += sign * weight * (den or ZERO)
            for name, count in counts.items():
                setattr(held, name, getattr(held, name) + sign * count)


@dataclass(frozen=True)
class Frame:
    """One stored count seen from another day."""

    tally: Tally
    ground: Ground
    kinds: frozenset[int]  # those the definition names

    @property
    def day(self) -> Any:
        return self.tally.day

    @property
    def version(self) -> DefinitionVersion:
        return self.tally.version

    @property
    def span(self) -> Span:
        return span_of(self.tally)

    @property
    def edges(self) -> list[Any]:
        """The first day of the period and every day in it on which the tree changed."""
        return sorted({self.span.starts_on, *self.ground.tree.turns(self.span.starts_on, self.span.ends_on)})

    def then(self, house: int) -> Leaf | None:
        return self.ground.houses.leaf(house, self.day)

    def cells_then(self, leaf: Leaf) -> dict[Cell, int]:
        return dict.fromkeys(self.ground.cells_then(leaf, self.day), 1)

    def was_open(self, house: int) -> bool:
        return self.ground.houses.is_open(house, self.day)

    def names(self, lie: Lie) -> bool:
        """Whether the definition speaks of what it has become."""
        return any(leaf.kind in self.kinds for leaf in lie.leaves)


def frame_of(tally: Tally, ground: Ground, words: Vocabulary) -> Frame:
    return Frame(tally, ground, frozenset(kinds_of(tally.version, *words)))


def shift_of(frame: Frame) -> Shift:
    """What the movers change in a count that adds up; nothing is read where nobody moved."""
    entry = ENTRIES.get(frame.version.indicator.code)
    if entry is None:
        return _entered(frame)
    if entry.shared:
        return _shared(frame, entry)
    return _contributed(frame, entry)


def _entered(frame: Frame) -> Shift:
    """Figures of institutions and totals of places, with who was expected to report."""
    shift, movers = Shift(), frame.ground.movers_on(frame.day)
    rows = Observation.objects.filter(version=frame.version, period=frame.tally.period)
    given = {row.institution_id: row for row in rows.filter(institution__in=list(movers)).order_by("pk")}
    totals = _counted_totals(frame, rows)
    for house, lie in movers.items():
        leaf, row = frame.then(house), given.get(house)
        assert leaf is not None  # noqa: S101
        then, now = frame.cells_then(leaf), frame.ground.weights(lie)
        if row is not None and row.state == ValueState.VALUE:
            shift.move(then, now, row.numerator, row.denominator, reporting=1, expected=1)
            shift.unsure |= frame.ground.uncertain(lie)
        elif row is not None and row.state == ValueState.NOT_APPLICABLE:
            shift.add(then, -1, excused=1)
            shift.add(now, 1, excused=1)
        elif frame.was_open(house):
            if leaf.kind in frame.kinds:
                shift.add(then, -1, expected=1)
            shift.add(frame.ground.weights(lie, frame.kinds), 1, expected=1)
        let_off = row is not None and row.state == ValueState.NOT_APPLICABLE
        _uncover(frame, shift, (house, let_off), lie, totals)
    _move_totals(frame, shift, totals)
    return shift


def _counted_totals(frame: Frame, rows: Any) -> dict[int, Observation]:
    """Published totals that the stored count took: of places below which nothing else is known."""
    found = rows.filter(institution=None, state=ValueState.VALUE).order_by("pk")
    given = {row.territory_id: row for row in found if row.territory_id in frame.ground.tree.valid}
    if not given:
        return {}
    told = Rollup.objects.filter(
        version=frame.version, period=frame.tally.period, basis=Basis.AS_WAS, territory__in=list(given),
        institution_kind__isnull=False, reporting__gt=0,
    )  # fmt: skip
    known = set(told.values_list("territory", flat=True))
    for place in given:
        known |= set(frame.ground.tree.path(place, frame.day)[1:])
    return {place: row for place, row in given.items() if place not in known}


def _uncover(frame: Frame, shift: Shift, who: tuple[int, bool], lie: Lie, totals: Mapping[int, Any]) -> None:
    """Who is told by a total of its place is not expected besides; and the total keeps what the institution took along.

    `who` is the institution and whether it was let off: then nobody expects it anywhere.
    """
    house, let_off = who
    tree, leaf, open_then = frame.ground.tree, frame.then(house), frame.was_open(house) and not let_off
    assert leaf is not None  # noqa: S101
    for place in (place for place in tree.path(leaf.place, frame.day) if place in totals):
        paths = [tree.path(part.place, frame.ground.day, lasting=True) for part, _weight in lie.parts]
        inside = all(place in path for path in paths)
        if open_then and leaf.kind in frame.kinds:
            above = {(each, None) for each in tree.path(place, frame.day)}
            shift.add(dict.fromkeys(above, 1), 1, expected=1)
        if open_then and frame.names(lie):
            held = [tree.path(place, frame.ground.day, lasting=True)] if inside else paths
            shift.add({(each, None): 1 for path in held for each in path}, -1, expected=1)
        for path in paths:
            shift.unsure |= _torn(frame, place, path, tree.path(leaf.place, frame.day))


def _move_totals(frame: Frame, shift: Shift, totals: Mapping[int, Any]) -> None:
    """A total goes with its place; what has left its place since then cannot be taken out of it."""
    tree, day = frame.ground.tree, frame.ground.day
    for place, row in totals.items():
        for sign, path in ((-1, tree.path(place, frame.day)), (1, tree.path(place, day, lasting=True))):
            cells: dict[Cell, int] = {(each, None): 1 for each in path}
            shift.add(cells, sign, row.numerator, row.denominator, reporting=1, expected=1)
    for part in frame.ground.shifted_places if totals else ():
        then, now = tree.path(part, frame.day), tree.path(part, day, lasting=True)
        for place in (place for place in then[1:] if place in totals):
            shift.unsure |= _torn(frame, place, now, then)


def _torn(frame: Frame, place: int, now: tuple[int, ...], then: tuple[int, ...]) -> set[Cell]:
    """Cells that hold a total without one of its parts, or the part without the total."""
    if place in now:
        return set()
    below = set(then[: then.index(place)])
    return {
        (each, None) for each in (set(now) ^ set(frame.ground.tree.path(place, frame.ground.day, lasting=True))) - below
    }


def _contributed(frame: Frame, entry: Entry) -> Shift:
    """Institutions of the reference set, each with what it adds."""
    shift, movers = Shift(), frame.ground.movers_on(frame.day)
    rows = entry.contributions(frame.span).filter(house__in=list(movers)) if movers else ()
    for row in rows:
        house = row["house"]
        leaf = frame.then(house)
        if leaf is None or not frame.was_open(house):
            continue
        then = frame.cells_then(leaf) if leaf.kind in frame.kinds else {}
        now = frame.ground.weights(movers[house], frame.kinds)
        shift.move(then, now, row["numerator"], row["denominator"], reporting=1, expected=1)
        shift.unsure |= frame.ground.uncertain(movers[house])
    return shift


def _shared(frame: Frame, entry: Entry) -> Shift:
    """Records that movers share, each whole set as it lay and as it lies; with what they are divided by."""
    shift, movers = Shift(), frame.ground.movers_within(frame.span)
    if not movers:
        return shift
    contributions = entry.contributions(frame.span)
    rows = contributions.filter(subject__in=contributions.filter(house__in=list(movers)).values("subject"))
    lacking = _lacking(frame, entry, rows, movers) if entry.base else ([], [])
    if entry.base:
        _divide(frame, shift, {row["house"]: row["denominator"] for row in _base(entry, frame, list(movers))})
    edges = frame.edges
    lies = list(movers.values())
    values: dict[str, Any] = {
        "movers": list(movers), "lies": list(range(1, len(lies) + 1)), "edges": edges, "lacking_then": lacking[0],
        "lacking_now": lacking[1],
    }  # fmt: skip
    with connection.cursor() as cursor:
        lying = TWICE.format(rows=written(cursor, rows), era=ERA if len(edges) > 1 else "1", **NEAREST_OWN)
        cursor.execute(SETS.replace("{placed}", lying), values)
        found = cursor.fetchall()
    held = Held(frame, edges, lies)
    for n, num, den, leaves in found:
        for cell, shares in held.count(leaves or ()).items():
            counts = {"participations": int(n) * shares, "reporting": 0 if entry.base else int(n)}
            shift.add({cell: 1}, 1, num, None if entry.base else den, **counts)
    shift.traces.append(Trace(((ZERO, None), (Decimal(1), None)), frozenset(shift.cells)))
    return shift


def unseen(frame: Frame, cells: Collection[Cell]) -> dict[Cell, tuple[Any, int]]:
    """Of these cells what was done in them as it was, (sum, participations), where the stored count had nothing to
    divide it by and so did not keep it: from all rows of the period, since nobody else knows.
    """
    entry = ENTRIES[frame.version.indicator.code]
    rows = entry.contributions(frame.span)
    edges = frame.edges
    values: dict[str, Any] = {"edges": edges, "lacking": _lacking(frame, entry, rows, {})[0]}
    with connection.cursor() as cursor:
        lying = placed(cursor, rows, ERA if len(edges) > 1 else "1", 1, AMONG)
        cursor.execute(SETS.replace("{placed}", lying), values)
        found = cursor.fetchall()
    held = Held(frame, edges, [])
    done: dict[Cell, tuple[Any, int]] = dict.fromkeys(cells, (ZERO, 0))
    for n, num, _den, leaves in found:
        for cell, shares in held.count(leaves or ()).items():
            if cell in done:
                done[cell] = (done[cell][0] + num, done[cell][1] + int(n) * shares)
    return done


class Held:
    """Which cells hold the leaves of a set, as it lay in a state of the tree (a number) or lies (the number of a lie)."""

    def __init__(self, frame: Frame, edges: list[Any], lies: list[Lie]) -> None:
        self.frame, self.edges, self.lies = frame, edges, lies
        self.known: dict[int, set[Cell]] = {}

    def count(self, leaves: Iterable[int]) -> Counter[Cell]:
        """How many of them each cell holds."""
        return Counter(cell for leaf in leaves for cell in self.cells(leaf))

    def cells(self, leaf: int) -> set[Cell]:
        if leaf not in self.known:
            ground = self.frame.ground
            if leaf < 0:
                self.known[leaf] = ground.held(self.lies[-leaf - 1])
            else:
                where = Leaf(leaf // 1_000_000_000, leaf // 1_000 % 1_000_000)
                self.known[leaf] = set(cells_above(where, ground.tree.path(where.place, self.edges[leaf % 1_000 - 1])))
        return self.known[leaf]


def _base(entry: Entry, frame: Frame, houses: Collection[int]) -> Any:
    assert entry.base is not None  # noqa: S101
    return entry.base.rows(frame.span).filter(house__in=houses)


def _divide(frame: Frame, shift: Shift, given: Mapping[int, Any]) -> None:
    """What the movers of the reference set are divided by."""
    for house, lie in frame.ground.movers_on(frame.day).items():
        leaf = frame.then(house)
        if leaf is None or not frame.was_open(house):
            continue
        counts = {"reporting": int(house in given), "expected": 1}
        if leaf.kind in frame.kinds:
            shift.add(frame.cells_then(leaf), -1, None, given.get(house), **counts)
        shift.add(frame.ground.weights(lie, frame.kinds), 1, None, given.get(house), **counts)
        if house in given:
            shift.unsure |= frame.ground.uncertain(lie)


def _lacking(frame: Frame, entry: Entry, rows: Any, movers: Mapping[int, Lie]) -> tuple[list[int], list[int]]:
    """Of the institutions in these rows those that were expected to have something to divide by and had not; and those
    that would be as what they are now.
    """
    houses = sorted(set(rows.values_list("house", flat=True)))
    told = {row["house"] for row in _base(entry, frame, houses)}
    with connection.cursor() as cursor:
        cursor.execute(THEN.format(standing=STANDING), {"day": frame.day, "houses": houses})
        without = [(house, kind) for house, kind in cursor.fetchall() if house not in told]
    then = [house for house, kind in without if kind in frame.kinds]
    now = [h for h, kind in without if (frame.names(movers[h]) if h in movers else kind in frame.kinds)]
    return then, now


def measured_by(frame: Frame) -> tuple[dict[Cell, dict[tuple[Any, Any], int]], set[Cell]]:
    """Of a median the measured rows in every cell that movers touch, each with its participations; and those cells."""
    entry, movers = ENTRIES[frame.version.indicator.code], frame.ground.movers_on(frame.day)
    contributions = entry.contributions(frame.span)
    found: dict[Cell, dict[tuple[Any, Any], int]] = defaultdict(Counter)
    touched: set[Cell] = set()
    if not movers or not contributions.filter(house__in=list(movers)).exists():
        return found, touched
    with connection.cursor() as cursor:
        cursor.execute(MEASURED.format(rows=written(cursor, contributions)), {"day": frame.day})
        rows = cursor.fetchall()
    for subject, house, measured, place, kind, active in rows:
        leaf, lie = Leaf(place, kind), movers.get(house)
        if entry.of_reference and not active:
            continue
        wanted = frame.kinds if entry.of_reference else None
        then = set(frame.ground.cells_then(leaf, frame.day)) if wanted is None or leaf.kind in wanted else set()
        now = then if lie is None else frame.ground.held(lie, wanted)
        touched |= then ^ now
        for cell in now:
            found[cell][subject, measured] += 1
    return found, touched


def is_measured(version: DefinitionVersion) -> bool:
    return version.method == Method.MEDIAN and version.indicator.code in ENTRIES
