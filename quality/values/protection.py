"""Small numbers of people: which cells of an indicator are hidden, so that none can be found by subtraction."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from institutions.territory.models import TerritoryParent
from quality.catalogue.models import DefinitionVersion, Period
from quality.rollups.bases import Rebased
from quality.rollups.models import Rollup, Tally

SMALLEST_SHOWN = 5
Place = tuple[int, int | None]  # territory, kind of institution (None: all)


@dataclass(frozen=True)
class Count:
    """What of a cell could point at people."""

    numerator: Decimal
    denominator: Decimal | None

    @property
    def is_small(self) -> bool:
        """Whether the numerator, its complement or the base is 1 to 4."""
        parts = [self.numerator]
        if self.denominator is not None:
            parts += [self.denominator, self.denominator - self.numerator]
        return any(0 < part < SMALLEST_SHOWN for part in parts)


def hidden_cells(version: DefinitionVersion, period_id: int) -> set[Place]:
    """Cells of a person-based indicator that may not be shown in a period."""
    rows = Rollup.objects.filter(version=version, period=period_id, basis="as_was", numerator__isnull=False)
    counts: dict[Place, Count] = {
        (place, kind): Count(numerator or Decimal(0), denominator)
        for place, kind, numerator, denominator in rows.order_by("pk").values_list(
            "territory_id", "institution_kind_id", "numerator", "denominator"
        )
    }
    day = Period.objects.values_list("ends_on", flat=True).get(pk=period_id)
    parents = dict(TerritoryParent.objects.filter(valid__contains=day).values_list("child_id", "parent_id"))
    return protect(counts, parents)


def hidden_on_basis(rebased: Rebased, tally: Tally, stored: set[Place]) -> set[Place]:
    """Cells that may not be shown by the hierarchy of another day, beside the stored ones that are.

    What is hidden as it was stays hidden. Cells that movers changed are shown only where nothing can be found by taking
    one basis from another: no mover gave a small part, and none stood or stands in a hidden cell. Then all that is told
    are stored values that are shown, and sums of movers of whom each is none or large.
    """
    cells = rebased.cells(tally)
    counts = {cell: Count(row.numerator, row.denominator) for cell, row in cells.items() if row.numerator is not None}
    small = protect(counts, rebased.ground.tree.parents(rebased.day)) - stored
    traces = rebased.traces(tally)
    touched = set().union(*(trace.cells for trace in traces))
    told = any(Count(*part).is_small for trace in traces for part in trace.parts)
    if not (small or told or touched & stored):
        return stored
    return stored | small | {cell for cell, row in cells.items() if row.moved}


def protect(counts: dict[Place, Count], parents: dict[int, int]) -> set[Place]:
    """The small cells, and then in every sum that is shown a second part, until none stands alone."""
    hidden = {place for place, count in counts.items() if count.is_small}
    sums = list(_sums(counts, parents))
    changed = True
    while changed:
        changed = False
        for whole, parts in sums:
            if (more := _second(whole, parts, hidden, counts)) is not None:
                hidden.add(more)
                changed = True
    return hidden


def _sums(counts: dict[Place, Count], parents: dict[int, int]) -> Iterable[tuple[Place, list[Place]]]:
    """Every cell that is the sum of others: a place of the places below it, all kinds of each kind."""
    groups: dict[Place, list[Place]] = {}
    for place, kind in sorted(counts, key=lambda cell: (cell[0], cell[1] or 0)):
        if place in parents:
            groups.setdefault((parents[place], kind), []).append((place, kind))
    yield from groups.items()
    by_place: dict[Place, list[Place]] = {}
    for place, kind in sorted(
        (cell for cell in counts if cell[1] is not None), key=lambda cell: (cell[0], cell[1] or 0)
    ):
        by_place.setdefault((place, None), []).append((place, kind))
    yield from by_place.items()


def _second(whole: Place, parts: list[Place], hidden: set[Place], counts: dict[Place, Count]) -> Place | None:
    """What must be hidden too where a sum is shown and exactly one of its parts is not."""
    if whole in hidden or whole not in counts or sum(part in hidden for part in parts) != 1:
        return None
    others = [part for part in parts if part not in hidden and counts[part].numerator > 0]
    return min(others, key=lambda part: (counts[part].numerator, part[0], part[1] or 0), default=whole)
