"""The list of joint projects as its reader sees it: ready views with counts, filters, and the same as a file."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import name_now
from cooperation.pages.filters import filtered, notes_of
from cooperation.projects.filters import ProjectPageFilters
from cooperation.projects.models import JointProject, OutputState, PartnerState
from cooperation.projects.presenting import RELATED, ROW_PREFETCH, partners_in, standing_of
from cooperation.projects.rules import UNDER_WAY, admin_houses
from exchange.jobs.handlers import Exporter
from exchange.tables import Head, Table

MINE, RUNNING, ALL = "mine", "running", "all"
VIEW_WORDS = {MINE: gettext_lazy("Waiting for you"), RUNNING: gettext_lazy("Running"), ALL: gettext_lazy("All")}
FILTERS = ProjectPageFilters
SORTS = ("title", "starts_on", "ends_on", "modified_at")


def seen_by(user: Any) -> QuerySet[JointProject]:
    """The projects a list or a file of this person starts from."""
    rows: QuerySet[JointProject] = JointProject.objects.visible_to(user)
    return rows


def narrowed(rows: QuerySet[JointProject], view: str, user: Any, on: datetime.date) -> QuerySet[JointProject]:
    """A ready view."""
    if view == MINE:
        return rows.waiting_for(admin_houses(user))  # type: ignore[attr-defined]
    return rows.filter(status__in=UNDER_WAY) if view == RUNNING else rows


def counts_of(rows: QuerySet[JointProject], user: Any, on: datetime.date) -> dict[str, int]:
    """How many each ready view holds."""
    return {view: narrowed(rows, view, user, on).count() for view in VIEW_WORDS}


def default_order(view: str) -> str:
    """What waits longest first, what ends soonest first, else the newest change first."""
    return {MINE: "modified_at", RUNNING: "ends_on"}.get(view, "-modified_at")


def projects_table(user: Any, params: Mapping[str, str], on: datetime.date) -> Table:
    """The list as filtered, row by row, for a file."""
    rows = narrowed(seen_by(user), params.get("view", ALL), user, on)
    filters = filtered(FILTERS, params, user, rows)
    found, own = filters.qs.order_by("-modified_at", "-pk"), admin_houses(user)

    def lines() -> Any:
        for project in found.select_related(*RELATED).prefetch_related(*ROW_PREFETCH).iterator(chunk_size=500):
            standing = standing_of(project, own, on)
            stages, outputs = list(project.stages.all()), list(project.outputs.all())
            partners = partners_in(project, PartnerState.INVITED, PartnerState.ACCEPTED)
            yield (
                project.title, name_now(project.lead.names),
                "; ".join(name_now(each.institution.names) for each in partners),
                standing.words, standing.late, project.starts_on, project.ends_on, project.budget,
                sum(1 for stage in stages if stage.done_on), len(stages),
                sum(1 for output in outputs if output.state == OutputState.DELIVERED), len(outputs),
                project.agreement.number if project.agreement else "",
            )  # fmt: skip

    heads = [
        Head(_("Title")), Head(_("Lead")), Head(_("Partners")), Head(_("Status")), Head(_("Late")),
        Head(_("Starts"), "date"), Head(_("Ends"), "date"), Head(_("Budget"), "number"),
        Head(_("Stages done"), "number"), Head(_("Stages planned"), "number"), Head(_("Outputs delivered"), "number"),
        Head(_("Outputs planned"), "number"), Head(_("Agreement number")),
    ]  # fmt: skip
    return Table(_("Joint projects"), "projects", heads, lines(), found.count(), notes_of(filters))


FILE = Exporter(code="projects", label=gettext_lazy("Joint projects"), table=projects_table)
