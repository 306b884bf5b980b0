"""What each surface says of one cell to a reader without an office: each is asked the way it is drawn."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.auth.models import AnonymousUser

from institutions.territory.models import Territory
from quality.catalogue.figures import plain
from quality.dashboards.board import Board, build
from quality.dashboards.choice import choose
from quality.dashboards.drawing import context_of
from quality.dashboards.saying_json import board_json
from quality.dashboards.writing import table_of_board
from quality.observations.models import ValueState
from quality.rollups.models import Rollup
from quality.values import saying
from quality.values.asking import UnknownChoice
from quality.values.detail import figures_of
from quality.values.protection import hidden_cells
from quality.values.rows import Behind
from quality.values.saying_json import value_json
from quality.values.series import Shown
from quality.values.sheets import lines_of
from quality.values.shown import Reading

READER = AnonymousUser()  # holds no office: what is hidden from anybody is hidden from it
VALUE, STATE, CODE, PLACE = 6, 7, 0, 2  # columns of every table of values (values/writing.py)


@dataclass
class Cell:
    """A stored cell with the dashboards that show it: that of its place and that of the place above."""

    row: Rollup
    above: Territory | None
    at: datetime.datetime

    @property
    def key(self) -> str:
        """The cell in one line."""
        row = self.row
        kind = row.institution_kind.code if row.institution_kind else "*"
        return f"{row.version.indicator.code}/{row.version.version} {row.period.code} {row.territory.code} {kind}"

    @cached_property
    def expected(self) -> str:
        """What must be said: the value that follows from the stored sums, or the state that stands for none."""
        row = self.row
        if row.version.person_based and (row.territory_id, row.institution_kind_id) in hidden_cells(
            row.version, row.period_id
        ):
            return str(ValueState.SUPPRESSED)
        return str(plain(row.value)) if row.state == ValueState.VALUE else str(row.state)

    @cached_property
    def expected_text(self) -> str:
        """The same as people read it."""
        return (
            saying.said(self.row.version, self.row.value) if self.expected == plain(self.row.value) else self.expected
        )

    def board_at(self, place: Territory | None) -> Board | None:
        """The dashboard of a place with this indicator, period and kind."""
        row = self.row
        if place is None:
            return None
        kind = row.institution_kind.code if row.institution_kind else ""
        asked = {"indicator": row.version.indicator.code, "period": row.period.code, "institution_kind": kind}
        try:
            return build(READER, place, choose(asked, place), self.at)
        except UnknownChoice:  # no dashboard offers this period any more
            return None

    @cached_property
    def own(self) -> Board | None:
        return self.board_at(self.row.territory)

    @cached_property
    def around(self) -> Board | None:
        return self.board_at(self.above)


def said(told: Mapping[str, Any], text: str = "value") -> str:
    """A value as text, or the state that stands for none."""
    return str(told[text]) if told["state"] == ValueState.VALUE else str(told["state"])


def on_card(cell: Cell) -> str | None:
    """The headline of the place's dashboard."""
    cards = context_of(cell.own)["cards"] if cell.own else []
    return next((said(card) for card in cards if card["code"] == cell.row.version.indicator.code), None)


def in_table(cell: Cell) -> str | None:
    """The row of the table of the dashboard above."""
    if cell.around is None:
        return None
    codes = [figure.place.code for figure in cell.around.figures]
    rows = dict(zip(codes, context_of(cell.around)["table"].get("rows", ()), strict=False))
    row = rows.get(cell.row.territory.code)
    return said(row["cells"][1], "text").partition(" (")[0] if row else None  # thin data say from how many, behind it


def on_map(cell: Cell) -> str | None:
    """The place on the map of the dashboard above, where it has an outline."""
    drawn = context_of(cell.around)["map"] if cell.around else None
    found = next((row for row in drawn.rows if row.code == cell.row.territory.code), None) if drawn else None
    return said({"value": plain(found.value), "state": found.state}) if found else None


def in_export(cell: Cell) -> str | None:
    """The line of the dashboard's file."""
    wanted = (cell.row.version.indicator.code, cell.row.territory.code)
    lines = table_of_board(cell.own).rows if cell.own else ()
    return next((_line(line) for line in lines if (line[CODE], line[PLACE]) == wanted), None)


def in_file(cell: Cell) -> str | None:
    """The line of the file of all values."""
    return next((_line(line) for line in lines_of([cell.row], READER)), None)


def _line(line: Any) -> str:
    return str(plain(line[VALUE])) if line[STATE] == ValueState.VALUE else str(line[STATE])


def in_api(cell: Cell) -> str | None:
    """The line of the API's values."""
    return said(value_json(cell.row, Reading(READER).shown(cell.row)))


def in_dashboard_api(cell: Cell) -> str | None:
    """The line of the API's dashboard above."""
    rows = board_json(cell.around)["rows"] if cell.around else []
    return next((said(row) for row in rows if row["territory"] == cell.row.territory.code), None)


def on_page(cell: Cell) -> str | None:
    """The figure on the page of the indicator."""
    row = cell.row
    behind = Behind(row.version, row.period, row.period.ends_on, row.territory, None, row.institution_kind)
    return said(figures_of(Shown(behind, Reading(READER))))


SURFACES: dict[str, Callable[[Cell], str | None]] = {
    "card": on_card,
    "table": in_table,
    "map": on_map,
    "export": in_export,
    "file": in_file,
    "api": in_api,
    "dashboard_api": in_dashboard_api,
    "page": on_page,
}
IN_WORDS = ("table", "page", "public_page")  # these hold no exact figure, only what people read
