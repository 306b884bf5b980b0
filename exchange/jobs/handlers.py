"""What a job can do: kinds of import and export, each said by the thing it belongs to and listed in the settings.

`settings.FILE_KINDS` and `settings.FILE_EXPORTS` name the objects; they are read when first asked for, so that this
floor knows of those above it only at run time.
"""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from exchange.jobs.models import RowState
from exchange.tables import Table

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Column:
    """A column of a file: `name` is the head that works in every language, `label` its words.

    `choices` gives the allowed codes with their words for the template; `hint` the form that is expected; `also` other
    heads by which lists that were not made for this site call it.
    """

    name: str
    label: Any
    required: bool = False
    hint: Any = ""
    example: str = ""
    choices: Callable[[], Sequence[tuple[str, str]]] | None = None
    also: Callable[[], Sequence[str]] | None = None


@dataclass
class Row:
    """A row of a file: its number as a spreadsheet shows it, and its cells by column name."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True)
class Fault:
    """What is wrong with one cell: where, and what to do about it."""

    row: int
    column: str
    code: str
    message: Any


@dataclass
class Plan:
    """What a file would do: `states` of the accepted rows, all `faults`, old and new values, and the one writing.

    `warnings` speak of rows that are taken all the same. `notes` is asked after the writing: what else the owner should know, each {text, url}.
    """

    states: dict[int, RowState] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    changes: dict[int, tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=dict)
    write: Callable[[Progress], None] = lambda progress: None
    notes: Callable[[], list[dict[str, str]]] = list

    def counts(self) -> dict[str, int]:
        """Rows by what would happen to them."""
        found = {state.value: 0 for state in RowState}
        for state in self.states.values():
            found[state.value] += 1
        found[RowState.REFUSED] = len({fault.row for fault in self.faults})
        return found


@dataclass(frozen=True)
class Importer:
    """A kind of file that comes in. `plan(rows, by=, at=, progress=)` checks every row and reads only.

    `questions(job)` and `after(job)` are addresses: where what is unclear is answered, where what came in is gone on with.
    """

    code: str
    label: Any
    columns: Sequence[Column]
    may: Callable[[Any], bool]
    plan: Callable[..., Plan]
    hint: Any = ""
    questions: Callable[[Any], str] = lambda job: ""
    after: Callable[[Any], str] = lambda job: ""

    @property
    def kind(self) -> str:
        return f"import.{self.code}"


@dataclass(frozen=True)
class Exporter:
    """A kind of file that goes out. `table(user, params, on)` is scoped to the person by construction."""

    code: str
    label: Any
    table: Callable[[Any, Mapping[str, str], datetime.date], Table]
    may: Callable[[Any], bool] = lambda user: True

    @property
    def kind(self) -> str:
        return f"export.{self.code}"


@lru_cache(maxsize=1)
def importers() -> dict[str, Importer]:
    """Kinds of import by code, in the order of the settings."""
    found = [import_string(path) for path in settings.FILE_KINDS]
    return {kind.code: kind for kind in found}


@lru_cache(maxsize=1)
def exporters() -> dict[str, Exporter]:
    """Kinds of export by code."""
    found = [import_string(path) for path in settings.FILE_EXPORTS]
    return {kind.code: kind for kind in found}
