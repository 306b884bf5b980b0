"""Who hands in, who accepts, and the table of moves of an obligation (product 3.3)."""

import datetime
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cooperation.agreements.models import AgreementParty
from cooperation.agreements.rules import admin_houses
from cooperation.agreements.statuses import AgreementStatus
from cooperation.obligations.covering import delivered_on
from cooperation.obligations.models import TO_DO, UNFINISHED, EvidenceState
from cooperation.obligations.models import ObligationStatus as O
from institutions.registry.models import Institution
from lifecycle.transitions import Condition, Lifecycle, Transition, by_system

ACCEPTS = "accept_obligation"  # the purpose of personal links
STEPS = (1, 7, 30)  # days late: the responsible party, its head, every party


def owes(user: Any, obligation: Any) -> bool:
    """An administrator of the responsible party."""
    return user is not None and obligation.responsible_id in admin_houses(user)


def benefits(user: Any, obligation: Any) -> bool:
    """An administrator of the party it is owed to; where none is named, of any other party."""
    own = admin_houses(user) - {obligation.responsible_id} if user is not None else set()
    if obligation.beneficiary_id is not None or not own:
        return obligation.beneficiary_id in own
    return AgreementParty.objects.filter(agreement=obligation.agreement_id, institution__in=own).exists()


def beneficiaries(obligation: Any) -> QuerySet[Institution]:
    """The party it is owed to; where none is named, every other party that is bound."""
    if obligation.beneficiary_id is not None:
        return Institution.objects.filter(pk=obligation.beneficiary_id)
    bound = AgreementParty.objects.filter(agreement=obligation.agreement_id, signs=True)
    others = Institution.objects.filter(pk__in=bound.values("institution")).exclude(pk=obligation.responsible_id)
    return others.order_by("sort_key", "pk")


def link_benefits(link: Any, obligation: Any) -> bool:
    """Or the bearer of a personal link, for the party it was made out for."""
    if (link.purpose, link.subject_id) != (ACCEPTS, obligation.public_id):
        return False
    return bool(beneficiaries(obligation).filter(public_id=link.institution).exists())


def owes_or_benefits(user: Any, obligation: Any) -> bool:
    """Either side."""
    return owes(user, obligation) or benefits(user, obligation)


def has_evidence(obligation: Any) -> Iterator[Condition]:
    """Nothing is handed in without something that shows it."""
    if not obligation.evidence.standing().exists():
        yield Condition("evidence_missing", _("Add at least one piece of evidence first."), "/evidence")


def is_covered(obligation: Any) -> Iterator[Condition]:
    """What was accepted reaches what was promised."""
    accepted = obligation.evidence.filter(state=EvidenceState.ACCEPTED)
    if delivered_on(list(accepted), obligation.quantity) is None:
        said = _("The evidence does not reach what was promised. Return it, or waive the rest.")
        yield Condition("not_covered", said, "/evidence")


def days_late(obligation: Any, on: datetime.date) -> int:
    """How many days it is overdue, nought while it is not; suspended agreements stand still."""
    agreement = obligation.agreement
    if obligation.status not in TO_DO or obligation.late_after is None:
        return 0
    if agreement.status == AgreementStatus.SUSPENDED and agreement.suspended_on is not None:
        on = min(on, agreement.suspended_on - datetime.timedelta(days=1))
    return max((on - obligation.late_after).days, 0)


OBLIGATION = Lifecycle(
    "obligation",
    Transition("submit", TO_DO, O.SUBMITTED, owes, _("Hand in"), must_hold=has_evidence),
    Transition(
        "accept", (O.OPEN, O.SUBMITTED), O.FULFILLED, benefits, _("Accept"), must_hold=is_covered, by_link=link_benefits
    ),
    Transition("cover", UNFINISHED, O.FULFILLED, by_system, _("Covered by joint work")),
    Transition("return", (O.SUBMITTED,), O.RETURNED, benefits, _("Return"), needs_reason=True, by_link=link_benefits),
    Transition("waive", TO_DO, O.WAIVED, benefits, _("Waive"), needs_reason=True, dangerous=True),
    Transition("cancel", TO_DO, O.CANCELLED, by_system, _("Cancelled")),
    Transition("uncover", (O.FULFILLED,), O.OPEN, by_system, _("Open again: evidence is no longer verified")),
    Transition("revive", (O.CANCELLED,), O.OPEN, by_system, _("Open again: back in the agreement")),
    Transition("reset", UNFINISHED, None, by_system, _("Changed with the agreement")),
    Transition("redate", (O.FULFILLED,), None, by_system, _("Delivered on another day")),
    initial=(O.OPEN,),
)
