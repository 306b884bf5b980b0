"""Who leads, answers, confirms and approves a joint programme, and the table of its moves (product 3.5)."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from cooperation.programmes.models import WITH_IT, GroupMember, MemberState, VersionState
from cooperation.programmes.models import ProgrammeStatus as P
from cooperation.projects.rules import admin_houses
from lifecycle.transitions import Condition, Lifecycle, Transition

EDITABLE = (P.DRAFT, P.IN_WORK)


def can_lead(user: Any, programme: Any) -> bool:
    """The lead's administrator."""
    return programme.lead_id in admin_houses(user)


def members_now(programme: Any, *states: str) -> list[GroupMember]:
    """The working group of the version in work, as far as it is in one of these states."""
    found = programme.open.members.all() if programme.open else ()
    return sorted((each for each in found if each.state in states), key=lambda each: each.pk)


def answering_member(user: Any, programme: Any, *states: str) -> GroupMember | None:
    """The member, in one of these states, in whose name the person answers; None where there is none."""
    own = admin_houses(user)
    return next((each for each in members_now(programme, *states) if each.institution_id in own), None) if own else None


def is_invited(user: Any, programme: Any) -> bool:
    """A member's administrator, once."""
    return answering_member(user, programme, MemberState.INVITED) is not None


def can_confirm(user: Any, programme: Any) -> bool:
    """The administrator of a member that takes part and has not confirmed this content yet."""
    return answering_member(user, programme, MemberState.ACCEPTED) is not None


def can_decline(user: Any, programme: Any) -> bool:
    """A member's administrator: before or after it took part."""
    return answering_member(user, programme, MemberState.INVITED, *WITH_IT) is not None


def is_named(user: Any, programme: Any) -> bool:
    """The administrator of any institution that was ever asked, whatever it answered."""
    own = admin_houses(user)
    return any(each.institution_id in own for version in programme.versions.all() for each in version.members.all())


def before_starting(programme: Any) -> Iterator[Condition]:
    """It must be said which field and which level it is for."""
    if not programme.fields_of_study.exists():
        yield Condition("fields_of_study", _("Choose at least one field of study."), "/fields_of_study")
    if programme.level is None:
        yield Condition("level", _("Choose the level of education."), "/level")


def before_approving(programme: Any) -> Iterator[Condition]:
    """There is something to read, it says what changed, and whoever takes part stands by it."""
    yield from before_starting(programme)
    version = programme.versions.filter(state=VersionState.OPEN).first()
    if version is None or not (version.contents.strip() or version.link):
        yield Condition("contents", _("Give the contents or a link to the document."), "/contents")
    if version is not None and version.number > 1 and not version.changes.strip():
        yield Condition("changes", _("Say what changed since the version before."), "/changes")
    for member in members_now(programme, MemberState.ACCEPTED):
        message = _("“%(name)s” has not confirmed this content yet.") % {"name": name_now(member.institution.names)}
        yield Condition("member", message, "/members")


def before_reverting(programme: Any) -> Iterator[Condition]:
    """An approved version is there to go back to."""
    if not programme.versions.filter(state=VersionState.APPROVED).exists():
        yield Condition("in_force", _("There is no approved version to go back to."))


PROGRAMME = Lifecycle(
    "programme",
    Transition("start", (P.DRAFT,), P.IN_WORK, can_lead, _("Invite the working group"), must_hold=before_starting),
    Transition("accept", (P.IN_WORK,), None, is_invited, _("Take part"), who=is_named),
    Transition("decline", (P.IN_WORK,), None, can_decline, _("Decline"), needs_reason=True, dangerous=True,
               who=is_named),
    Transition("confirm", (P.IN_WORK,), None, can_confirm, _("Confirm the content"), who=is_named),
    Transition("approve", (P.IN_WORK,), P.APPROVED, can_lead, _("Approve the version"), must_hold=before_approving),
    Transition("revise", (P.APPROVED,), P.IN_WORK, can_lead, _("Begin a new version")),
    Transition("revert", (P.IN_WORK,), P.APPROVED, can_lead, _("Give up the new version"), dangerous=True,
               must_hold=before_reverting),
    Transition("retire", (P.IN_WORK, P.APPROVED), P.RETIRED, can_lead, _("Retire the programme"), needs_reason=True,
               dangerous=True),
    initial=(P.DRAFT,),
)  # fmt: skip
