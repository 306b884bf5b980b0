"""The board and the list of pilot projects as their reader sees them, and the same as a file."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import name_now
from cooperation.pages.filters import filtered, notes_of
from exchange.jobs.handlers import Exporter
from exchange.tables import Head, Table
from labs.pilots.filters import PilotPageFilters
from labs.pilots.models import PilotProject
from labs.pilots.presenting import RELATED, ROW_PREFETCH, standing_of
from labs.pilots.stages import APART_STATUSES, OF_STATUS, staged, words_of
from labs.pilots.turns import waiting_for

MINE, LATE, APART_VIEW, ALL = "mine", "late", "ended", "all"
VIEW_WORDS = {
    ALL: gettext_lazy("Board"), MINE: gettext_lazy("Waiting for you"), LATE: gettext_lazy("Past the deadline"),
    APART_VIEW: gettext_lazy("Stopped and rejected"),
}  # fmt: skip
FILTERS = PilotPageFilters
SORTS = ("title", "deadline", "modified_at")
FIRST = 8  # cards of a column; the rest stands in the list


def seen_by(user: Any) -> QuerySet[PilotProject]:
    """The projects a list or a file of this person starts from."""
    return PilotProject.objects.visible_to(user)


def narrowed(rows: QuerySet[PilotProject], view: str, user: Any, on: datetime.date) -> QuerySet[PilotProject]:
    """A ready view."""
    if view == MINE:
        return waiting_for(rows, user)
    if view == LATE:
        return rows.late(on)  # type: ignore[attr-defined]
    return rows.filter(status__in=APART_STATUSES) if view == APART_VIEW else rows


def counts_of(rows: QuerySet[PilotProject], user: Any, on: datetime.date) -> dict[str, int]:
    """How many each ready view holds."""
    return {view: narrowed(rows, view, user, on).count() for view in VIEW_WORDS}


def default_order(view: str) -> str:
    """What is due first, what waits longest, else the newest change first."""
    return {LATE: "deadline", MINE: "modified_at"}.get(view, "-modified_at")


def stage_counts(rows: QuerySet[PilotProject]) -> dict[int, int]:
    """How many stand in each column."""
    found = staged(rows.order_by()).values("stage").annotate(count=Count("pk")).order_by("stage")
    return {row["stage"]: row["count"] for row in found}


def firsts(rows: QuerySet[PilotProject]) -> QuerySet[PilotProject]:
    """The first cards of every column: what is due first, then the newest change. One question, however many there are."""
    order = [F("deadline").asc(nulls_last=True), F("modified_at").desc(), F("pk").desc()]
    place = Window(RowNumber(), partition_by=F("stage"), order_by=order)
    found = staged(rows).annotate(place=place).filter(place__lte=FIRST).order_by("stage", "place")
    return found.select_related(*RELATED).prefetch_related(*ROW_PREFETCH)


def pilots_table(user: Any, params: Mapping[str, str], on: datetime.date) -> Table:
    """The list as filtered, row by row, for a file."""
    rows = narrowed(seen_by(user), params.get("view", ALL), user, on)
    filters = filtered(FILTERS, params, user, rows)
    found = filters.qs.order_by("-modified_at", "-pk")

    def lines() -> Any:
        for project in found.select_related(*RELATED).prefetch_related(*ROW_PREFETCH).iterator(chunk_size=500):
            standing = standing_of(project, False, on)
            stage = OF_STATUS[project.status]
            yield (
                project.title, name_now(project.laboratory.site.names),
                name_now(project.direction.names) if project.direction else "", stage or None, words_of(stage),
                standing.words, standing.turn, project.first_deadline, project.deadline, standing.late,
                project.submitted_at.date() if project.submitted_at else None, len(project.members.all()),
            )  # fmt: skip

    heads = [
        Head(_("Title")), Head(_("Laboratory")), Head(_("Programme direction")), Head(_("Stage"), "number"),
        Head(_("Name of the stage")), Head(_("Status")), Head(_("Whose turn")), Head(_("First deadline"), "date"),
        Head(_("Deadline"), "date"), Head(_("Late")), Head(_("Submitted"), "date"), Head(_("People"), "number"),
    ]  # fmt: skip
    return Table(_("Pilot projects"), "pilots", heads, lines(), found.count(), notes_of(filters))


FILE = Exporter(code="pilots", label=gettext_lazy("Pilot projects"), table=pilots_table)
