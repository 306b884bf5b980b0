"""Small numbers of people: which cells of an indicator are hidden, so that none can be found from those that are shown.

A cell is hidden when its numerator, its complement or its base is 1 to 4, and then others with it, until whoever knows
every shown cell, every sum and this rule still cannot tell a hidden 1 to 4 from any other of them.
"""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.core.cache import cache

from institutions.territory.models import TerritoryParent
from quality.catalogue.models import DefinitionVersion, Method, Period
from quality.rollups.bases import Rebased
from quality.rollups.models import Rollup, Tally
from quality.values.network import Cell, Network

SMALLEST_SHOWN = 5
KEPT = 24 * 3600  # seconds


@dataclass(frozen=True)
class Count:
    """What of a cell could point at people; a base only where the value is made of two figures.

    `divided`: the base is made of others than those counted (a ratio), so that there is no complement.
    """

    numerator: Decimal
    denominator: Decimal | None
    divided: bool = False

    @property
    def parts(self) -> tuple[Decimal, ...]:
        """Figures that add up over places and kinds, each by itself: of a share those counted and those left over."""
        if self.denominator is None:
            return (self.numerator,)
        return (self.numerator, self.denominator if self.divided else self.denominator - self.numerator)

    @property
    def is_small(self) -> bool:
        return any(0 < part < SMALLEST_SHOWN for part in (*self.parts, self.denominator or Decimal(0)))


Counted = tuple[int, datetime.datetime]  # by which run a period was counted, and when


def hidden_cells(
    version: DefinitionVersion,
    period_id: int,
    already: frozenset[Cell] = frozenset(),
    counted: Counted | None = None,
) -> set[Cell]:
    """Cells of a person-based indicator that may not be shown in a period; worked out once for each count.

    `already`: cells that were hidden where others have read, and so must stay hidden here. `counted`: which count it is,
    where the caller has read it.
    """
    if already:
        return _hidden_now(version, period_id, already)
    if counted is None:
        counted = Tally.objects.filter(version=version, period=period_id).values_list("run_id", "counted_at").first()
    key = f"hidden:{version.pk}:{period_id}:{counted}".replace(" ", "_")
    hidden: set[Cell] | None = cache.get(key)
    if hidden is None:
        hidden = _hidden_now(version, period_id)
        cache.set(key, hidden, KEPT)
    return hidden


def _hidden_now(version: DefinitionVersion, period_id: int, already: frozenset[Cell] = frozenset()) -> set[Cell]:
    rows = Rollup.objects.filter(version=version, period=period_id, basis="as_was", numerator__isnull=False)
    cells = rows.order_by("pk").values_list("territory_id", "institution_kind_id", "numerator", "denominator")
    divided = version.method == Method.RATIO
    counts: dict[Cell, Count] = {
        (place, kind): Count(numerator or Decimal(0), base, divided) for place, kind, numerator, base in cells
    }
    day = Period.objects.values_list("ends_on", flat=True).get(pk=period_id)
    parents = dict(TerritoryParent.objects.filter(valid__contains=day).values_list("child_id", "parent_id"))
    return protect(counts, parents, already)


def hidden_on_basis(rebased: Rebased, tally: Tally, stored: set[Cell]) -> set[Cell]:
    """Cells that may not be shown by the hierarchy of another day, beside the stored ones that are.

    What is hidden as it was stays hidden. Cells that movers changed are shown only where nothing can be found by taking
    one basis from another: no mover gave a small part, and none stood or stands in a hidden cell. Then all that is told
    are stored values that are shown, and sums of movers of whom each is none or large.
    """
    divided = tally.version.method == Method.RATIO
    cells = rebased.cells(tally)
    counts: dict[Cell, Count] = {
        cell: Count(row.numerator, row.denominator, divided) for cell, row in cells.items() if row.numerator is not None
    }
    small = protect(counts, rebased.ground.tree.parents(rebased.day)) - stored
    traces = rebased.traces(tally)
    touched = set().union(*(trace.cells for trace in traces))
    told = any(Count(*part, divided).is_small for trace in traces for part in trace.parts)
    if not (small or told or touched & stored):
        return stored
    return stored | small | {cell for cell, row in cells.items() if row.moved}


def protect(
    counts: Mapping[Cell, Count], parents: Mapping[int, int], already: frozenset[Cell] = frozenset()
) -> set[Cell]:
    """The small cells and what must be hidden with them, beside what is hidden already."""
    small = sorted((cell for cell, count in counts.items() if count.is_small), key=_order)
    hidden = set(small) | already & counts.keys()
    if not small:
        return hidden
    networks = [
        Network({cell: part for cell, count in counts.items() for part in count.parts[at : at + 1]}, parents, hidden)
        for at in range(2)
    ]
    for cell in small:  # what is hidden for one cell only leaves more open for those before it
        _cover(cell, counts[cell], networks, hidden)
    return hidden


def _cover(cell: Cell, count: Count, networks: Iterable[Network], hidden: set[Cell]) -> None:
    """Hide others until every small figure of the cell could as well be any from 1 to 4."""
    for part, network in zip(count.parts, networks, strict=False):
        if 0 < part < SMALLEST_SHOWN:
            hidden |= network.loosen(cell, up=SMALLEST_SHOWN - 1 - int(part), down=int(part) - 1)
    base = count.denominator
    if base is not None and 0 < base < SMALLEST_SHOWN and not count.divided:
        # the base follows its two parts; where each can be anything from nought to 4, so can it
        for part, network in zip(count.parts, networks, strict=False):
            hidden |= network.loosen(cell, up=SMALLEST_SHOWN - 1 - int(part), down=int(part))


def _order(cell: Cell) -> tuple[int, int]:
    return cell[0], cell[1] or 0
