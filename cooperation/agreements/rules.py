"""Who may do what with an agreement, and the tables of the agreement and of its revisions.

Until its first conclusion an agreement mirrors its open revision: a mirrored change is one move and one Event, whose
subject is the agreement and whose detail names the revision.
"""

from typing import Any

from cooperation.agreements.models import AgreementStatus as A
from cooperation.agreements.models import PartyState, RevisionStatus
from institutions.people.models import Position
from institutions.registry.scope import HOUSE_ROLES, Role, houses
from lifecycle.transitions import Lifecycle, Transition, by_system


def can_draft(user: Any, institution: Any) -> bool:
    """Administrators draft for their own institution, once it is verified."""
    return institution.pk in houses(user, Role.INSTITUTION_ADMIN) and institution.status == "verified"


def can_edit(user: Any, agreement: Any) -> bool:
    """The drafting side's administrator."""
    return agreement.latest is not None and agreement.latest.drafted_for_id in houses(user, Role.INSTITUTION_ADMIN)


def party_houses(agreement: Any, **state: Any) -> set[int]:
    """Ids of the institutions in the latest revision, by state of their approval."""
    if agreement.latest_id is None:
        return set()
    return set(agreement.latest.parties.filter(**state).values_list("institution_id", flat=True))


def signing_houses(user: Any) -> set[int]:
    """Institutions of the person at which they hold, on whatever day, a position with signing power."""
    if user is None or not (own := houses(user, *HOUSE_ROLES)):
        return set()
    held = Position.objects.filter(person__user=user, may_sign=True, institution__in=own)
    return set(held.values_list("institution_id", flat=True))


def can_approve(user: Any, agreement: Any) -> bool:
    """A signatory of a party that has not approved yet; that the power holds today is checked when signing."""
    return bool(signing_houses(user) & party_houses(agreement, signs=True, state=PartyState.WAITING))


def can_decline(user: Any, agreement: Any) -> bool:
    """A party that has not signed: who has signed cannot decline."""
    waiting = party_houses(agreement, signs=True, state=PartyState.WAITING)
    return bool(houses(user, Role.INSTITUTION_ADMIN) & waiting) or bool(signing_houses(user) & waiting)


def can_change(user: Any, agreement: Any) -> bool:
    """Any party's administrator while nobody else has signed; who has signed may change only what is unsigned by others."""
    own = houses(user, Role.INSTITUTION_ADMIN) & party_houses(agreement, signs=True)
    signed = party_houses(agreement, state=PartyState.APPROVED)
    return bool(own) and not signed - own


def can_withdraw(user: Any, agreement: Any) -> bool:
    """The initiating party, as long as no other party has approved and nothing was ever concluded."""
    if agreement.concluded_id or agreement.initiator_id not in houses(user, Role.INSTITUTION_ADMIN):
        return False
    return not party_houses(agreement, state=PartyState.APPROVED) - {agreement.initiator_id}


AGREEMENT = Lifecycle(
    "agreement",
    Transition("propose", (A.DRAFT,), A.PROPOSED, can_edit),
    Transition("change", (A.PROPOSED, A.PARTLY_APPROVED), A.PROPOSED, can_change),
    Transition("approve", (A.PROPOSED, A.PARTLY_APPROVED), A.PARTLY_APPROVED, can_approve),
    Transition("conclude", (A.PARTLY_APPROVED,), A.CONCLUDED, by_system),
    Transition("start", (A.CONCLUDED,), A.IN_FORCE, by_system),
    Transition("decline", (A.PROPOSED, A.PARTLY_APPROVED), A.DRAFT, can_decline, needs_reason=True, dangerous=True),
    Transition("withdraw", (A.DRAFT, A.PROPOSED, A.PARTLY_APPROVED), A.WITHDRAWN, can_withdraw, needs_reason=True, dangerous=True),
    Transition("end", (A.IN_FORCE,), A.ENDED, by_system),
    initial=(A.DRAFT,),
)  # fmt: skip

R = RevisionStatus
REVISION_PAIRS = {
    (R.DRAFT, R.PROPOSED), (R.PROPOSED, R.PARTLY_APPROVED), (R.PARTLY_APPROVED, R.CONCLUDED),
    (R.PROPOSED, R.REPLACED), (R.PARTLY_APPROVED, R.REPLACED), (R.PROPOSED, R.DECLINED), (R.PARTLY_APPROVED, R.DECLINED),
    (R.DRAFT, R.REVERTED), (R.PROPOSED, R.REVERTED), (R.PARTLY_APPROVED, R.REVERTED),
    (R.DRAFT, R.LAPSED), (R.PROPOSED, R.LAPSED), (R.PARTLY_APPROVED, R.LAPSED), (R.CONCLUDED, R.SUPERSEDED),
}  # fmt: skip
