"""The list of joint programmes as its reader sees it: ready views with counts, filters, and the same as a file."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperation.pages.filters import filtered, notes_of
from cooperation.programmes.filters import ProgrammePageFilters
from cooperation.programmes.models import JointProgramme, ProgrammeStatus
from cooperation.programmes.presenting import PREFETCH, RELATED, rows_of
from cooperation.projects.rules import admin_houses
from exchange.jobs.handlers import Exporter
from exchange.tables import Head, Table

MINE, IN_WORK, ALL = "mine", "in_work", "all"
VIEW_WORDS = {MINE: gettext_lazy("Waiting for you"), IN_WORK: gettext_lazy("In work"), ALL: gettext_lazy("All")}
FILTERS = ProgrammePageFilters
SORTS = ("title", "modified_at")
AT_ONCE = 500


def narrowed(rows: QuerySet[JointProgramme], view: str, user: Any, on: datetime.date) -> QuerySet[JointProgramme]:
    """A ready view."""
    if view == MINE:
        return rows.waiting_for(admin_houses(user))  # type: ignore[attr-defined]
    return rows.filter(status=ProgrammeStatus.IN_WORK) if view == IN_WORK else rows


def counts_of(rows: QuerySet[JointProgramme], user: Any, on: datetime.date) -> dict[str, int]:
    """How many each ready view holds."""
    return {view: narrowed(rows, view, user, on).count() for view in VIEW_WORDS}


def default_order(view: str) -> str:
    """What waits longest first, else the newest change first."""
    return "modified_at" if view == MINE else "-modified_at"


def programmes_table(user: Any, params: Mapping[str, str], on: datetime.date) -> Table:
    """The list as filtered, row by row, for a file."""
    rows: QuerySet[JointProgramme] = JointProgramme.objects.visible_to(user)
    filters = filtered(FILTERS, params, user, narrowed(rows, params.get("view", ALL), user, on))
    found, own = filters.qs.order_by("-modified_at", "-pk"), admin_houses(user)

    def lines() -> Any:
        every = found.select_related(*RELATED).prefetch_related(*PREFETCH).iterator(chunk_size=AT_ONCE)
        for row in rows_of(every, own):
            yield (
                row["title"], row["lead"], "; ".join(row["members"]), "; ".join(row["fields"]), row["level"],
                row["standing"]["text"], row["version"], row["approved"], row["used"],
            )  # fmt: skip

    heads = [
        Head(_("Title")), Head(_("Lead")), Head(_("Working group")), Head(_("Fields of study")),
        Head(_("Level of education")), Head(_("Status")), Head(_("In force")), Head(_("Approved on")),
        Head(_("Organisations that use it"), "number"),
    ]  # fmt: skip
    return Table(_("Joint programmes"), "programmes", heads, lines(), found.count(), notes_of(filters))


FILE = Exporter(code="programmes", label=gettext_lazy("Joint programmes"), table=programmes_table)
