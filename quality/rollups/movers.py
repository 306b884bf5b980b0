"""Who lies elsewhere on one day than on another: the only institutions of which a count by another day must know.

A count by the hierarchy of a named day differs from the stored one by these alone, so its cost grows with the moves and
not with the institutions.
"""

from collections.abc import Collection
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from institutions.registry.models import Institution, InstitutionKind, InstitutionPlace, Succession
from institutions.territory.models import TerritoryParent
from quality.catalogue.declared import Span
from quality.rollups.hierarchy import Cell, Day, Houses, Leaf, Lie, Lineage, Tree, successions


class Ground:
    """The hierarchy of one day beside that of a stretch of days, in one country pack."""

    def __init__(self, pack: str, day: Day, first: Day, last: Day) -> None:
        self.pack, self.day, self.first, self.last = pack, day, first, last
        self.tree = Tree(pack)
        taken_over = [row for row in successions() if row.happened_on <= day]
        ends = {house for row in taken_over for house in (row.predecessor_id, row.successor_id)}
        self.candidates = self._candidates() | ends
        self.houses = Houses(self.candidates)
        self.lineage = Lineage(taken_over, self.houses, day)
        self._lies: dict[int, Lie | None] = {}

    def _candidates(self) -> set[int]:
        """Institutions of which a dated row begins in between, or that stood in a place that lies elsewhere now."""
        found = set(
            InstitutionPlace.objects.filter(territory__in=self.shifted_places).values_list("institution", flat=True)
        )
        between = {
            "valid__startswith__gt": min(self.first, self.day),
            "valid__startswith__lte": max(self.last, self.day),
        }
        for model in (InstitutionPlace, InstitutionKind):
            found |= set(_again(model, between).values_list("institution", flat=True))
        return found

    @cached_property
    def shifted_places(self) -> list[int]:
        """Places that on some day of the stretch lay elsewhere than on the day."""
        days = {self.first, *self.tree.turns(self.first, self.last)}
        return [
            place
            for place in self.tree.valid
            if any(self.tree.path(place, day) != self.tree.path(place, self.day, lasting=True) for day in days)
        ]

    @cached_property
    def verified(self) -> set[int]:
        rows = Institution.objects.filter(pk__in=self.candidates, verified_at__isnull=False)
        return set(rows.values_list("pk", flat=True))

    def lie(self, house: int) -> Lie | None:
        """Where its rows lie by the hierarchy of the day."""
        if house not in self._lies:
            self._lies[house] = self.lineage.lie(house)
        return self._lies[house]

    def movers(self, first: Day, last: Day) -> dict[int, Lie]:
        """Institutions that on some day of a stretch stood elsewhere than their rows lie now."""
        tree = self.tree.turns(first, last)
        found = {}
        for house in sorted(self.verified):
            lie = self.lie(house)
            days = {first} | tree | self.houses.turns(house, first, last)
            if lie and any(not self._same(self.houses.leaf(house, day), day, lie) for day in days):
                found[house] = lie
        return found

    def movers_on(self, day: Day) -> dict[int, Lie]:
        """The same for one day."""
        return self.movers(day, day)

    def movers_within(self, span: Span) -> dict[int, Lie]:
        """The same for rows that each have a day of their own in a period."""
        return self.movers(min(span.starts_on, span.day), max(span.ends_on, span.day))

    def _same(self, leaf: Leaf | None, day: Day, lie: Lie) -> bool:
        if leaf is None or len(lie.parts) > 1 or lie.unsure:
            return False
        (now, _whole), path = lie.parts[0], self.tree.path
        return leaf.kind == now.kind and path(leaf.place, day) == path(now.place, self.day, lasting=True)

    def cells_then(self, leaf: Leaf, day: Day) -> list[Cell]:
        """Cells that hold what lay there on a day of the stretch."""
        return cells_above(leaf, self.tree.path(leaf.place, day))

    def cells_now(self, leaf: Leaf) -> list[Cell]:
        """Cells that hold what lies there on the day."""
        return cells_above(leaf, self.tree.path(leaf.place, self.day, lasting=True))

    def weights(self, lie: Lie, kinds: Collection[int] | None = None) -> dict[Cell, Any]:
        """How much of a sum lies in each cell; only what lies in these kinds."""
        found: dict[Cell, Any] = {}
        for leaf, weight in lie.parts:
            if kinds is None or leaf.kind in kinds:
                for cell in self.cells_now(leaf):
                    found[cell] = found.get(cell, 0) + weight
        return found

    def held(self, lie: Lie, kinds: Collection[int] | None = None) -> set[Cell]:
        """Cells that hold any of what is counted; only what lies in these kinds."""
        wanted = (leaf for leaf in lie.leaves if kinds is None or leaf.kind in kinds)
        return {cell for leaf in wanted for cell in self.cells_now(leaf)}

    def uncertain(self, lie: Lie) -> set[Cell]:
        """Cells of which nobody can say how much of it they hold."""
        found: set[Cell] = set()
        for group in lie.unsure:
            held = [set(self.cells_now(leaf)) for leaf in group]
            found |= held[0].union(*held) - held[0].intersection(*held)
        return found


def stands_still(pack: str, first: Day, last: Day) -> bool:
    """Whether nobody who stood anywhere in a stretch of days lies elsewhere on any other of them: in one question."""
    between = {"valid__startswith__gt": first, "valid__startswith__lte": last}
    parents = TerritoryParent.objects.filter(child__pack=pack)
    asked = [
        Succession.objects.filter(happened_on__lte=last),
        parents.filter(**between),
        parents.filter(valid__endswith__gt=first, valid__endswith__lte=last),
        *(_again(model, between) for model in (InstitutionPlace, InstitutionKind)),
    ]
    head, *others = (rows.order_by().values_list("pk", flat=True) for rows in asked)
    return not head.union(*others).exists()


def _again(model: Any, between: dict[str, Day]) -> QuerySet[Any]:
    """Dated rows that begin in a stretch of days, of institutions that have another."""
    another = model.objects.filter(institution=OuterRef("institution")).exclude(pk=OuterRef("pk"))
    found: QuerySet[Any] = model.objects.filter(Exists(another), **between)
    return found


def cells_above(leaf: Leaf, path: Collection[int]) -> list[Cell]:
    """Every place of a path, for the kind and for all kinds."""
    return [cell for place in path for cell in ((place, leaf.kind), (place, None))]
