"""A country pack as it lies on disk: pack.toml, tables in CSV, one file of terms a vocabulary."""

import csv
import datetime
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.names import TAGS

HERE = Path(__file__).resolve().parent
NAME_COLUMNS = {f"name_{tag.lower().replace('-', '_')}": tag for tag in TAGS}


def packs() -> list[str]:
    """Codes of the packs that can be installed."""
    return sorted(folder.parent.name for folder in HERE.glob("*/pack.toml"))


def names_of(row: dict[str, str], prefix: str = "name") -> dict[str, str]:
    """The names of a row by language tag; languages the product does not speak are left out."""
    found = {tag: row.get(column.replace("name", prefix, 1), "") for column, tag in NAME_COLUMNS.items()}
    return {tag: name for tag, name in found.items() if name}


def day(text: str) -> datetime.date | None:
    """An ISO date, or None for an empty cell."""
    return datetime.date.fromisoformat(text) if text else None


def span(start: datetime.date | None, end: datetime.date | None) -> DateRange:
    """Half-open: the end is the first day no longer meant."""
    return DateRange(start, end, "[)")


def typed(column: str, cell: str) -> tuple[str, Any]:
    """The key and value of a data column: its heading names the type after a colon; an empty cell is None."""
    key, _, kind = column.partition(":")
    if kind == "list":
        return key, cell.split()
    if kind == "groups":
        return key, [group.split() for group in cell.split(" + ")] if cell else []
    if kind == "bool":
        return key, cell == "true"
    if kind == "int":
        return key, int(cell) if cell else None
    return key, cell


@dataclass(frozen=True)
class TermRow:
    """One word of a vocabulary as the pack says it."""

    vocabulary: str
    code: str
    names: dict[str, str]
    valid: DateRange
    replaced_by: str
    data: dict[str, Any]
    position: int


PLAIN_COLUMNS = {"code", "valid_from", "valid_to", "replaced_by", *NAME_COLUMNS}


@dataclass(frozen=True)
class Pack:
    """One folder of data files."""

    folder: Path

    @classmethod
    def named(cls, code: str) -> "Pack":
        """The pack of this code; raises LookupError for a code that has no folder."""
        if code not in packs():
            raise LookupError(f"There is no pack {code!r}; there are {', '.join(packs())}.")
        return cls(HERE / code)

    @cached_property
    def settings(self) -> dict[str, Any]:
        with (self.folder / "pack.toml").open("rb") as file:
            found: dict[str, Any] = tomllib.load(file)
        return found

    @property
    def code(self) -> str:
        return str(self.settings["code"])

    @property
    def country(self) -> str:
        return str(self.settings["country"])

    @cached_property
    def valid_from(self) -> datetime.date:
        return datetime.date.fromisoformat(self.settings["valid_from"])

    def rows(self, name: str) -> list[dict[str, str]]:
        """The rows of a table of the pack; none when the pack has no such file."""
        path = self.folder / f"{name}.csv"
        if not path.exists():
            return []
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    @property
    def lender(self) -> "Pack | None":
        """The pack whose vocabularies this one uses where it has none of its own."""
        borrows = self.settings.get("borrows")
        return Pack.named(borrows["pack"]) if borrows else None

    def vocabularies(self) -> Iterator[tuple["Pack", str]]:
        """Every vocabulary of the pack with the folder it is read from; the borrowed ones first."""
        if self.lender:
            yield from ((self.lender, name) for name in self.settings["borrows"]["vocabularies"])
        yield from ((self, path.stem) for path in sorted((self.folder / "terms").glob("*.csv")))

    def terms(self) -> Iterator[TermRow]:
        """Every word of every vocabulary, in the order of the files."""
        positions: dict[str, int] = {}
        for pack, vocabulary in self.vocabularies():
            for row in pack.rows(f"terms/{vocabulary}"):
                positions[vocabulary] = positions.get(vocabulary, 0) + 1
                yield term_of(pack, vocabulary, row, positions[vocabulary])

    def indicators(self) -> list[dict[str, str]]:
        """The catalogue of the pack: its own, else the part it borrows."""
        if not self.lender:
            return self.rows("indicators")
        wanted = self.settings["borrows"]["indicators"]
        return [row for row in self.lender.rows("indicators") if row["code"] in wanted]

    def counting(self) -> dict[str, dict[str, str]]:
        """What else is said of indicators, by code: `made_of` which others, and whether they count `events`."""
        return {row["code"]: row for row in (self.lender or self).rows("counting")}


def term_of(pack: Pack, vocabulary: str, row: dict[str, str], position: int) -> TermRow:
    """A row of a vocabulary file; columns beyond the usual ones become its data."""
    data = dict(typed(column, cell or "") for column, cell in row.items() if column not in PLAIN_COLUMNS)
    short = {tag: data.pop(f"short_{tag}") for tag in TAGS if data.get(f"short_{tag}")}
    meaning = {tag: data.pop(f"meaning_{tag}") for tag in TAGS if data.get(f"meaning_{tag}")}
    valid = span(day(row.get("valid_from", "")) or pack.valid_from, day(row.get("valid_to", "")))
    return TermRow(
        vocabulary=vocabulary,
        code=row["code"],
        names=names_of(row),
        valid=valid,
        replaced_by=row.get("replaced_by") or "",
        data={**data, **({"short": short} if short else {}), **({"meaning": meaning} if meaning else {})},
        position=position,
    )
