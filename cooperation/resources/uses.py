"""The use of shared resources, row by row: what every number of it opens into, and the same as a file.

A row says on which day a member of which institution opened what; who it was, nobody is told.
"""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import name_now
from cooperation.pages.filters import filtered, notes_of
from cooperation.resources.filters import UsePageFilters
from cooperation.resources.models import ResourceUse
from exchange.jobs.handlers import Exporter
from exchange.tables import Head, Table
from institutions.registry.scope import houses

SHARED, OWN, ALL = "shared", "own", "all"
MINE = SHARED  # where the page begins: what others did with ours
VIEW_WORDS = {
    SHARED: gettext_lazy("Use of what we share"), OWN: gettext_lazy("Our own use"), ALL: gettext_lazy("All"),
}  # fmt: skip
FILTERS = UsePageFilters
SORTS = ("used_on",)
RELATED = ("resource", "institution")


def narrowed(rows: Any, view: str, user: Any, on: datetime.date) -> QuerySet[ResourceUse]:
    """A ready view."""
    sides = {SHARED: "resource__institution__in", OWN: "institution__in"}
    found: QuerySet[ResourceUse] = rows.filter(**{sides[view]: houses(user)}) if view in sides else rows
    return found


def counts_of(rows: Any, user: Any, on: datetime.date) -> dict[str, int]:
    """How many each ready view holds."""
    return {view: narrowed(rows, view, user, on).count() for view in VIEW_WORDS}


def default_order(view: str) -> str:
    """The newest first."""
    return "-used_on"


def uses_table(user: Any, params: Mapping[str, str], on: datetime.date) -> Table:
    """The list as filtered, row by row, for a file."""
    rows = narrowed(ResourceUse.objects.visible_to(user), params.get("view", ALL), user, on)
    filters = filtered(FILTERS, params, user, rows)
    found = filters.qs.order_by("-used_on", "-pk")

    def lines() -> Any:
        for use in found.select_related(*RELATED, "resource__institution").iterator(chunk_size=500):
            yield (
                use.used_on, use.resource.title, name_now(use.resource.institution.names),
                name_now(use.institution.names),
            )  # fmt: skip

    heads = [Head(_("Date"), "date"), Head(_("Resource")), Head(_("Shared by")), Head(_("Used by"))]
    return Table(_("Use of shared resources"), "uses", heads, lines(), found.count(), notes_of(filters))


FILE = Exporter(code="resource_uses", label=gettext_lazy("Use of shared resources"), table=uses_table)
