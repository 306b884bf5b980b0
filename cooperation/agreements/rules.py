"""Who may do what with an agreement, and the tables of the agreement and of its revisions.

Until its first conclusion an agreement mirrors its open revision: a mirrored change is one move and one Event, whose
subject is the agreement and whose detail names the revision.
"""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from cooperation.agreements.models import Signature
from cooperation.agreements.statuses import (
    AGREED,
    OPEN_REVISIONS,
    PROPOSED_REVISIONS,
    RUNNING,
    TERMS,
    PartyState,
    RevisionStatus,
)
from cooperation.agreements.statuses import AgreementStatus as A
from institutions.people.models import Position
from institutions.registry.scope import HOUSE_ROLES, Role, active_houses, houses
from lifecycle.transitions import Condition, Lifecycle, Transition, by_system

SIGNS = "sign_agreement"  # the purpose of a personal link, or of whatever else stands in the place of an account


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
    """Ids of the institutions in the shown revision that have not left, by state of their approval."""
    if agreement.shown_id is None:
        return set()
    state.setdefault("left_on", None)
    parties = agreement.shown.parties.all()
    return {
        each.institution_id for each in parties if all(getattr(each, name) == value for name, value in state.items())
    }


def is_open(agreement: Any) -> bool:
    """Whether a revision is before the parties now."""
    return agreement.shown is not None and agreement.shown.status in PROPOSED_REVISIONS


def waiting_houses(agreement: Any) -> set[int]:
    """Those that have yet to sign."""
    return party_houses(agreement, signs=True, state=PartyState.WAITING)


def signing_houses(user: Any) -> set[int]:
    """Institutions of the person at which they hold, on whatever day, a position with signing power; read once per
    request's user object, as `standings` is: that the power holds on the day is asked anew by whoever signs.
    """
    if user is None or not (own := houses(user, *HOUSE_ROLES)):
        return set()
    known: set[int] | None = getattr(user, "known_signing", None)
    if known is None:
        held = Position.objects.filter(person__user=user, may_sign=True)
        known = user.known_signing = set(held.values_list("institution_id", flat=True))
    return known & own


def acting_houses(user: Any) -> set[int]:
    """Institutions in whose name the person can answer a proposal: sign, change or decline it."""
    return admin_houses(user) | signing_houses(user)


def has_signed(user: Any, agreement: Any) -> bool:
    return Signature.objects.filter(revision=agreement.shown_id, person=user).exists()


def can_approve(user: Any, agreement: Any) -> bool:
    """A signatory of a party that has not approved yet; that the power holds today is checked when signing."""
    waiting = waiting_houses(agreement)
    return bool(waiting and signing_houses(user) & waiting) and not has_signed(user, agreement)


def answers_for_a_party(bearer: Any, agreement: Any) -> bool:
    """What was made for a party of this very agreement that has yet to sign: a personal link, or a signed paper."""
    if (bearer.purpose, bearer.subject_id) != (SIGNS, agreement.public_id) or not is_open(agreement):
        return False
    waiting = agreement.shown.parties.filter(signs=True, state=PartyState.WAITING)
    return bool(waiting.filter(institution__public_id=bearer.institution).exists())


def can_remind(user: Any, agreement: Any) -> bool:
    """Administrators of a party, while another party has yet to sign: they remind it, or ask somebody there by a link."""
    own = admin_houses(user) & party_houses(agreement)
    return is_open(agreement) and bool(own and waiting_houses(agreement) - own)


def paper_houses(user: Any, agreement: Any) -> set[int]:
    """Institutions of the person, as an administrator, whose signature on paper may be recorded now."""
    return admin_houses(user) & waiting_houses(agreement) if is_open(agreement) else set()


def can_decline(user: Any, agreement: Any) -> bool:
    """A party that has not signed: who has signed cannot decline."""
    waiting = waiting_houses(agreement)
    return bool(waiting and acting_houses(user) & waiting)


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
    """Any party's administrator, while nobody else has signed; an early end and the like are answered as they stand."""
    if not is_open(agreement) or agreement.shown.purpose not in TERMS:
        return False
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


def can_ask(user: Any, agreement: Any) -> bool:
    """Administrators of the parties ask for a change, a renewal or an end; that no revision is open is a condition."""
    return agreement.concluded_id is not None and bool(admin_houses(user) & party_houses(agreement, signs=True))


def can_copy(user: Any, agreement: Any) -> bool:
    """Administrators of a party take the terms of a concluded agreement over into a new one."""
    return agreement.concluded_id is not None and bool(admin_houses(user) & party_houses(agreement))


def can_revert(user: Any, agreement: Any) -> bool:
    """The party that proposed the open revision; one never proposed, where there is another to go back to."""
    latest = agreement.latest
    if latest is None or latest.status not in OPEN_REVISIONS or latest.drafted_for_id not in admin_houses(user):
        return False
    return latest.status != RevisionStatus.DRAFT or agreement.shown_id is not None


def can_take_back_notice(user: Any, agreement: Any) -> bool:
    """A signatory of a party, where a notice waits for its day; that it is their own the action looks up."""
    return has_notice(agreement) and is_signatory(user, agreement)


def has_notice(agreement: Any) -> bool:
    """Whether a party has said that it leaves."""
    return agreement.leaves_on is not None


def is_unfinished(agreement: Any) -> bool:
    """Whether a revision is open, be it a draft."""
    return agreement.latest is not None and agreement.latest.status in OPEN_REVISIONS


