"""The list of activities as its reader sees it: ready views with counts, filters, and the same as a file."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import name_now
from cooperation.activities.filters import ActivityPageFilters
from cooperation.activities.models import Activity
from cooperation.activities.presenting import PREFETCH, RELATED, partners_of, short_number, status_words
from cooperation.activities.presenting import counts_of as participants
from cooperation.activities.rules import member_houses
from cooperation.pages.filters import filtered, notes_of
from exchange.jobs.handlers import Exporter
from exchange.tables import Head, Table

MINE, RECENT, ALL = "mine", "recent", "all"
VIEW_WORDS = {MINE: gettext_lazy("Waiting for you"), RECENT: gettext_lazy("Recent"), ALL: gettext_lazy("All")}
FILTERS = ActivityPageFilters
SORTS = ("starts_on", "logged_at", "modified_at")
RECENT_DAYS = 30


def seen_by(user: Any) -> QuerySet[Activity]:
    """The activities a list or a file of this person starts from."""
    rows: QuerySet[Activity] = Activity.objects.visible_to(user)
    return rows


def narrowed(rows: QuerySet[Activity], view: str, user: Any, on: datetime.date) -> QuerySet[Activity]:
    """A ready view."""
    if view == MINE:
        return rows.waiting_for(user, member_houses(user))  # type: ignore[attr-defined]
    return rows.filter(starts_on__gt=on - datetime.timedelta(days=RECENT_DAYS)) if view == RECENT else rows


def counts_of(rows: QuerySet[Activity], user: Any, on: datetime.date) -> dict[str, int]:
    """How many each ready view holds."""
    return {view: narrowed(rows, view, user, on).count() for view in VIEW_WORDS}


def default_order(view: str) -> str:
    """What waits longest first, else the newest first."""
    return "logged_at" if view == MINE else "-starts_on"


def activities_table(user: Any, params: Mapping[str, str], on: datetime.date) -> Table:
    """The list as filtered, row by row, for a file."""
    rows = narrowed(seen_by(user), params.get("view", ALL), user, on)
    filters = filtered(FILTERS, params, user, rows)
    found = filters.qs.order_by("-starts_on", "-pk")

    def lines() -> Any:
        for activity in found.select_related(*RELATED).prefetch_related(*PREFETCH).iterator(chunk_size=500):
            partners = "; ".join(name_now(row.institution.names) for row in partners_of(activity))
            yield (
                short_number(activity.public_id), name_now(activity.type.names), name_now(activity.form.names),
                activity.starts_on, name_now(activity.organiser.names), partners, participants(activity),
                activity.hours, activity.agreement.number if activity.agreement else "", status_words(activity),
            )  # fmt: skip

    heads = [
        Head(_("Number")), Head(_("What")), Head(_("Form of cooperation")), Head(_("Date"), "date"),
        Head(_("Logged by the organisation")), Head(_("Partners")), Head(_("How many took part")),
        Head(_("Hours"), "number"), Head(_("Agreement number")), Head(_("Status")),
    ]  # fmt: skip
    return Table(_("Activities"), "activities", heads, lines(), found.count(), notes_of(filters))


FILE = Exporter(code="activities", label=gettext_lazy("Activities"), table=activities_table)
