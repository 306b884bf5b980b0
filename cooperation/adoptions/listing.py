"""The list of adoptions: what waits for the source, what the own institution uses, all; and the same as a file."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import name_now
from cooperation.adoptions.filters import AdoptionPageFilters
from cooperation.adoptions.models import Adoption, AdoptionStatus
from cooperation.adoptions.rules import speaks_for
from cooperation.adoptions.showing import RELATED
from cooperation.adoptions.subjects import subjects_of
from cooperation.pages.filters import filtered, notes_of
from exchange.jobs.handlers import Exporter
from exchange.tables import Head, Table

MINE, OWN, ALL = "mine", "own", "all"
VIEW_WORDS = {
    MINE: gettext_lazy("Waiting for you"), OWN: gettext_lazy("In use at your organisation"), ALL: gettext_lazy("All"),
}  # fmt: skip
FILTERS = AdoptionPageFilters
SORTS = ("since", "modified_at")
MANY = 500


def narrowed(rows: QuerySet[Adoption], view: str, user: Any, on: datetime.date) -> QuerySet[Adoption]:
    """A ready view."""
    if view == MINE:
        return rows.waiting_for(speaks_for(user), on)  # type: ignore[attr-defined]
    return rows.filter(institution__in=speaks_for(user)).in_use() if view == OWN else rows  # type: ignore[attr-defined]


def counts_of(rows: QuerySet[Adoption], user: Any, on: datetime.date) -> dict[str, int]:
    """How many each ready view holds."""
    return {view: narrowed(rows, view, user, on).count() for view in VIEW_WORDS}


def default_order(view: str) -> str:
    """What waits longest first, else the newest change first."""
    return "modified_at" if view == MINE else "-modified_at"


def adoptions_table(user: Any, params: Mapping[str, str], on: datetime.date) -> Table:
    """The list as filtered, row by row, for a file."""
    rows: QuerySet[Adoption] = Adoption.objects.visible_to(user)
    filters = filtered(FILTERS, params, user, narrowed(rows, params.get("view", ALL), user, on))
    found = filters.qs.order_by("-modified_at", "-pk")

    def lines() -> Any:
        used = list(found.values_list("subject_type", "subject_id").distinct().order_by())
        titles = {key: (each.kind.label, each.title) for key, each in subjects_of(used).items()}
        for each in found.select_related(*RELATED).iterator(chunk_size=MANY):
            label, title = titles.get((each.subject_type, each.subject_id), ("", ""))
            house = each.institution
            yield (
                str(label), title, name_now(house.names), name_now(house.territory.names), each.since,
                str(AdoptionStatus(each.status).label), each.note,
            )  # fmt: skip

    heads = [
        Head(_("What is used")), Head(_("Title")), Head(_("Organisation")), Head(_("Territory")),
        Head(_("In use since"), "date"), Head(_("Status")), Head(_("How it is used")),
    ]  # fmt: skip
    return Table(_("Who uses what"), "adoptions", heads, lines(), found.count(), notes_of(filters))


FILE = Exporter(code="adoptions", label=gettext_lazy("Who uses what"), table=adoptions_table)
