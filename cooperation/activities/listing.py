"""The list of activities as its reader sees it: ready views with counts, filters, and the same as a file."""

import datetime
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import name_now
from cooperation.activities.filters import ActivityFilters
from cooperation.activities.models import Activity
from cooperation.activities.presenting import PREFETCH, RELATED, partners_of, short_number, status_words
from cooperation.activities.presenting import counts_of as participants
from cooperation.activities.rules import member_houses
from cooperation.agreements.listing import chips_of as chips_in_use
from exchange.jobs.handlers import Exporter
from exchange.tables import Head, Table
from institutions.territory.models import Territory

MINE, RECENT, ALL = "mine", "recent", "all"
VIEW_WORDS = {MINE: gettext_lazy("Waiting for you"), RECENT: gettext_lazy("Recent"), ALL: gettext_lazy("All")}
SORTS = ("starts_on", "logged_at", "modified_at")
RECENT_DAYS = 30


class ActivityPageFilters(ActivityFilters):
    """The filters as the page shows them: what, form, status, region and dates stand open, the rest is kept."""

    field_order = ("type", "status", "form", "territory", "from", "to")
    hidden = ("institution", "agreement", "turn")

    def get_form_class(self) -> type[forms.Form]:
        form_class = super().get_form_class()
        form_class.field_order = list(self.field_order)
        return form_class

    @cached_property
    def form(self) -> Any:
        """Made once: the options of places and words are read from the database."""
        form = super().form
        chosen = form.data.get("territory") or ""
        shown = Territory.objects.filter(Q(depth=1) | Q(code=chosen)).order_by("depth", "sort_key", "pk")
        options = [("", _("All")), *((place.code, name_now(place.names)) for place in shown)]
        form.fields["territory"].widget = forms.Select(choices=options)
        for name in ("type", "form"):
            form.fields[name].label_from_instance = lambda term: name_now(term.names)
        for name in ("from", "to"):
            form.fields[name].widget = forms.DateInput(attrs={"type": "date"})
        for name in self.hidden:
            form.fields[name].widget = forms.HiddenInput()
        return form


# a word of the language, and a word the class uses itself: neither is inherited as an attribute
ActivityPageFilters.base_filters |= {name: ActivityFilters.base_filters[name] for name in ("from", "form")}


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


def filters_of(params: Mapping[str, str] | QueryDict, user: Any, rows: QuerySet[Activity]) -> ActivityPageFilters:
    """The filters of the list over these rows."""
    return ActivityPageFilters(params, rows, request=SimpleNamespace(user=user))


def activities_table(user: Any, params: Mapping[str, str], on: datetime.date) -> Table:
    """The list as filtered, row by row, for a file."""
    rows = narrowed(seen_by(user), params.get("view", ALL), user, on)
    chosen = {name: value for name, value in params.items() if name in ActivityPageFilters.base_filters}
    filters = filters_of(chosen, user, rows)
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
    notes = [(str(filters.form.fields[name].label), str(value)) for name, value in chosen.items() if value]
    return Table(_("Activities"), "activities", heads, lines(), found.count(), notes)


ACTIVITIES = Exporter(code="activities", label=gettext_lazy("Activities"), table=activities_table)
FILTERS, FILE, chips_of = ActivityPageFilters, ACTIVITIES, chips_in_use  # what the page asks its listing for
