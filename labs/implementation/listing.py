"""The list of steps as its reader sees it: what waits for them, what is late, and the same as a file."""

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
from labs.implementation.filters import StepPageFilters
from labs.implementation.models import OPEN_STEPS, ImplementationStep
from labs.implementation.presenting import step_standing
from labs.implementation.rules import own_houses

MINE, LATE, ALL = "mine", "late", "all"
VIEW_WORDS = {MINE: gettext_lazy("Waiting for you"), LATE: gettext_lazy("Overdue"), ALL: gettext_lazy("All")}
FILTERS = StepPageFilters
SORTS = ("title", "due_on", "modified_at")


def seen_by(user: Any) -> QuerySet[ImplementationStep]:
    """The steps a list or a file of this person starts from."""
    rows: QuerySet[ImplementationStep] = ImplementationStep.objects.visible_to(user)
    return rows


def narrowed(rows: Any, view: str, user: Any, on: datetime.date) -> QuerySet[ImplementationStep]:
    """A ready view."""
    if view == MINE:
        return rows.owned_by(own_houses(user)).open()
    return rows.filter(status__in=OPEN_STEPS, due_on__lt=on) if view == LATE else rows


def counts_of(rows: Any, user: Any, on: datetime.date) -> dict[str, int]:
    """How many each ready view holds."""
    return {view: narrowed(rows, view, user, on).count() for view in VIEW_WORDS}


def default_order(view: str) -> str:
    """What is due first."""
    return "due_on"


def steps_table(user: Any, params: Mapping[str, str], on: datetime.date) -> Table:
    """The list as filtered, row by row, for a file."""
    rows = narrowed(seen_by(user), params.get("view", ALL), user, on)
    filters = filtered(FILTERS, params, user, rows)
    found = filters.qs.order_by("due_on", "pk").select_related("project", "owner")

    def lines() -> Any:
        for step in found.iterator(chunk_size=500):
            yield (
                step.project.title, step.title, name_now(step.owner.names), step.resources, step.starts_on, step.due_on,
                step_standing(step, on)["words"],
            )  # fmt: skip

    heads = [
        Head(_("Pilot project")), Head(_("Step")), Head(_("Who does it")), Head(_("Resources")),
        Head(_("Starts"), "date"), Head(_("Until"), "date"), Head(_("Status")),
    ]  # fmt: skip
    return Table(_("Steps of pilot projects"), "steps", heads, lines(), found.count(), notes_of(filters))


FILE = Exporter(code="steps", label=gettext_lazy("Steps of pilot projects"), table=steps_table)
