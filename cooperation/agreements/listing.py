"""The list of agreements as its reader sees it: ready views with counts, filters, and the same as a file."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import name_now
from cooperation.agreements.filters import AgreementPageFilters
from cooperation.agreements.models import Agreement
from cooperation.agreements.presenting import status_words, with_parts
from cooperation.agreements.rules import acting_houses
from cooperation.agreements.standing import ALERT_DAYS, NEW_DAYS, parties_of, standing_for
from cooperation.agreements.statuses import AgreementStatus
from cooperation.pages.filters import filtered, notes_of
from exchange.jobs.handlers import Exporter
from exchange.tables import Head, Table

MINE, EXPIRING, NEW, ALL = "mine", "expiring", "new", "all"
VIEW_WORDS = {
    MINE: gettext_lazy("Waiting for you"),
    EXPIRING: gettext_lazy("Expiring soon"),
    NEW: gettext_lazy("Recently started"),
    ALL: gettext_lazy("All"),
}
FILTERS = AgreementPageFilters
SORTS = ("number", "title", "ends_on", "modified_at", "turn_since")


def seen_by(user: Any) -> QuerySet[Agreement]:
    """The agreements a list or a file of this person starts from."""
    rows: QuerySet[Agreement] = Agreement.objects.visible_to(user)
    return rows


def condition(view: str, on: datetime.date) -> Q:
    """What a ready view asks of an agreement's own columns."""
    if view == EXPIRING:
        return Q(status=AgreementStatus.IN_FORCE, ends_on__lte=on + datetime.timedelta(days=ALERT_DAYS))
    if view == NEW:
        return Q(status=AgreementStatus.IN_FORCE, in_force_from__gt=on - datetime.timedelta(days=NEW_DAYS))
    return Q()


def narrowed(rows: QuerySet[Agreement], view: str, user: Any, on: datetime.date) -> QuerySet[Agreement]:
    """A ready view."""
    if view == MINE:
        return rows.waiting_for(acting_houses(user))  # type: ignore[attr-defined]
    return rows.filter(condition(view, on))


def counts_of(rows: QuerySet[Agreement], user: Any, on: datetime.date) -> dict[str, int]:
    """How many each ready view holds; all but the own turn in one pass over the visible rows."""
    passed = {view: Count("pk", filter=condition(view, on)) for view in (EXPIRING, NEW)}
    found = rows.order_by().aggregate(**{ALL: Count("pk")}, **passed)
    return {view: found.get(view, 0) for view in VIEW_WORDS} | {MINE: narrowed(rows, MINE, user, on).count()}


def default_order(view: str) -> str:
    """What waits longest first, what ends soonest first, else the newest change first."""
    return {MINE: "turn_since", EXPIRING: "ends_on"}.get(view, "-modified_at")


def agreements_table(user: Any, params: Mapping[str, str], on: datetime.date) -> Table:
    """The list as filtered, row by row, for a file."""
    rows = narrowed(seen_by(user), params.get("view", ALL), user, on)
    filters = filtered(FILTERS, params, user, rows)
    found = filters.qs.order_by("number", "pk")
    acting = acting_houses(user)

    def lines() -> Any:
        for agreement in with_parts(found).iterator(chunk_size=500):
            standing = standing_for(agreement, acting, on)
            parties = parties_of(agreement.shown or agreement.latest)
            yield (
                agreement.number, agreement.title, name_now(agreement.kind.names) if agreement.kind else "",
                "; ".join(name_now(party.institution.names) for party in parties), status_words(standing),
                agreement.starts_on, agreement.ends_on,
            )  # fmt: skip

    heads = [
        Head(_("Agreement number")), Head(_("Subject")), Head(_("Kind of agreement")), Head(_("Parties")),
        Head(_("Status")), Head(_("Starts"), "date"), Head(_("Ends"), "date"),
    ]  # fmt: skip
    return Table(_("Agreements"), "agreements", heads, lines(), found.count(), notes_of(filters))


FILE = Exporter(code="agreements", label=gettext_lazy("Agreements"), table=agreements_table)
