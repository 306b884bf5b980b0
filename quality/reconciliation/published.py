"""What the public says of a figure, held against what two people approved: the frozen text of the release."""

import csv
import io
import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from quality.observations.models import ValueState
from quality.releases.models import Permalink, ReleaseCell, ReleaseFile
from quality.releases.public import said, snapshot_context
from quality.releases.reading import Place, Shelf, definitions_of, value_of

NEWEST = 2  # releases looked at in a night
DECIMALS = ("numerator", "denominator", "value", "low", "high")
KEY = ("indicator", "definition_version", "territory", "institution_kind")


@dataclass
class Approved:
    """A release that holds, as it was approved, with its published page and file."""

    link: Permalink

    @cached_property
    def content(self) -> dict[str, Any]:
        frozen = self.link.release.frozen
        assert frozen is not None  # noqa: S101  # what is published was frozen
        return json.loads(frozen.content)

    @cached_property
    def definitions(self) -> Any:
        return definitions_of(self.content)

    @cached_property
    def file(self) -> dict[tuple[str, ...], Mapping[str, str]]:
        text = ReleaseFile.objects.filter(permalink=self.link, form="csv").values_list("content", flat=True).get()
        return {tuple(row[name] for name in KEY): row for row in csv.DictReader(io.StringIO(text, newline=""))}

    def rows_at(self, place: Place) -> list[tuple[ReleaseCell, Mapping[str, Any]]]:
        """Published cells of a place beside the rows that its page shows of them."""
        shelf = Shelf.of(self.link)
        table = snapshot_context(self.link, place, shelf, None)["figures"]
        cells = [figure.cell for figure in shelf.of_link(self.link, place)]
        return list(zip(cells, table["rows"], strict=True))


@dataclass
class Line:
    """One approved figure."""

    release: Approved
    told: Mapping[str, Any]

    @property
    def key(self) -> str:
        return f"{self.told['indicator']}/{self.told['definition_version']} {self.told['period']} {self.told['territory']} *"

    @property
    def expected(self) -> str:
        return str(self.told["value"] if self.told["state"] == ValueState.VALUE else self.told["state"])

    @cached_property
    def expected_text(self) -> str:
        """The same as people read it."""
        if self.told["state"] != ValueState.VALUE:
            return self.expected
        numbers = {name: Decimal(self.told[name]) if self.told[name] is not None else None for name in DECIMALS}
        version = self.release.definitions[self.told["indicator"], self.told["definition_version"]]
        return said(version, value_of(ReleaseCell(**{**self.told, **numbers})))


def on_public_page(line: Line) -> str | None:
    """The row of the place's page in the dated copy."""
    place = Shelf.of(line.release.link).places.get(line.told["territory"])
    for cell, row in line.release.rows_at(place) if place else ():
        if (cell.indicator, cell.definition_version) == (line.told["indicator"], line.told["definition_version"]):
            shown = row["cells"][1]
            return str(shown["text"] if shown["state"] == ValueState.VALUE else shown["state"])
    return "absent"


def in_public_file(line: Line) -> str | None:
    """The line of the open file."""
    row = line.release.file.get(tuple(str(line.told[name]) for name in KEY))
    return "absent" if row is None else row["value"] if row["state"] == ValueState.VALUE else row["state"]


PUBLIC: dict[str, Callable[[Line], str | None]] = {"public_page": on_public_page, "public_file": in_public_file}


def approved_lines(seed: int, size: int) -> Iterator[Line]:
    """Figures of the newest releases that hold, at random, each once."""
    links = Permalink.objects.current().select_related("release__frozen").order_by("-ends_on", "-pk")
    dice = random.Random(seed)  # noqa: S311
    for link in links[:NEWEST]:
        release = Approved(link)
        lines = [told for told in release.content["values"] if not told["institution_kind"]]
        yield from (Line(release, told) for told in dice.sample(lines, min(size, len(lines))))
