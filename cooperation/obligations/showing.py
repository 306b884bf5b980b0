"""Obligations in words: what was promised and what was done, rows of the list, the page of one."""

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.clock import today
from accounts.names import name_now
from accounts.wording import counted, day_short, number
from cooperation.obligations.models import TO_DO, Evidence, EvidenceState, Obligation, ObligationStatus
from cooperation.obligations.rules import days_late
from institutions.territory.models import Term
from lifecycle.canonical import plain

RELATED = ("agreement", "kind", "form", "responsible", "beneficiary")
AMOUNT = DecimalField(max_digits=18, decimal_places=4)
TONES = {
    "overdue": ("warn", "warning"), "upcoming": ("waiting", "clock"), ObligationStatus.SUBMITTED: ("waiting", "clock"),
    ObligationStatus.RETURNED: ("warn", "pencil"), ObligationStatus.FULFILLED: ("ok", "tick"),
    ObligationStatus.WAIVED: ("ended", "hand"), ObligationStatus.CANCELLED: ("ended", "stop"),
}  # fmt: skip


def with_done(rows: QuerySet[Obligation]) -> QuerySet[Obligation]:
    """The same rows, each knowing how much was accepted (`done`); a proof without a number is one."""
    size = Coalesce("quantity", Value(Decimal(1), output_field=AMOUNT))
    accepted = Evidence.objects.filter(obligation=OuterRef("pk"), state=EvidenceState.ACCEPTED).order_by()
    sums = accepted.values("obligation").annotate(all=Sum(size)).values("all")
    return rows.annotate(done=Coalesce(Subquery(sums), Value(Decimal(0)), output_field=AMOUNT))


def promised_and_done(agreement: Any, on: datetime.date | None = None) -> list[dict[str, Any]]:
    """Promise by promise what an agreement was to bring and what was accepted, by due date; two queries.

    Rows of {what, from, to, promised, unit, done, due_on, state}, and beside them words, url, share (of a hundred) and
    the row itself. `promised` and `done` are decimals (promised None: no number was agreed), `unit` a word, `due_on` a
    date or None, `state` upcoming, overdue, submitted, fulfilled or waived. What was cancelled is left out.
    """
    rows = Obligation.objects.filter(agreement=agreement).exclude(status=ObligationStatus.CANCELLED)
    found = list(with_done(rows).select_related(*RELATED).order_by("due_on", "pk"))
    units = words_of_units(found)
    return [_promise(row, units, on or today()) for row in found]


def _promise(row: Any, units: dict[str, str], on: datetime.date) -> dict[str, Any]:
    state = state_of(row, on)
    return {
        "what": what(row), "from": name_now(row.responsible.names),
        "to": name_now(row.beneficiary.names) if row.beneficiary else "",
        "promised": row.quantity, "unit": units.get(row.unit, row.unit), "done": row.done, "due_on": row.due_on,
        "state": state, "words": state_words(row, on), "url": page(row), "share": share_of(row), "row": row,
        "amount": amount(row.quantity, units.get(row.unit, row.unit)),
        "reached": progress_words(row, units.get(row.unit, row.unit)),
        "badge": badge_of(row, on), "until": day_short(row.due_on) if row.due_on else "",
    }  # fmt: skip


def words_of_units(rows: Iterable[Obligation]) -> dict[str, str]:
    """Words for the codes of their units, read once."""
    codes = {row.unit for row in rows if row.unit}
    found = Term.objects.filter(vocabulary="unit", code__in=codes) if codes else ()
    return {term.code: name_now(term.names) for term in found}


def page(obligation: Obligation, name: str = "detail") -> str:
    """The address of one of its pages."""
    return reverse(f"obligation-{name}", args=[obligation.public_id])


def what(obligation: Obligation) -> str:
    """What is promised, with the form of cooperation where one is named."""
    form = name_now(obligation.form.names) if obligation.form else ""
    return " · ".join(filter(None, [name_now(obligation.kind.names), form]))


def amount(quantity: Decimal | None, unit: str) -> str:
    """A number with its unit; empty for none."""
    return "" if quantity is None else f"{number(quantity)} {unit}".strip()


def progress_words(row: Any, unit: str) -> str:
    """So much of so much."""
    if row.quantity is None:
        return _("done") if row.done else _("nothing accepted yet")
    values = {"done": number(row.done), "promised": amount(row.quantity, unit)}
    return _("%(done)s of %(promised)s") % values


def share_of(row: Any) -> int:
    """How much of it is done, in whole hundredths, at most a hundred."""
    if row.status == ObligationStatus.FULFILLED:
        return 100
    if not row.quantity:
        return 100 if row.done else 0
    return int(min(row.done * 100 / row.quantity, Decimal(100)))


def state_of(obligation: Obligation, on: datetime.date) -> str:
    """Its status, or the label that says more: what is to be done is upcoming until its day, then overdue."""
    if obligation.status in TO_DO and days_late(obligation, on):
        return "overdue"
    return "upcoming" if obligation.status == ObligationStatus.OPEN else str(obligation.status)


def state_words(obligation: Obligation, on: datetime.date) -> str:
    """The same in words, with how long it is overdue or when it is due."""
    state = state_of(obligation, on)
    if state == "overdue":
        return _("Overdue by %(days)s") % {"days": counted(days_late(obligation, on), "day")}
    if state == "upcoming" and obligation.due_on is not None:
        return _("Due on %(day)s") % {"day": day_short(obligation.due_on)}
    return str(ObligationStatus(obligation.status).label)


def badge_of(obligation: Obligation, on: datetime.date) -> dict[str, str]:
    """How it stands, as a badge says it."""
    tone, icon = TONES[state_of(obligation, on)]
    return {"text": state_words(obligation, on), "tone": tone, "icon": icon}


def plain_number(quantity: Decimal | None) -> str | None:
    """A quantity as the API writes it."""
    return None if quantity is None else plain(quantity)
