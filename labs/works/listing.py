"""The works of laboratories as their reader sees them: ready views with counts, filters, and the same as a file."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperation.pages.filters import filtered, notes_of
from exchange.jobs.handlers import Exporter
from exchange.tables import Head, Table
from labs.laboratories.presenting import title_of
from labs.works.filters import WorkPageFilters
from labs.works.models import Work
from labs.works.presenting import PREFETCH, ROW_RELATED, names_of, project_of

MINE, ALL = "mine", "all"
VIEW_WORDS = {MINE: gettext_lazy("My works"), ALL: gettext_lazy("All")}
FILTERS = WorkPageFilters
SORTS = ("resource__title", "year", "modified_at")


def narrowed(rows: Any, view: str, user: Any, on: datetime.date) -> QuerySet[Work]:
    """A ready view."""
    return rows.of_author(user) if view == MINE else rows


def counts_of(rows: QuerySet[Work], user: Any, on: datetime.date) -> dict[str, int]:
    """How many each ready view holds."""
    return {view: narrowed(rows, view, user, on).count() for view in VIEW_WORDS}


def default_order(view: str) -> str:
    """The newest change first."""
    return "-modified_at"


def works_table(user: Any, params: Mapping[str, str], on: datetime.date) -> Table:
    """The list as filtered, row by row, for a file."""
    rows: Any = Work.objects
    filters = filtered(FILTERS, params, user, narrowed(rows.visible_to(user), params.get("view", ALL), user, on))
    found = filters.qs.order_by("-modified_at", "-pk")

    def lines() -> Any:
        for work in found.select_related(*ROW_RELATED).prefetch_related(*PREFETCH).iterator(chunk_size=500):
            yield (
                work.resource.title, work.get_kind_display(), names_of(work), work.year, work.published_in, work.doi,
                title_of(work.laboratory), project_of(work), work.resource.get_status_display(),
            )  # fmt: skip

    heads = [
        Head(_("Title")), Head(_("Kind")), Head(_("Authors")), Head(_("Year"), "number"), Head(_("Published in")),
        Head("DOI"), Head(_("Laboratory")), Head(_("Project")), Head(_("Status")),
    ]  # fmt: skip
    return Table(_("Works"), "works", heads, lines(), found.count(), notes_of(filters))


FILE = Exporter(code="works", label=gettext_lazy("Works"), table=works_table)
