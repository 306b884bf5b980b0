"""The audit list of a month as its officer sees it, on the page and as a file; and patterns in words."""

import datetime
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import name_now
from accounts.wording import moment, month
from cooperation.activities.models import Activity, ConfirmationMethod, Participation, ParticipationState
from cooperation.audit.models import AuditNote, AuditResult
from cooperation.audit.patterns import BURST, PAIR, QUICK, SERIES, Pattern
from cooperation.audit.rules import BURST_DAYS, on_the_list
from exchange.jobs.handlers import Exporter
from exchange.tables import Head, Table
from institutions.registry.models import Institution

MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
PATTERN_WORDS = {
    PAIR: gettext_lazy("Confirm only each other: %(count)s activities in 90 days"),
    BURST: gettext_lazy("%(count)s of the %(of)s entries of the month were made in its last %(days)s days"),
    SERIES: gettext_lazy("%(count)s confirmations in a row, each within seconds of the one before"),
    QUICK: gettext_lazy("%(count)s activities were confirmed by a link within a minute of its making"),
}


def read_month(text: str) -> str | None:
    """A month as it stands in an address; None for anything else."""
    return text if MONTH.fullmatch(text) else None


def beside(month_: str, step: int) -> str:
    """The month before or after."""
    year, number = (int(part) for part in month_.split("-"))
    count = year * 12 + number - 1 + step
    return f"{count // 12}-{count % 12 + 1:02d}"


def with_parts(rows: QuerySet[Activity]) -> QuerySet[Activity]:
    """With whoever confirmed and what calls have brought, read in three queries for any number of rows."""
    confirmed = Participation.objects.filter(state=ParticipationState.STANDS, confirmed_at__isnull=False)
    notes = AuditNote.objects.order_by("-pk")
    return rows.select_related("type", "organiser").prefetch_related(
        Prefetch("participations", confirmed.select_related("institution").order_by("pk"), to_attr="vouched"),
        Prefetch("audit_notes", notes, to_attr="calls"),
    )


def line_of(activity: Any) -> dict[str, Any]:
    """A row of the list in words; the newest call speaks for all of them."""
    last = activity.calls[0] if activity.calls else None
    return {
        "id": activity.public_id, "what": name_now(activity.type.names), "on": activity.starts_on,
        "organiser": name_now(activity.organiser.names), "confirmed": moment(activity.confirmed_at),
        "by": [confirmer(row) for row in activity.vouched], "result": last.result if last else "",
        "words": str(AuditResult(last.result).label) if last else _("Not called yet"),
        "called": moment(last.made_at) if last else "", "note": last.note if last else "",
    }  # fmt: skip


def confirmer(row: Participation) -> str:
    """Which institution vouched for it, and whether with an account."""
    name = name_now(row.institution.names)
    if row.method == ConfirmationMethod.LINK:
        return _("%(institution)s (by a personal link)") % {"institution": name}
    return name


def audit_table(user: Any, params: Mapping[str, str], on: datetime.date) -> Table:
    """The list of a month, row by row, for a file."""
    chosen = read_month(params.get("month", "")) or f"{on:%Y-%m}"
    rows = on_the_list(user, chosen)

    def lines() -> Any:
        for activity in with_parts(rows.order_by("confirmed_at", "pk")).iterator(chunk_size=500):
            line = line_of(activity)
            yield (
                line["id"], line["what"], line["on"], line["organiser"], "; ".join(line["by"]), line["confirmed"],
                line["words"], line["called"], line["note"],
            )  # fmt: skip

    heads = [
        Head(_("Number")), Head(_("What")), Head(_("Date"), "date"), Head(_("Logged by")), Head(_("Confirmed by")),
        Head(_("Confirmed at")), Head(_("Result of the call")), Head(_("Called at")), Head(_("Note")),
    ]  # fmt: skip
    return Table(_("Audit list"), "audit", heads, lines(), rows.count(), [(_("Month"), month(f"{chosen}-01"))])


def patterns_in_words(found: Sequence[Pattern]) -> list[dict[str, Any]]:
    """Each pattern with the institutions it concerns and one sentence."""
    houses = Institution.objects.in_bulk({house for each in found for house in each.houses})
    return [
        {
            "houses": [{"id": houses[key].public_id, "name": name_now(houses[key].names)} for key in each.houses],
            "words": str(PATTERN_WORDS[each.kind]) % {"count": each.count, "of": each.of, "days": BURST_DAYS},
            "kind": each.kind,
        }
        for each in found
    ]  # fmt: skip


AUDIT = Exporter(code="audit", label=gettext_lazy("Audit list"), table=audit_table)
