"""What waits for a person among obligations: to accept what was handed in, to do what is overdue or was returned."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.clock import today
from accounts.names import name_now
from cooperation.agreements.rules import admin_houses
from cooperation.obligations.models import Obligation, ObligationStatus
from cooperation.obligations.showing import RELATED, page, what
from lifecycle.waiting import Line, Queue, waits


def to_accept(user: Any) -> QuerySet[Obligation]:
    """What was handed in to an institution of this person, longest waiting first."""
    found: QuerySet[Obligation] = Obligation.objects.visible_to(user).waiting_for(admin_houses(user))
    return found.select_related(*RELATED).order_by("modified_at", "pk")


def to_do(user: Any) -> QuerySet[Obligation]:
    """What institutions of this person owe and is overdue, or was returned to them; the latest first."""
    rows = Obligation.objects.visible_to(user).owed_by(admin_houses(user))
    late = Q(pk__in=rows.overdue_on(today()).order_by().values("pk"))
    found: QuerySet[Obligation] = rows.filter(late | Q(status=ObligationStatus.RETURNED))
    return found.select_related(*RELATED).order_by("due_on", "pk")


def accept_line(row: Obligation, user: Any) -> Line:
    """By what is promised and who did it."""
    return Line(
        title=f"{row.agreement.number} · {what(row)}", action=_("Accept or return"), url=page(row), since=row.modified_at,
        note=name_now(row.responsible.names),
    )  # fmt: skip


def do_line(row: Obligation, user: Any) -> Line:
    """By what is promised and to whom, with its due date."""
    return Line(
        title=f"{row.agreement.number} · {what(row)}", action=_("Hand in"), url=page(row), due=row.due_on,
        note=name_now(row.beneficiary.names) if row.beneficiary else "",
    )  # fmt: skip


waits(
    Queue(
        "obligations.accept", gettext_lazy("Obligations to accept"), to_accept, accept_line, "/obligations/?view=mine"
    )
)
waits(
    Queue("obligations.overdue", gettext_lazy("Overdue obligations"), to_do, do_line, "/obligations/?view=overdue")
)  # fmt: skip
