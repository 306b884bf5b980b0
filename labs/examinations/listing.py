"""The list of examinations as a coordinator sees it: ready views with counts, filters, and the same as a file."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import name_now
from cooperation.pages.filters import filtered, notes_of
from exchange.jobs.handlers import Exporter
from exchange.tables import Head, Table
from labs.examinations.filters import ExaminationPageFilters
from labs.examinations.models import Decision, Examination, ExaminationStatus
from labs.examinations.presenting import RELATED, ROW_PREFETCH, taken_of

MINE, OPEN, ALL = "mine", "open", "all"
VIEW_WORDS = {MINE: gettext_lazy("Waiting for you"), OPEN: gettext_lazy("Open"), ALL: gettext_lazy("All")}
FILTERS = ExaminationPageFilters
SORTS = ("round", "opened_at", "decided_at", "modified_at")


def seen_by(user: Any) -> QuerySet[Examination]:
    """The examinations a list or a file of this person starts from."""
    rows: QuerySet[Examination] = Examination.objects.visible_to(user)
    return rows


def narrowed(rows: QuerySet[Examination], view: str, user: Any, on: datetime.date) -> QuerySet[Examination]:
    """A ready view."""
    if view == MINE:
        return rows.waiting()  # type: ignore[attr-defined]
    return rows.filter(status=ExaminationStatus.OPEN) if view == OPEN else rows


def counts_of(rows: QuerySet[Examination], user: Any, on: datetime.date) -> dict[str, int]:
    """How many each ready view holds."""
    return {view: narrowed(rows, view, user, on).count() for view in VIEW_WORDS}


def default_order(view: str) -> str:
    """What waits longest first, else the newest change first."""
    return "modified_at" if view == MINE else "-modified_at"


def examinations_table(user: Any, params: Mapping[str, str], on: datetime.date) -> Table:
    """The list as filtered, row by row, for a file: no expert is named in it."""
    filters = filtered(FILTERS, params, user, narrowed(seen_by(user), params.get("view", ALL), user, on))
    found = filters.qs.order_by("-modified_at", "-pk")

    def lines() -> Any:
        for each in found.select_related(*RELATED).prefetch_related(*ROW_PREFETCH).iterator(chunk_size=500):
            taken = taken_of(each)
            yield (
                each.blind.code, each.project.title, name_now(each.project.laboratory.site.names), each.round,
                ExaminationStatus(each.status).label, Decision(each.decision).label if each.decision else "",
                taken.asked, taken.submitted, each.opened_at.date(), each.decided_at and each.decided_at.date(),
            )  # fmt: skip

    heads = [
        Head(_("Code")), Head(_("Project")), Head(_("Laboratory")), Head(_("Round"), "number"), Head(_("Status")),
        Head(_("Decision")), Head(_("Experts asked"), "number"), Head(_("Reviews submitted"), "number"),
        Head(_("Opened on"), "date"), Head(_("Decided on"), "date"),
    ]  # fmt: skip
    return Table(_("Examinations"), "examinations", heads, lines(), found.count(), notes_of(filters))


FILE = Exporter(code="examinations", label=gettext_lazy("Examinations"), table=examinations_table)
