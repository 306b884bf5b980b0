"""The register of problems as its reader sees it: ready views with counts, filters, and the same as a file."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import name_now
from accounts.wording import period_name
from cooperation.pages.filters import filtered, notes_of
from exchange.jobs.handlers import Exporter
from exchange.tables import Head, Table
from labs.laboratories.presenting import title_of
from labs.laboratories.rules import coordinated_houses
from labs.problems.filters import ProblemPageFilters
from labs.problems.models import OPEN as OPEN_STATUSES
from labs.problems.models import Problem, ProblemStatus
from labs.problems.presenting import ROW_RELATED

MINE, OPEN, ALL = "mine", "open", "all"
VIEW_WORDS = {MINE: gettext_lazy("Waiting for you"), OPEN: gettext_lazy("Open"), ALL: gettext_lazy("All")}
FILTERS = ProblemPageFilters
SORTS = ("title", "raised_at", "voices", "modified_at")


def narrowed(rows: Any, view: str, user: Any, on: datetime.date) -> QuerySet[Problem]:
    """A ready view."""
    if view == MINE:
        return rows.waiting_for(coordinated_houses(user))
    return rows.filter(status__in=OPEN_STATUSES) if view == OPEN else rows


def counts_of(rows: QuerySet[Problem], user: Any, on: datetime.date) -> dict[str, int]:
    """How many each ready view holds."""
    return {view: narrowed(rows, view, user, on).count() for view in VIEW_WORDS}


def default_order(view: str) -> str:
    """What waits longest first, what most ask for first, else the newest change first."""
    return {MINE: "raised_at", OPEN: "-voices"}.get(view, "-modified_at")


def problems_table(user: Any, params: Mapping[str, str], on: datetime.date) -> Table:
    """The register as filtered, row by row, for a file."""
    rows: Any = Problem.objects
    filters = filtered(FILTERS, params, user, narrowed(rows.visible_to(user), params.get("view", ALL), user, on))
    found = filters.qs.with_votes().order_by("-modified_at", "-pk")

    def lines() -> Any:
        for problem in found.select_related(*ROW_RELATED, "indicator", "period").iterator(chunk_size=500):
            yield (
                problem.title, title_of(problem.laboratory), name_now(problem.institution.names),
                ProblemStatus(problem.status).label, problem.voices, problem.raised_at, problem.statement,
                problem.evidence, name_now(problem.indicator.names) if problem.indicator else "",
                period_name(problem.period) if problem.period else "", problem.solution,
            )  # fmt: skip

    heads = [
        Head(_("Problem")), Head(_("Laboratory")), Head(_("Raised by")), Head(_("Status")), Head(_("Votes"), "number"),
        Head(_("Raised on"), "date"), Head(_("Statement")), Head(_("Evidence")), Head(_("Indicator")),
        Head(_("Period")), Head(_("How it was solved")),
    ]  # fmt: skip
    return Table(_("Problems"), "problems", heads, lines(), found.count(), notes_of(filters))


FILE = Exporter(code="problems", label=gettext_lazy("Problems"), table=problems_table)
