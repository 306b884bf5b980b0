"""AGR.01: obligations delivered on time."""

import datetime
from typing import Any

from django.db.models import F, Min, Q, QuerySet
from django.db.models.functions import Least

from accounts.names import name_now
from cooperation.agreements.indicators import ONE, one_where
from cooperation.obligations.models import Obligation, ObligationStatus
from institutions.territory.models import Term
from lifecycle.models import Event
from quality.catalogue.declared import Entry, Line, Span, counts


def owed() -> QuerySet[Obligation]:
    """What counts: cancelled ones and those of memoranda do not."""
    memoranda = Term.objects.filter(vocabulary="agreement_kind", data__is_memorandum=True)
    rows = Obligation.objects.filter(due_on__isnull=False).exclude(status=ObligationStatus.CANCELLED)
    return rows.exclude(agreement__kind__in=memoranda.values("pk"))


def in_time(span: Span) -> QuerySet[Any, Any]:
    """What was due in the period, at who owes it; one where it is fulfilled and what was accepted had been handed in or
    logged by the due date.
    """
    rows = owed().filter(due_on__gte=span.starts_on, due_on__lte=min(span.ends_on, span.day))
    delivered = Q(status=ObligationStatus.FULFILLED, delivered_on__lte=F("due_on"))
    return rows.values(subject=F("pk"), house=F("responsible_id"), numerator=one_where(delivered), denominator=ONE)


def obligations_for(user: Any) -> QuerySet[Obligation]:
    """Obligations a person may see, with what a line needs."""
    return Obligation.objects.visible_to(user).select_related("agreement", "kind", "responsible__territory")


def obligation_line(row: Obligation) -> Line:
    """An obligation by its agreement and what is promised."""
    return Line(row.public_id, f"{row.agreement.number} · {name_now(row.kind.names)}", row.public_id, row.responsible)


def first_due(keys: list[str]) -> datetime.date | None:
    """The first day on which any of these is due, or was before it was moved."""
    days = Obligation.objects.filter(public_id__in=keys).aggregate(
        day=Min(Least("due_on", "agreed_on", "delivered_on"))
    )["day"]
    moved = Event.objects.filter(subject_type="obligation", subject_id__in=keys, name="reset")
    was = [datetime.date.fromisoformat(text) for text in moved.values_list("detail__was_due", flat=True) if text]
    return min(filter(None, [days, *was]), default=None)


def first_ever() -> datetime.date | None:
    """The first day on which anything was due."""
    return Obligation.objects.aggregate(day=Min("due_on"))["day"]


counts(
    Entry(
        code="AGR.01",
        subject_type="obligation",
        contributions=in_time,
        visible=obligations_for,
        line=obligation_line,
        ordering=("-due_on", "-pk"),
        page="obligation-detail",
        heeds={"obligation": first_due},
        since=first_ever,
        of_reference=False,
    )
)
