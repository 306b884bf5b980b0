"""The catalogue of practices as its reader sees it, and the same as a file."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import name_now
from cooperation.pages.filters import filtered, notes_of
from cooperation.practices.filters import PracticePageFilters
from cooperation.practices.models import Practice
from cooperation.reviewing.listing import ALL, MINE, SORTS, VIEW_WORDS, counts_of, default_order, narrowed
from cooperation.reviewing.models import ReviewStatus
from exchange.jobs.handlers import Exporter
from exchange.tables import Head, Table

__all__ = ["ALL", "FILE", "FILTERS", "MINE", "SORTS", "VIEW_WORDS", "counts_of", "default_order", "narrowed"]
FILTERS = PracticePageFilters
RELATED = ("institution", "form")


def practices_table(user: Any, params: Mapping[str, str], on: datetime.date) -> Table:
    """The list as filtered, row by row, for a file."""
    rows = narrowed(Practice.objects.visible_to(user), params.get("view", ALL), user, on)
    filters = filtered(FILTERS, params, user, rows)
    found = filters.qs.order_by("-modified_at", "-pk")

    def lines() -> Any:
        for practice in found.select_related(*RELATED).iterator(chunk_size=500):
            yield (
                practice.title, name_now(practice.form.names) if practice.form else "",
                name_now(practice.institution.names), ReviewStatus(practice.status).label, practice.published_at,
                practice.done, practice.outcome,
            )  # fmt: skip

    heads = [
        Head(_("Title")), Head(_("Form of cooperation")), Head(_("Organisation")), Head(_("Status")),
        Head(_("Published"), "date"), Head(_("What was done")), Head(_("What came of it")),
    ]  # fmt: skip
    return Table(_("Good practices"), "practices", heads, lines(), found.count(), notes_of(filters))


FILE = Exporter(code="practices", label=gettext_lazy("Good practices"), table=practices_table)
