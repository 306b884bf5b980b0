"""The list of shared resources as its reader sees it, and the same as a file."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import name_now
from cooperation.pages.filters import filtered, notes_of
from cooperation.resources.filters import ResourcePageFilters
from cooperation.resources.models import Resource, ResourceKind, ResourceRights
from cooperation.reviewing.listing import ALL, MINE, SORTS, VIEW_WORDS, counts_of, default_order, narrowed
from cooperation.reviewing.models import ReviewStatus
from exchange.jobs.handlers import Exporter
from exchange.tables import Head, Table

__all__ = ["ALL", "FILE", "FILTERS", "MINE", "SORTS", "VIEW_WORDS", "counts_of", "default_order", "narrowed"]
FILTERS = ResourcePageFilters


def resources_table(user: Any, params: Mapping[str, str], on: datetime.date) -> Table:
    """The list as filtered, row by row, for a file."""
    rows = narrowed(Resource.objects.visible_to(user), params.get("view", ALL), user, on)
    filters = filtered(FILTERS, params, user, rows)
    found = filters.qs.order_by("-modified_at", "-pk")

    def lines() -> Any:
        for resource in found.select_related("institution").iterator(chunk_size=500):
            yield (
                resource.title, ResourceKind(resource.kind).label, ResourceRights(resource.rights).label,
                name_now(resource.institution.names), ReviewStatus(resource.status).label, resource.published_at,
                resource.description,
            )  # fmt: skip

    heads = [
        Head(_("Title")), Head(_("Kind")), Head(_("Who may use it")), Head(_("Organisation")), Head(_("Status")),
        Head(_("Published"), "date"), Head(_("What it is")),
    ]  # fmt: skip
    return Table(_("Shared resources"), "resources", heads, lines(), found.count(), notes_of(filters))


FILE = Exporter(code="resources", label=gettext_lazy("Shared resources"), table=resources_table)
