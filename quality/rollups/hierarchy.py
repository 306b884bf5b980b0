"""The hierarchy of any day: the tree of places, and where an institution stands, itself or through who took it over.

Only what moved is read: the tree is a few hundred places, and of institutions the few whose dated rows or whose place's
parents changed, or that were taken over.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from institutions.registry.models import InstitutionKind, InstitutionPlace, OpenSpell, Succession
from institutions.territory.models import Territory, TerritoryParent

ONE = Decimal(1)
Day = datetime.date
Cell = tuple[int, int | None]  # place, kind of institution (None: all)


class Leaf(NamedTuple):
    """A place of the tree and a kind of institution."""

    place: int
    kind: int


@dataclass(frozen=True)
class Lie:
    """Where what an institution gave lies on a day.

    Sums follow `parts`, whose weights add up to one; a thing that is counted lies in every one of `leaves`. Of each of
    `unsure` nobody has stated how much lies where: only places that hold all of it, or nothing, are certain.
    """

    parts: tuple[tuple[Leaf, Decimal], ...]
    leaves: tuple[Leaf, ...]
    unsure: tuple[tuple[Leaf, ...], ...] = ()


class Dated:
    """Dated rows of many owners: the value of a day is that of the row in force, else of the last before, else the first."""

    def __init__(self, rows: Iterable[tuple[int, int, Any]]) -> None:
        self.rows: dict[int, list[tuple[Day, int]]] = defaultdict(list)
        for owner, value, valid in rows:
            self.rows[owner].append((valid.lower or Day.min, value))
        for found in self.rows.values():
            found.sort()

    def on(self, owner: int, day: Day) -> int | None:
        found = self.rows.get(owner)
        if not found:
            return None
        return next((value for begins, value in reversed(found) if begins <= day), found[0][1])

    def turns(self, owner: int, first: Day, last: Day) -> set[Day]:
        """Days after the first and up to the last on which another row begins."""
        return {begins for begins, _value in self.rows.get(owner, ()) if first < begins <= last}


class Tree:
    """The places of a country pack under their parents, on any day."""

    def __init__(self, pack: str) -> None:
        self.valid = dict(Territory.objects.filter(pack=pack).values_list("pk", "valid"))
        self.rows = list(
            TerritoryParent.objects.filter(child__pack=pack).order_by("pk").values_list("child", "parent", "valid")
        )
        self.lasting = Dated(self.rows)
        self._paths: dict[tuple[Day, int, bool], tuple[int, ...]] = {}
        self._parents: dict[Day, dict[int, int]] = {}

    def turns(self, first: Day, last: Day) -> set[Day]:
        """Days after the first and up to the last on which the tree changed."""
        edges = {day for _child, _parent, valid in self.rows for day in (valid.lower, valid.upper) if day}
        return {day for day in edges if first < day <= last}

    def shown(self, day: Day) -> set[int]:
        """Places that have a line of their own on a day."""
        return {place for place, valid in self.valid.items() if day in valid}

    def path(self, place: int, day: Day, *, lasting: bool = False) -> tuple[int, ...]:
        """The place and all above it; `lasting`: one without a parent on the day stays under its last or first one."""
        key = (day, place, lasting)
        if key not in self._paths:
            found, above = [], place if place in self.valid else None
            while above is not None and above not in found:
                found.append(above)
                above = self.lasting.on(above, day) if lasting else self._on(day).get(above)
            self._paths[key] = tuple(found)
        return self._paths[key]

    def parents(self, day: Day) -> dict[int, int]:
        """Of every place the one above it on a day, or last before, or first after."""
        found = {place: self.path(place, day, lasting=True)[1:2] for place in self.valid}
        return {place: above[0] for place, above in found.items() if above}

    def _on(self, day: Day) -> dict[int, int]:
        if day not in self._parents:
            self._parents[day] = {child: parent for child, parent, valid in self.rows if day in valid}
        return self._parents[day]


class Houses:
    """Where some institutions stood, what they were, and when they were open."""

    def __init__(self, houses: Collection[int]) -> None:
        rows = {"institution__in": list(houses)}
        self.places = Dated(InstitutionPlace.objects.filter(**rows).values_list("institution", "territory", "valid"))
        self.kinds = Dated(InstitutionKind.objects.filter(**rows).values_list("institution", "kind", "valid"))
        self.spells: dict[int, list[Any]] = defaultdict(list)
        for house, valid in OpenSpell.objects.filter(**rows).values_list("institution", "valid"):
            self.spells[house].append(valid)

    def is_open(self, house: int, day: Day) -> bool:
        return any(day in valid for valid in self.spells.get(house, ()))

    def leaf(self, house: int, day: Day) -> Leaf | None:
        place, kind = self.places.on(house, day), self.kinds.on(house, day)
        return Leaf(place, kind) if place is not None and kind is not None else None

    def turns(self, house: int, first: Day, last: Day) -> set[Day]:
        return self.places.turns(house, first, last) | self.kinds.turns(house, first, last)


class Lineage:
    """Who took over from whom up to a day, and so where everything that an institution gave lies on it."""

    def __init__(self, successions: Iterable[Succession], houses: Houses, day: Day) -> None:
        self.houses, self.day = houses, day
        self.rows: dict[int, list[Succession]] = defaultdict(list)
        for row in successions:
            if row.happened_on <= day:
                self.rows[row.predecessor_id].append(row)

    def lie(self, house: int) -> Lie | None:
        """Where its rows lie; None for one that never stood anywhere."""
        own = self.houses.leaf(house, self.day)
        heirs = [(row, lie) for row in self.followed(house) if (lie := self.lie(row.successor_id))]
        if own is None or not heirs:
            return Lie(((own, ONE),), (own,)) if own else None
        shares = [ONE if len(heirs) == 1 and row.share is None else row.share for row, _lie in heirs]
        leaves = tuple(sorted({leaf for _row, lie in heirs for leaf in lie.leaves}))
        unsure = tuple(group for _row, lie in heirs for group in lie.unsure)
        stated = [share for share in shares if share is not None]
        if len(stated) < len(shares) or sum(stated) > ONE:
            return Lie(((own, ONE),), leaves, (*unsure, tuple(sorted({own, *leaves}))))
        parts: dict[Leaf, Decimal] = defaultdict(Decimal)
        for (_row, lie), share in zip(heirs, stated, strict=True):
            for leaf, weight in lie.parts:
                parts[leaf] += weight * share
        if rest := ONE - sum(stated):  # what no heir took over stays where it was
            parts[own] += rest
            leaves = tuple(sorted({own, *leaves}))
        return Lie(tuple(sorted(parts.items())), leaves, unsure)

    def inherited(self, house: int) -> dict[int, Decimal | None]:
        """Whose rows are also its own, each with its share; None where nobody has stated it."""
        found: dict[int, Decimal | None] = {}
        for rows in self.rows.values():
            heirs = self.followed(rows[0].predecessor_id)
            for row in heirs:
                if row.successor_id == house:
                    share = ONE if len(heirs) == 1 and row.share is None else row.share
                    found[row.predecessor_id] = share
                    for before, part in self.inherited(row.predecessor_id).items():
                        found[before] = (
                            None if part is None or share is None else part * share + (found.get(before) or 0)
                        )
        return found

    def followed(self, house: int) -> list[Succession]:
        """Who took it over when it last closed; nobody while it is open."""
        rows = self.rows.get(house, [])
        if not rows or self.houses.is_open(house, self.day):
            return []
        openings = [
            valid.lower for valid in self.houses.spells.get(house, ()) if valid.lower and valid.lower <= self.day
        ]
        return [row for row in rows if all(opened <= row.happened_on for opened in openings)]


def successions() -> list[Succession]:
    """All there are, in the order they were written."""
    return list(Succession.objects.order_by("pk"))


def lineage_on(day: Day) -> Lineage:
    """Who took over from whom up to a day, with all who take part in it."""
    rows = [row for row in successions() if row.happened_on <= day]
    return Lineage(rows, Houses({house for row in rows for house in (row.predecessor_id, row.successor_id)}), day)
