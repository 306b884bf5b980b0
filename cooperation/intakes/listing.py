"""The agreements of one file as a list: what still has to be sent, what still has to be said, and the same as a file."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import name_now
from accounts.wording import day_short
from cooperation.agreements.filters import AgreementPageFilters
from cooperation.agreements.models import Agreement, AgreementTerm
from cooperation.agreements.presenting import page, with_parts
from cooperation.agreements.standing import parties_of
from cooperation.agreements.statuses import AgreementStatus
from cooperation.intakes.actions import brought_in, drafts_of
from cooperation.intakes.models import Intake
from cooperation.pages.filters import filtered, notes_of
from exchange.jobs.handlers import Exporter
from exchange.jobs.models import Job
from exchange.tables import Head, Table

WAITING, UNDEFINED, ALL = "waiting", "undefined", "all"
MINE = WAITING
VIEW_WORDS = {
    WAITING: gettext_lazy("Not sent yet"),
    UNDEFINED: gettext_lazy("Obligations not yet defined"),
    ALL: gettext_lazy("All"),
}
FILTERS = AgreementPageFilters
SORTS = ("number", "title", "starts_on", "ends_on", "modified_at")
RELATED = ("latest", "kind")


def narrowed(rows: QuerySet[Agreement], view: str, user: Any, on: datetime.date) -> QuerySet[Agreement]:
    """A ready view."""
    if view == WAITING:
        return rows.filter(status=AgreementStatus.DRAFT, shown=None)
    if view == UNDEFINED:
        return rows.filter(Exists(AgreementTerm.objects.filter(revision=OuterRef("latest"), not_yet_defined=True)))
    return rows


def counts_of(rows: QuerySet[Agreement], user: Any, on: datetime.date) -> dict[str, int]:
    """How many each ready view holds."""
    return {view: narrowed(rows, view, user, on).count() for view in VIEW_WORDS}


def default_order(view: str) -> str:
    """In the order of the file."""
    return "number"


def seen_of(job: Job, rows: QuerySet[Agreement]) -> QuerySet[Agreement]:
    """The agreements of a file among these rows."""
    return rows.filter(pk__in=drafts_of(job).values("pk"))


def rows_of(rows: Iterable[Agreement]) -> list[dict[str, Any]]:
    """Agreements as the table shows them, with the number each has on paper."""
    shown = list(rows)
    on_paper = numbers_on_paper([each.public_id for each in shown])
    return [
        {
            "number": each.number, "on_paper": on_paper.get(each.public_id, ""), "title": each.title, "url": page(each),
            "kind": name_now(each.kind.names) if each.kind else "",
            "starts": day_short(each.starts_on) if each.starts_on else "",
            "ends": day_short(each.ends_on) if each.ends_on else "",
            "status": each.status, "word": AgreementStatus(each.status).label,
        }
        for each in shown
    ]  # fmt: skip


def numbers_on_paper(keys: Iterable[str]) -> dict[str, str]:
    """Public id → the number of the list."""
    return dict(Intake.objects.filter(agreement_key__in=list(keys)).values_list("agreement_key", "number"))


def intake_table(user: Any, params: Mapping[str, str], on: datetime.date) -> Table:
    """The agreements of the file named by `job` as filtered; of a file that this person did not send nothing."""
    job = Job.objects.visible_to(user).filter(public_id=params.get("job", "")).first()
    visible: QuerySet[Agreement] = Agreement.objects.visible_to(user)
    rows = seen_of(job, visible) if job else visible.none()
    filters = filtered(FILTERS, params, user, narrowed(rows, params.get("view", ALL), user, on))
    found = filters.qs.order_by("number", "pk")
    on_paper = dict(brought_in(job).values_list("agreement_key", "number")) if job else {}

    def lines() -> Any:
        for each in with_parts(found).iterator(chunk_size=500):
            parties = "; ".join(name_now(party.institution.names) for party in parties_of(each.shown or each.latest))
            yield (
                each.number, on_paper.get(each.public_id, ""), each.title, name_now(each.kind.names) if each.kind else "",
                parties, each.starts_on, each.ends_on, str(AgreementStatus(each.status).label),
            )  # fmt: skip

    heads = [
        Head(_("Agreement number")), Head(_("Number on paper")), Head(_("Subject")), Head(_("Kind of agreement")),
        Head(_("Parties")), Head(_("Starts"), "date"), Head(_("Ends"), "date"), Head(_("Status")),
    ]  # fmt: skip
    return Table(_("Agreements of this list"), "intake", heads, lines(), found.count(), notes_of(filters))


FILE = Exporter(code="intake", label=gettext_lazy("Agreements of this list"), table=intake_table)
