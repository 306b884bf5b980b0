"""Reading what is published: the one place from which public pages take figures, and it asks published tables only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from quality.catalogue.models import DefinitionVersion, Indicator
from quality.releases.models import Permalink, PublishedHouse, ReleaseCell
from quality.values.shown import Value

MOST = 48  # releases that hold: four years of months
Definitions = dict[tuple[str, int], DefinitionVersion]


@dataclass(frozen=True)
class Place:
    """A territory as a release knows it."""

    code: str
    names: Mapping[str, str]
    depth: int
    parent: str | None
    sort_key: str


@dataclass(frozen=True)
class Figure:
    """A published value with the definition it was counted by and the release it stands in."""

    link: Permalink
    version: DefinitionVersion
    cell: ReleaseCell

    @property
    def value(self) -> Value:
        return value_of(self.cell)


def value_of(cell: ReleaseCell) -> Value:
    """A published cell as every page says a value."""
    return Value(
        state=cell.state, value=cell.value, numerator=cell.numerator, denominator=cell.denominator, low=cell.low,
        high=cell.high, participations=cell.participations, reporting=cell.reporting, expected=cell.expected,
        provisional=cell.provisional,
    )  # fmt: skip


def definitions_of(about: Mapping[str, Any]) -> Definitions:
    """The definitions of a release, as the rest of the product says one; nothing is read from the catalogue."""
    found: Definitions = {}
    for told in about["definitions"]:
        own = {name: told[name] for name in ("code", "names", "aspect", "more_is_better", "source", "follows")}
        indicator = Indicator(**own)
        shared = {
            name: told[name]
            for name in ("numerator", "denominator", "unit", "method", "across", "levels", "periodicity", "factor",
                         "decimals", "person_based")
        }  # fmt: skip
        found[told["code"], told["definition_version"]] = DefinitionVersion(
            indicator=indicator, version=told["definition_version"], kinds=told["institution_kinds"], **shared
        )
    return found


@dataclass
class Shelf:
    """The releases that hold, the newest first; or one of them by its number, whatever became of it."""

    links: list[Permalink]
    abouts: dict[int, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def now(cls) -> "Shelf":
        rows = Permalink.objects.current().defer("about")
        return cls(list(rows.order_by("-ends_on", "-starts_on", "-pk")[:MOST]))

    @classmethod
    def of(cls, link: Permalink) -> "Shelf":
        return cls([link])

    def about(self, *links: Permalink) -> None:
        """Reads what these releases say of themselves, in one query."""
        wanted = [link.pk for link in links if link.pk not in self.abouts]
        if wanted:
            self.abouts |= dict(Permalink.objects.filter(pk__in=wanted).values_list("pk", "about"))

    @cached_property
    def places(self) -> dict[str, Place]:
        """The territories of the newest release by code."""
        if not self.links:
            return {}
        self.about(self.links[0])
        return {
            told["code"]: Place(told["code"], told["names"], told["depth"], told["parent"], told["sort_key"])
            for told in self.abouts[self.links[0].pk]["territories"]
        }

    @property
    def root(self) -> Place | None:
        """The country."""
        return min(self.places.values(), key=lambda place: (place.depth, place.code), default=None)

    def below(self, place: Place) -> list[Place]:
        """Places right below, by name: nobody is ranked."""
        found = [each for each in self.places.values() if each.parent == place.code]
        return sorted(found, key=lambda each: (each.sort_key, each.code))

    def path(self, place: Place) -> list[Place]:
        """From the country down to the place."""
        found = [place]
        while found[0].parent in self.places and len(found) < len(self.places):
            found.insert(0, self.places[found[0].parent])
        return found

    def figures(self, place: Place) -> list[Figure]:
        """Of each indicator the newest value of a place, in the order of the catalogue."""
        cells = self._cells(self.links, territory=place.code)
        newest: dict[str, ReleaseCell] = {}
        order = {link.pk: at for at, link in enumerate(self.links)}
        for cell in sorted(cells, key=lambda cell: (order[cell.permalink_id], -cell.definition_version)):
            newest.setdefault(cell.indicator, cell)
        return self._told(list(newest.values()))

    def series(self, code: str, place: Place) -> list[Figure]:
        """The values of an indicator at a place, the oldest first."""
        found = self._told(self._cells(self.links, territory=place.code, indicator=code))
        return sorted(found, key=lambda each: (each.link.ends_on, each.link.starts_on, each.cell.definition_version))

    def of_link(self, link: Permalink, place: Place) -> list[Figure]:
        """All values of a place in one release."""
        return self._told(self._cells([link], territory=place.code))

    def across(self, link: Permalink, code: str, places: Iterable[Place]) -> dict[str, Figure]:
        """The values of an indicator in a release by place."""
        cells = self._cells([link], territory__in=[place.code for place in places], indicator=code)
        return {each.cell.territory: each for each in self._told(cells)}

    def houses(self, place: Place) -> Any:
        """Organisations of a place by name."""
        newest = self.links[0] if self.links else None
        return PublishedHouse.objects.filter(permalink=newest, territory=place.code).order_by("sort_key", "pk")

    def named_in(self, house: PublishedHouse) -> dict[str, Mapping[str, str]]:
        """Names of those organisations of its stories that have a page in the same release."""
        lines = [line for lines in house.stories.values() for line in lines]
        named = {each["house"] for line in lines for each in (line, *line.get("with", ())) if "house" in each}
        rows = PublishedHouse.objects.filter(permalink=house.permalink_id, house__in=named)
        return dict(rows.values_list("house", "names")) if named else {}

    def _cells(self, links: Sequence[Permalink], **wanted: Any) -> list[ReleaseCell]:
        rows = ReleaseCell.objects.filter(permalink__in=[link.pk for link in links], institution_kind="", **wanted)
        return list(rows.order_by("pk"))

    def _told(self, cells: Sequence[ReleaseCell]) -> list[Figure]:
        """Cells with their definitions, in the order of the catalogue."""
        links = {link.pk: link for link in self.links}
        used = {cell.permalink_id for cell in cells}
        self.about(*(links[pk] for pk in used))
        known = {pk: definitions_of(self.abouts[pk]) for pk in used}
        found = [
            Figure(links[cell.permalink_id], known[cell.permalink_id][cell.indicator, cell.definition_version], cell)
            for cell in cells
        ]
        order = {code: (at, str(code)) for pk in sorted(known, reverse=True) for at, (code, _v) in enumerate(known[pk])}
        return sorted(found, key=lambda each: order[each.cell.indicator])
