"""Of a cell by the hierarchy of another day: who lies in it now, and of whom its own day says nothing."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from quality.catalogue.declared import Span
from quality.rollups.hierarchy import Leaf, Lie
from quality.rollups.movers import Ground

if TYPE_CHECKING:
    from quality.values.rows import Behind


@dataclass(frozen=True)
class Moved:
    """Movers of one count, seen from one cell."""

    behind: "Behind"
    ground: Ground

    @property
    def figures(self) -> dict[int, Lie]:
        """Movers whose figures lie elsewhere than on the day of the count."""
        return self.ground.movers_on(self.behind.day)

    @property
    def records(self) -> dict[int, Lie]:
        """Movers whose records lie elsewhere than on the records' own days."""
        period = self.behind.period
        return self.ground.movers_within(Span(period.starts_on, period.ends_on, self.behind.day))

    def with_figures(self, kinds: Collection[int] | None) -> list[int]:
        """Movers of which a part of their figures lies in the cell, as one of these kinds."""
        return [h for h, lie in self.figures.items() if any(self._holds(leaf, kinds) for leaf, _weight in lie.parts)]

    def with_records(self) -> list[int]:
        """Movers whose records lie in the cell."""
        kinds = [self.behind.kind.pk] if self.behind.kind else None
        return [h for h, lie in self.records.items() if any(self._holds(leaf, kinds) for leaf in lie.leaves)]

    def holds_place(self, place: int) -> bool:
        """Whether a place lies in that of the cell."""
        where = self.behind.territory
        return where is None or where.pk in self.ground.tree.path(place, self.ground.day, lasting=True)

    def _holds(self, leaf: Leaf, kinds: Collection[int] | None) -> bool:
        return (kinds is None or leaf.kind in kinds) and self.holds_place(leaf.place)


def moved(behind: "Behind") -> Moved | None:
    """None where every row is read by its own day, or one institution is asked for."""
    day: Any = behind.asked.day
    if day is None or behind.institution:
        return None
    period = behind.period
    return Moved(behind, Ground(period.pack, day, min(period.starts_on, behind.day), max(period.ends_on, behind.day)))
