"""Who may do what with an agreement, and the tables of the agreement and of its revisions.

Until its first conclusion an agreement mirrors its open revision: a mirrored change is one move and one Event, whose
subject is the agreement and whose detail names the revision.
"""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from cooperation.agreements.models import OPEN_REVISIONS, PartyState, RevisionStatus, Signature
from cooperation.agreements.models import AgreementStatus as A
from institutions.people.models import Position
from institutions.registry.scope import HOUSE_ROLES, Role, active_houses, houses
from lifecycle.transitions import Condition, Lifecycle, Transition, by_system


def admin_houses(user: Any) -> set[int]:
    """Institutions for which the person drafts and answers; members of a suspended or closed one only read."""
    return active_houses(user, Role.INSTITUTION_ADMIN)


def can_draft(user: Any, institution: Any) -> bool:
    """Administrators draft for their own institution, once it is verified."""
    return institution.pk in admin_houses(user)


def is_open_draft(agreement: Any) -> bool:
    return (
        agreement.status == A.DRAFT and agreement.latest is not None and agreement.latest.status == RevisionStatus.DRAFT
    )


def can_edit(user: Any, agreement: Any) -> bool:
    """The drafting side's administrator."""
    return agreement.latest is not None and agreement.latest.drafted_for_id in admin_houses(user)


def can_propose(user: Any, agreement: Any) -> bool:
    """The drafting side's administrator, while there is a draft."""
    return can_edit(user, agreement) and agreement.latest.status == RevisionStatus.DRAFT


def can_erase(user: Any, agreement: Any) -> bool:
    """Only what nobody else has ever seen."""
    return agreement.shown_id is None and is_open_draft(agreement) and can_edit(user, agreement)


def can_redraft(user: Any, agreement: Any) -> bool:
    """A party's administrator, when no revision is open."""
    if agreement.shown_id is None or agreement.latest.status in OPEN_REVISIONS:
        return False
    return bool(admin_houses(user) & party_houses(agreement))


def party_houses(agreement: Any, **state: Any) -> set[int]:
    """Ids of the institutions in the shown revision, by state of their approval."""
    if agreement.shown_id is None:
        return set()
    parties = agreement.shown.parties.all()
    return {
        each.institution_id for each in parties if all(getattr(each, name) == value for name, value in state.items())
    }


def waiting_houses(agreement: Any) -> set[int]:
    """Those that have yet to sign."""
    return party_houses(agreement, signs=True, state=PartyState.WAITING)


def signing_houses(user: Any) -> set[int]:
    """Institutions of the person at which they hold, on whatever day, a position with signing power."""
    if user is None or not (own := houses(user, *HOUSE_ROLES)):
        return set()
    held = Position.objects.filter(person__user=user, may_sign=True, institution__in=own)
    return set(held.values_list("institution_id", flat=True))


def acting_houses(user: Any) -> set[int]:
    """Institutions in whose name the person can answer a proposal: sign, change or decline it."""
    return admin_houses(user) | signing_houses(user)


def has_signed(user: Any, agreement: Any) -> bool:
    return Signature.objects.filter(revision=agreement.shown_id, person=user).exists()


def can_approve(user: Any, agreement: Any) -> bool:
    """A signatory of a party that has not approved yet; that the power holds today is checked when signing."""
    return bool(signing_houses(user) & waiting_houses(agreement)) and not has_signed(user, agreement)


def can_decline(user: Any, agreement: Any) -> bool:
    """A party that has not signed: who has signed cannot decline."""
    return bool(acting_houses(user) & waiting_houses(agreement))


def is_signatory(user: Any, agreement: Any) -> bool:
    """Holds signing power at a party."""
    return bool(signing_houses(user) & party_houses(agreement, signs=True))


def is_of_a_party(user: Any, agreement: Any) -> bool:
    """Answers for a party."""
    return bool(acting_houses(user) & party_houses(agreement, signs=True))


def is_admin_of_a_party(user: Any, agreement: Any) -> bool:
    """Administers a party, or the drafting side."""
    return bool(admin_houses(user) & party_houses(agreement)) or can_edit(user, agreement)


def can_change(user: Any, agreement: Any) -> bool:
    """Any party's administrator, while nobody else has signed."""
    own = admin_houses(user) & party_houses(agreement, signs=True)
    signed = party_houses(agreement, state=PartyState.APPROVED)
    return bool(own) and not signed - own


def can_withdraw(user: Any, agreement: Any) -> bool:
    """The initiating party; that nobody else has approved is a condition of the move."""
    return agreement.initiator_id in admin_houses(user)


def nobody_else_approved(agreement: Any) -> Iterator[Condition]:
    """Withdrawing is possible as long as no other party has approved and nothing was ever concluded."""
    if agreement.concluded_id:
        yield Condition("concluded", _("The agreement was concluded: it can be ended, not withdrawn."))
    if party_houses(agreement, state=PartyState.APPROVED) - {agreement.initiator_id}:
        yield Condition("approved_by_other", _("Another party has already signed: only together can you go back now."))


OPEN = (A.PROPOSED, A.PARTLY_APPROVED)
AGREEMENT = Lifecycle(
    "agreement",
    Transition("propose", (A.DRAFT,), A.PROPOSED, can_propose, _("Send to the partner"), who=can_edit),
    Transition("approve", OPEN, A.PARTLY_APPROVED, can_approve, _("Sign"), who=is_signatory),
    Transition("change", OPEN, A.PROPOSED, can_change, _("Propose a change"), who=is_admin_of_a_party),
    Transition("decline", OPEN, A.DRAFT, can_decline, _("Decline"), needs_reason=True,
               dangerous=True, who=is_of_a_party),
    Transition("redraft", (A.DRAFT,), None, can_redraft, _("Prepare a new revision"), who=is_admin_of_a_party),
    Transition("withdraw", (A.DRAFT, *OPEN), A.WITHDRAWN, can_withdraw, _("Withdraw"), needs_reason=True,
               must_hold=nobody_else_approved, dangerous=True),
    Transition("conclude", (A.PARTLY_APPROVED,), A.CONCLUDED, by_system, _("Concluded")),
    Transition("start", (A.CONCLUDED,), A.IN_FORCE, by_system, _("Came into force")),
    Transition("end", (A.IN_FORCE,), A.ENDED, by_system, _("Ended")),
    initial=(A.DRAFT,),
)  # fmt: skip

R = RevisionStatus
REVISION_PAIRS = {
    (R.DRAFT, R.PROPOSED), (R.PROPOSED, R.PARTLY_APPROVED), (R.PARTLY_APPROVED, R.CONCLUDED),
    (R.PROPOSED, R.REPLACED), (R.PARTLY_APPROVED, R.REPLACED),
    (R.PROPOSED, R.DECLINED), (R.PARTLY_APPROVED, R.DECLINED),
    (R.DRAFT, R.REVERTED), (R.PROPOSED, R.REVERTED), (R.PARTLY_APPROVED, R.REVERTED),
    (R.DRAFT, R.LAPSED), (R.PROPOSED, R.LAPSED), (R.PARTLY_APPROVED, R.LAPSED), (R.CONCLUDED, R.SUPERSEDED),
}  # fmt: skip
