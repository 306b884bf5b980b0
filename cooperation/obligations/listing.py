"""The list of obligations: what waits for the own word, what the own institution owes, what is overdue, all; and as a file."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import name_now
from cooperation.agreements.rules import admin_houses
from cooperation.obligations.filters import ObligationPageFilters
from cooperation.obligations.models import Obligation
from cooperation.obligations.showing import RELATED, state_words, what, with_done, words_of_units
from cooperation.pages.filters import filtered, notes_of
from exchange.jobs.handlers import Exporter
from exchange.tables import Head, Table

MINE, OWN, OVERDUE, ALL = "mine", "own", "overdue", "all"
VIEW_WORDS = {
    MINE: gettext_lazy("Waiting for you"), OWN: gettext_lazy("Your organisation has to do"),
    OVERDUE: gettext_lazy("Overdue"), ALL: gettext_lazy("All"),
}  # fmt: skip
FILTERS = ObligationPageFilters
SORTS = ("due_on", "modified_at")
MANY = 500


def narrowed(rows: Any, view: str, user: Any, on: datetime.date) -> QuerySet[Obligation]:
    """A ready view."""
    if view == MINE:
        return rows.waiting_for(admin_houses(user))
    if view == OWN:
        return rows.owed_by(admin_houses(user))
    return rows.overdue_on(on) if view == OVERDUE else rows


def counts_of(rows: Any, user: Any, on: datetime.date) -> dict[str, int]:
    """How many each ready view holds."""
    return {view: narrowed(rows, view, user, on).count() for view in VIEW_WORDS}


def default_order(view: str) -> str:
    """What waits longest first, what is due soonest first, else the newest change first."""
    return {MINE: "modified_at", OWN: "due_on", OVERDUE: "due_on"}.get(view, "-modified_at")


def obligations_table(user: Any, params: Mapping[str, str], on: datetime.date) -> Table:
    """The list as filtered, row by row, for a file."""
    rows: QuerySet[Obligation] = Obligation.objects.visible_to(user)
    filters = filtered(FILTERS, params, user, narrowed(rows, params.get("view", ALL), user, on))
    found = filters.qs.order_by("-modified_at", "-pk")

    def lines() -> Any:
        keys = found.order_by().values("pk")
        units = words_of_units(
            Obligation.objects.filter(pk__in=keys).only("unit").order_by("unit").distinct("unit")
        )  # scoped above
        each: Any
        for each in with_done(found).select_related(*RELATED).iterator(chunk_size=MANY):
            yield (
                each.agreement.number, what(each), name_now(each.responsible.names),
                name_now(each.beneficiary.names) if each.beneficiary else "", each.quantity, each.done,
                units.get(each.unit, each.unit), each.due_on, state_words(each, on),
            )  # fmt: skip

    heads = [
        Head(_("Agreement number")), Head(_("What is promised")), Head(_("Who does it")), Head(_("For whom")),
        Head(_("How much"), "number"), Head(_("Accepted"), "number"), Head(_("Unit")), Head(_("Until"), "date"),
        Head(_("Status")),
    ]  # fmt: skip
    return Table(_("Obligations"), "obligations", heads, lines(), found.count(), notes_of(filters))


FILE = Exporter(code="obligations", label=gettext_lazy("Obligations"), table=obligations_table)