def nothing_open(agreement: Any) -> Iterator[Condition]:
    """One revision at a time: an open change keeps everything else waiting, and the other way round."""
    if is_unfinished(agreement):
        yield Condition(
            "revision_open",
            _("Another revision of this agreement is still open. Finish it or take it back first."),
        )


def unsigned_by_others(agreement: Any) -> Iterator[Condition]:
    """Going back is possible as long as no party but the proposing one has signed."""
    if agreement.latest is None:
        return
    signed = {each.institution_id for each in agreement.latest.parties.all() if each.state == PartyState.APPROVED}
    if signed - {agreement.latest.drafted_for_id}:
        yield Condition("approved_by_other", _("Another party has already signed: only a new revision leads back now."))


OPEN = (A.PROPOSED, A.PARTLY_APPROVED)
LIVE = (*AGREED, A.TERMINATED)  # once concluded an open revision leaves the status as it is
AGREEMENT = Lifecycle(
    "agreement",
    Transition("propose", (A.DRAFT,), A.PROPOSED, can_propose, _("Send to the partner"), who=can_edit),
    Transition("approve", OPEN, A.PARTLY_APPROVED, can_approve, _("Sign"), who=is_signatory,
               by_link=answers_for_a_party),
    Transition("approve", LIVE, None, can_approve, _("Sign"), who=is_signatory, timely=is_open,
               by_link=answers_for_a_party),
    Transition("change", OPEN, A.PROPOSED, can_change, _("Propose a change"), who=is_admin_of_a_party),
    Transition("change", LIVE, None, can_change, _("Propose a change"), who=is_admin_of_a_party, timely=is_open),
    Transition("decline", OPEN, A.DRAFT, can_decline, _("Decline"), needs_reason=True,
               dangerous=True, who=is_of_a_party, by_link=answers_for_a_party),
    Transition("decline", LIVE, None, can_decline, _("Decline"), needs_reason=True,
               dangerous=True, who=is_of_a_party, timely=is_open, by_link=answers_for_a_party),
    Transition("remind", (*OPEN, *LIVE), None, can_remind, _("Send a reminder"), who=is_admin_of_a_party, timely=is_open),
    Transition("revert", (A.DRAFT, *LIVE), None, can_revert, _("Take the proposal back"),
               dangerous=True, who=is_admin_of_a_party, timely=is_unfinished),
    Transition("revert", OPEN, A.DRAFT, can_revert, _("Take the proposal back"),
               dangerous=True, who=is_admin_of_a_party),
    Transition("redraft", (A.DRAFT,), None, can_redraft, _("Prepare a new revision"), who=is_admin_of_a_party),
    Transition("withdraw", (A.DRAFT, *OPEN), A.WITHDRAWN, can_withdraw, _("Withdraw"), needs_reason=True,
               must_hold=nobody_else_approved, dangerous=True),
    Transition("amend", (A.CONCLUDED, A.IN_FORCE), None, can_ask, _("Change the agreement"), who=is_admin_of_a_party),
    Transition("renew", (A.CONCLUDED, A.IN_FORCE), None, can_ask, _("Renew"), who=is_admin_of_a_party),
    Transition("decide", RUNNING, None, can_ask, _("Decide about the end"), who=is_admin_of_a_party),
    Transition("propose_suspension", (A.IN_FORCE,), None, is_signatory, _("Suspend"), needs_reason=True,
               dangerous=True, who=is_of_a_party),
    Transition("propose_resumption", (A.SUSPENDED,), None, is_signatory, _("Resume"), needs_reason=True,
               who=is_of_a_party),
    Transition("propose_termination", AGREED, None, can_ask, _("End early"), needs_reason=True,
               dangerous=True, who=is_admin_of_a_party),
    Transition("propose_annulment", (A.CONCLUDED, A.IN_FORCE), None, can_ask, _("Annul"), needs_reason=True,
               dangerous=True, who=is_admin_of_a_party),
    Transition("propose_reinstatement", (A.TERMINATED,), None, can_ask, _("Put back in force"), needs_reason=True,
               who=is_admin_of_a_party),
    Transition("give_notice", RUNNING, None, is_signatory, _("Give notice to leave"), needs_reason=True,
               dangerous=True, who=is_of_a_party),
    Transition("take_back_notice", RUNNING, None, can_take_back_notice, _("Take the notice back"), who=is_of_a_party,
               timely=has_notice),
    Transition("conclude", (A.PARTLY_APPROVED,), A.CONCLUDED, by_system, _("Concluded")),
    Transition("conclude", LIVE, None, by_system, _("Concluded")),
    Transition("lapse", OPEN, A.DRAFT, by_system, _("Lapsed without an answer")),
    Transition("lapse", LIVE, None, by_system, _("Lapsed without an answer")),
    Transition("start", (A.CONCLUDED,), A.IN_FORCE, by_system, _("Came into force")),
    Transition("suspend", (A.IN_FORCE,), A.SUSPENDED, by_system, _("Suspended")),
    Transition("resume", (A.SUSPENDED,), A.IN_FORCE, by_system, _("Resumed")),
    Transition("renew_auto", (A.IN_FORCE,), None, by_system, _("Renewed by itself")),
    Transition("leave", RUNNING, None, by_system, _("A party left")),
    Transition("end", RUNNING, A.ENDED, by_system, _("Ended")),
    Transition("terminate", AGREED, A.TERMINATED, by_system, _("Ended early")),
    Transition("annul", (A.CONCLUDED, A.IN_FORCE), A.TERMINATED, by_system, _("Annulled")),
    Transition("reinstate", (A.TERMINATED,), A.IN_FORCE, by_system, _("Put back in force")),
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
