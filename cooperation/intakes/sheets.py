"""A list of agreements as a file: each row becomes a draft of the importing institution, once however often it comes."""

import datetime
from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.names import name_in
from cooperation.agreements.rules import admin_houses
from cooperation.intakes.actions import brought_in
from cooperation.intakes.loading import write_drafts
from cooperation.intakes.reading import ASKED, Arrival, Check, Known
from exchange.jobs.handlers import Column, Fault, Importer, Plan, Progress, Row
from exchange.jobs.models import Job, RowState
from institutions.territory.models import Term

EVERY = 100


def may_import(user: Any) -> bool:
    """Administrators bring in the agreements of their own institution."""
    return bool(admin_houses(user))


def kind_choices() -> list[tuple[str, str]]:
    """Kinds of agreement by code."""
    terms = Term.objects.filter(vocabulary="agreement_kind").order_by("position", "pk")
    return [(term.code, name_in(term.names, get_language())) for term in terms]


def also(column: str) -> Callable[[], list[str]]:
    """What lists of the country call this column, in the words of its pack (vocabulary `import_head`)."""

    def words() -> list[str]:
        terms = Term.objects.filter(vocabulary="import_head", code__startswith=f"agreements.{column}.")
        return [word for term in terms.order_by("pk") for word in term.names.values() if word]

    return words


def plan_agreements(rows: list[Row], *, by: Any, at: datetime.datetime, progress: Progress) -> Plan:
    """Checks every row against the register, the answers given before and what came in already; reads only."""
    plan = Plan()
    known = Known.read(rows, by, timezone.localtime(at).date())
    if known is None:
        message = _("Name in each row the one organisation of yours whose agreements these are.")
        plan.faults = [Fault(row.number, "parties", "not_yours", message) for row in rows]
        return plan
    ready: dict[int, Arrival] = {}
    for count, row in enumerate(rows, start=1):
        check = Check(row, known)
        arrival = check.result()
        plan.faults += check.faults
        plan.warnings += check.warnings
        if arrival is not None:
            ready[row.number] = arrival
        if count % EVERY == 0:
            progress(count)
    new = _sorted_out(ready, known, plan)

    def write(told: Progress) -> None:
        write_drafts(new, house=known.house, by=by, at=at, progress=told)
        told(len(rows))

    plan.write = write
    return plan


def _sorted_out(ready: dict[int, Arrival], known: Known, plan: Plan) -> list[Arrival]:
    """Rows that become drafts; a number that stands here already changes nothing, whatever else its row says."""
    new = []
    for number, arrival in ready.items():
        stored = known.stored.get(arrival.key)
        if stored is not None and stored.agreement_key in known.numbers:
            plan.states[number] = RowState.UNCHANGED
        else:
            plan.states[number] = RowState.CREATED
            new.append(arrival)
    return new


def questions_url(job: Job) -> str:
    """Where the questions of a file are answered; empty when nothing is asked."""
    refused = job.rows.filter(state=RowState.REFUSED).values_list("errors", flat=True)
    asks = any(error["code"] in ASKED for errors in refused for error in errors)
    return reverse("intake-questions", args=[job.public_id]) if asks else ""


def drafts_url(job: Job) -> str:
    """Where the drafts of a file are sent to the partners or taken back; empty when it brought in none."""
    return reverse("intake-drafts", args=[job.public_id]) if brought_in(job).exists() else ""


DAY = gettext_lazy("A day such as 2026-09-01 or 01.09.2026")
AGREEMENTS = Importer(
    code="agreements",
    label=gettext_lazy("Agreements"),
    columns=(
        Column("number", gettext_lazy("Number on paper"), required=True, example="12/2023", also=also("number")),
        Column("title", gettext_lazy("Subject"), required=True, also=also("title")),
        Column("kind", gettext_lazy("Kind of agreement"), required=True, choices=kind_choices, also=also("kind")),
        Column("starts_on", gettext_lazy("Starts"), required=True, hint=DAY, example="2023-09-01", also=also("starts_on")),
        Column(
            "ends_on", gettext_lazy("Ends"),
            hint=gettext_lazy("A day, or how long it lasts; empty where it has no end"), example="2026-08-31",
            also=also("ends_on"),
        ),
        Column(
            "parties", gettext_lazy("Parties"), required=True,
            hint=gettext_lazy("Names, or register:number, parted by semicolons"), example="dtm:312",
            also=also("parties"),
        ),
        Column("source", gettext_lazy("Source"), hint=gettext_lazy("The list it comes from")),
    ),
    may=may_import,
    plan=plan_agreements,
    questions=questions_url,
    after=drafts_url,
)  # fmt: skip
