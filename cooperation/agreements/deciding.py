"""What is to become of an agreement when it ends: the first decision a party records, by itself or with a proposal."""

import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from cooperation.agreements.actions import held, house_of, touched
from cooperation.agreements.models import Agreement, Revision
from cooperation.agreements.rules import AGREEMENT, admin_houses, party_houses
from cooperation.agreements.statuses import Decision, RevisionStatus
from lifecycle.transitions import Condition, Unmet


def decide_agreement(agreement: Agreement, *, decision: str, by: Any, at: datetime.datetime) -> Agreement:
    """A party says what it means to do at the end; every party reads it."""
    with held(agreement, by):
        move = AGREEMENT.permit("decide", agreement, by)
        unmet = _lacking(agreement)
        if unmet:
            raise Unmet(unmet)
        house = house_of(agreement, admin_houses(by) & party_houses(agreement))
        note_decision(agreement, decision, at)
        AGREEMENT.apply(
            "decide", agreement, by=by, at=at, permitted=move, change=touched(at),
            detail={"decision": decision, "ends_on": str(agreement.ends_on)}, institution=house.public_id,
        )  # fmt: skip
        agreement.refresh_from_db()
    return agreement


def _lacking(agreement: Agreement) -> list[Condition]:
    if agreement.ends_on is None:
        return [Condition("no_end", _("This agreement has no last day: there is nothing to decide."))]
    if agreement.concluded is not None and agreement.concluded.decided_on is not None:
        return [Condition("decided", _("A decision about this end is recorded already."))]
    return []


def note_decision(agreement: Agreement, decision: str, at: datetime.datetime) -> None:
    """The first decision about the present end stays; a later one changes nothing."""
    bound = Revision.objects.filter(agreement=agreement, status=RevisionStatus.CONCLUDED, ends_on__isnull=False)
    bound.filter(decided_on=None).update(decision=decision, decided_on=timezone.localtime(at).date())


def carry_decision(agreement: Agreement, after: Revision) -> None:
    """A decision stands as long as the end it was about: into the next wording, where that leaves the end alone."""
    before = agreement.concluded
    if before is not None and before.decided_on is not None and agreement.ends_on == after.ends_on:
        Revision.objects.filter(pk=after.pk).update(decision=before.decision, decided_on=before.decided_on)


def decision_in(purpose: str, *, moves_the_end: bool) -> str:
    """What a proposal says about the end; nothing where it leaves it alone."""
    if purpose == "renew":
        return Decision.RENEW
    if purpose == "terminate":
        return Decision.END
    return Decision.AMEND if purpose == "amend" and moves_the_end else ""
