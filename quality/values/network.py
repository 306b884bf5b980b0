"""A table of sums as a network: what an attacker may still believe of a hidden cell, and what must be hidden with it.

Cells stand in a tree of places and, in each place, in kinds that add up to all. Every cell is an edge that joins the two
sums it stands in, so that all beliefs which agree with what is shown are flows, and the bounds of a belief are found by
pushing units around (as by linear programming, without it). A hidden cell may take any units more, and give up as many
as it has.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from heapq import heappop, heappush
from itertools import count

Cell = tuple[int, int | None]  # place, kind of institution (None: all)
Node = tuple[str, int, int]
OUTSIDE: Node = ("outside", 0, 0)
Step = tuple[Cell, bool]  # the cell, and whether it grows


@dataclass
class Network:
    """One figure that adds up: `figures` by cell, the parent of each place, the cells hidden so far (shared, read only)."""

    figures: Mapping[Cell, Decimal]
    parents: Mapping[int, int]
    hidden: set[Cell]
    edges: dict[Cell, tuple[Node, Node]] = field(init=False)
    around: dict[Node, list[Step]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        whole = {self.parents[place] for place, _kind in self.figures if place in self.parents}
        self.edges = {cell: self._ends(cell, cell[0] in whole) for cell in self.figures}
        for cell, (tail, head) in self.edges.items():
            self.around.setdefault(tail, []).append((cell, True))
            self.around.setdefault(head, []).append((cell, False))

    def _ends(self, cell: Cell, has_parts: bool) -> tuple[Node, Node]:
        """From the sum of its own parts to the sum it is a part of; where all kinds are added up it runs backwards."""
        place, kind = cell
        parent = self.parents.get(place)
        above: Node = OUTSIDE if parent is None or (parent, kind) not in self.figures else ("sum", parent, kind or 0)
        below: Node = ("sum", place, kind or 0) if has_parts else ("kinds", place, 0)
        if kind is None:
            return above, below
        return below, above

    def loosen(self, cell: Cell, *, up: int, down: int) -> set[Cell]:
        """What must be hidden besides, so that this cell could be so much more and so much less than it is."""
        tail, head = self.edges[cell]
        needed: set[Cell] = set()
        for start, end, units in ((head, tail, up), (tail, head, down)):
            needed |= self._routes(cell, start, end, units, needed)
        return needed

    def _routes(self, cell: Cell, start: Node, end: Node, units: int, needed: set[Cell]) -> set[Cell]:
        """Cells to be hidden for so many units to go from one end to the other without this cell."""
        found: set[Cell] = set()
        moved: dict[Cell, int] = {}
        for _unit in range(units):
            way = self._cheapest(cell, start, end, moved, needed | found)
            if way is None:  # nothing is left to hide: nothing is shown that could tell
                break
            for step, grows in way:
                moved[step] = moved.get(step, 0) + (1 if grows else -1)
                if step not in self.hidden:
                    found.add(step)
        return found

    def _cheapest(
        self, cell: Cell, start: Node, end: Node, moved: Mapping[Cell, int], free: set[Cell]
    ) -> list[Step] | None:
        """The way for one unit that hides least; cells that are hidden already cost nothing."""
        if start == end:
            return []
        ties = count()
        best: dict[Node, Decimal] = {start: Decimal(0)}
        came: dict[Node, tuple[Node, Step]] = {}
        queue = [(Decimal(0), next(ties), start)]
        while queue:
            cost, _tie, node = heappop(queue)
            if node == end:
                return list(reversed(list(_back(came, start, end))))
            if cost > best[node]:
                continue
            for step in self.around.get(node, ()):
                if step[0] == cell or not self._bears(step, moved):
                    continue
                price = cost + self._price(step[0], free)
                other = self.edges[step[0]][1 if step[1] else 0]
                if other not in best or price < best[other]:
                    best[other], came[other] = price, (node, step)
                    heappush(queue, (price, next(ties), other))
        return None

    def _bears(self, step: Step, moved: Mapping[Cell, int]) -> bool:
        """Whether the cell can take the step: it may always grow, and shrink to nought."""
        cell, grows = step
        return grows or self.figures[cell] + moved.get(cell, 0) >= 1

    def _price(self, cell: Cell, free: set[Cell]) -> Decimal:
        return Decimal(0) if cell in self.hidden or cell in free else 1 + self.figures[cell]


def _back(came: Mapping[Node, tuple[Node, Step]], start: Node, end: Node) -> Iterator[Step]:
    node = end
    while node != start:
        node, step = came[node]
        yield step
