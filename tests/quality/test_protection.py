"""Whoever knows every shown cell, every sum and the rule cannot tell a hidden 1 to 4: not even by linear programming."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from quality.values.network import Cell
from quality.values.protection import Count, protect

LIKELY = [0, 0, 1, 1, 2, 3, 4, 5, 7, 12, 30, 80]  # small numbers often, for they are what is hidden
PARENTS = {2: 1, 3: 1, 4: 2, 5: 2, 6: 2, 7: 3, 8: 3}  # a country, two regions, five districts
DISTRICTS, KINDS = (4, 5, 6, 7, 8), (11, 12, 13)

Table = dict[Cell, Count]
Sum = tuple[Cell, list[Cell]]


def table_of(leaves: Mapping[Cell, tuple[int, int]], divided: bool = False) -> Table:
    """Every cell that is counted, from those of districts and kinds: numerator and what is left over (or the base)."""
    sums: dict[Cell, list[int]] = {}
    for (place, kind), figures in leaves.items():
        above: int | None = place
        while above is not None:
            for cell in ((above, kind), (above, None)):
                found = sums.setdefault(cell, [0, 0])
                found[0] += figures[0]
                found[1] += figures[1]
            above = PARENTS.get(above)
    return {cell: Count(Decimal(a), Decimal(b if divided else a + b), divided) for cell, (a, b) in sums.items()}


def sums_of(table: Table) -> Iterator[Sum]:
    """Every sum that a reader can write down."""
    for place, kind in table:
        if below := [cell for cell in table if cell[1] == kind and PARENTS.get(cell[0]) == place]:
            yield (place, kind), below
        if kind is None:
            yield (place, None), [cell for cell in table if cell[0] == place and cell[1] is not None]


class Attacker:
    """Knows the shown figures and that every other is nought or more; asks how small and how large a hidden one can be."""

    def __init__(self, table: Table, hidden: set[Cell]) -> None:
        self.columns = {
            key: at for at, key in enumerate((cell, part) for cell in sorted(hidden, key=str) for part in (0, 1))
        }
        self.matrix, self.right = [], []
        for whole, parts in sums_of(table):
            for part in (0, 1):
                line, known = [0.0] * len(self.columns), 0.0
                for cell, sign in [(whole, -1.0), *((each, 1.0) for each in parts)]:
                    if cell in hidden:
                        line[self.columns[cell, part]] += sign
                    else:
                        known -= sign * float(table[cell].parts[part])
                if any(line):
                    self.matrix.append(line)
                    self.right.append(known)

    def bounds(self, *keys: tuple[Cell, int]) -> tuple[float, float]:
        """The least and the most that these hidden figures together can be; 100 stands for more than anybody asks."""
        aim = [0.0] * len(self.columns)
        for key in keys:
            aim[self.columns[key]] = 1.0
        edges = []
        for sign in (1.0, -1.0):
            solved = linprog(
                [sign * each for each in aim], A_eq=self.matrix or None, b_eq=self.right or None, bounds=(0, 10_000),
                method="highs",
            )  # fmt: skip
            assert solved.status == 0, solved.message
            edges.append(sign * solved.fun)
        return round(edges[0], 6), round(edges[1], 6)


def narrowed(table: Table, hidden: set[Cell]) -> list[tuple[Cell, str, tuple[float, float]]]:
    """Hidden figures of 1 to 4 of which the attacker can rule out some number from 1 to 4."""
    attacker, found = Attacker(table, hidden), []
    for cell, count in table.items():
        asked = {"numerator": [(cell, 0)], "the rest": [(cell, 1)]}
        if not count.divided:
            asked["base"] = [(cell, 0), (cell, 1)]
        for name, keys in asked.items():
            figure = sum(count.parts[part] for _cell, part in keys)
            if 0 < figure < 5:
                assert cell in hidden, f"{cell} shows {figure}"
                low, high = attacker.bounds(*keys)
                if low > 1 or high < 4:
                    found.append((cell, name, (low, high)))
    return found


figures = st.tuples(st.sampled_from(LIKELY), st.sampled_from(LIKELY))
leaves = st.dictionaries(st.tuples(st.sampled_from(DISTRICTS), st.sampled_from(KINDS)), figures, min_size=1)


@given(leaves, st.booleans())
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_hidden_figure_can_be_narrowed(leaves: dict[Cell, tuple[int, int]], divided: bool) -> None:
    table = table_of(leaves, divided)
    assert narrowed(table, protect(table, PARENTS)) == []


def test_the_attacker_succeeds_where_only_small_cells_are_hidden() -> None:
    """The test above can fail: without the second cells everything is found by subtraction."""
    table = table_of({(4, 11): (3, 40), (4, 12): (20, 30), (5, 11): (25, 60), (5, 12): (30, 30), (7, 11): (40, 40)})
    small = {cell for cell, count in table.items() if count.is_small}
    assert small
    assert narrowed(table, small) != []


def test_two_hidden_parts_whose_sum_is_shown_do_not_give_each_other_away() -> None:
    """1 + 1 = 2: to hide both is not enough, for neither could be 3."""
    table = table_of({(4, 11): (1, 50), (5, 11): (1, 50), (6, 11): (60, 60), (4, 12): (30, 30), (5, 12): (30, 30)})
    hidden = protect(table, PARENTS)
    assert narrowed(table, hidden) == []
    assert len(hidden) > sum(count.is_small for count in table.values())


@pytest.mark.parametrize("size", [0, 5, 100])
def test_where_nothing_is_small_nothing_is_hidden(size: int) -> None:
    table = table_of({(place, kind): (size, size) for place in DISTRICTS for kind in KINDS})
    assert protect(table, PARENTS) == set()


def test_hiding_hides_little() -> None:
    """One small cell in a full table takes three others with it, not its region nor its country."""
    full = {(place, kind): (50, 50) for place in DISTRICTS for kind in KINDS}
    hidden = protect(table_of({**full, (4, 11): (2, 50)}), PARENTS)
    assert (4, 11) in hidden
    assert len(hidden) == 4
    assert all(place in DISTRICTS and kind is not None for place, kind in hidden)
