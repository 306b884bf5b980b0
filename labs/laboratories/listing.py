"""The list of laboratories as its reader sees it: ready views with counts, filters, and the same as a file."""

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
from labs.laboratories.filters import LaboratoryPageFilters
from labs.laboratories.models import Laboratory, LaboratoryStatus
from labs.laboratories.presenting import ROW_PREFETCH, ROW_RELATED, members_on

MINE, ACTIVE, ALL = "mine", "active", "all"
VIEW_WORDS = {MINE: gettext_lazy("Waiting for you"), ACTIVE: gettext_lazy("Active"), ALL: gettext_lazy("All")}
FILTERS = LaboratoryPageFilters
SORTS = ("site__sort_key", "opened_at", "modified_at")


def narrowed(rows: Any, view: str, user: Any, on: datetime.date) -> QuerySet[Laboratory]:
    """A ready view."""
    if view == MINE:
        return rows.waiting_for(user)
    return rows.filter(status=LaboratoryStatus.ACTIVE) if view == ACTIVE else rows


def counts_of(rows: QuerySet[Laboratory], user: Any, on: datetime.date) -> dict[str, int]:
    """How many each ready view holds."""
    return {view: narrowed(rows, view, user, on).count() for view in VIEW_WORDS}


def default_order(view: str) -> str:
    """What waits longest first, else the newest change first."""
    return "modified_at" if view == MINE else "-modified_at"


def laboratories_table(user: Any, params: Mapping[str, str], on: datetime.date) -> Table:
    """The list as filtered, row by row, for a file."""
    rows = narrowed(Laboratory.objects.all().visible_to(user), params.get("view", ALL), user, on)
    filters = filtered(FILTERS, params, user, rows)
    found = filters.qs.order_by("-modified_at", "-pk")

    def lines() -> Any:
        for lab in found.select_related(*ROW_RELATED).prefetch_related(*ROW_PREFETCH).iterator(chunk_size=500):
            yield (
                name_now(lab.site.names), name_now(lab.host.names), name_now(lab.cluster.names),
                name_now(lab.site.territory.names), LaboratoryStatus(lab.status).label, lab.opened_at,
                "; ".join(name_now(each.names) for each in lab.directions.all()),
                "; ".join(name_now(each.institution.names) for each in members_on(lab, on)),
            )  # fmt: skip

    heads = [
        Head(_("Laboratory")), Head(_("Host")), Head(_("Cluster")), Head(_("Territory")), Head(_("Status")),
        Head(_("Opened"), "date"), Head(_("Directions of activity")), Head(_("Members")),
    ]  # fmt: skip
    return Table(_("Laboratories"), "laboratories", heads, lines(), found.count(), notes_of(filters))


FILE = Exporter(code="laboratories", label=gettext_lazy("Laboratories"), table=laboratories_table)
