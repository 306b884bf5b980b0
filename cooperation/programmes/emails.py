"""What is told of joint programmes: a role to answer, a content to confirm, a version to approve, and what others did.

To administrators alone. What a lead writes is told with the digest, not at once: it saves many times a day.
"""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy as _

from cooperation.pages.telling import names_of, told_houses
from cooperation.programmes.models import (
    WITH_IT,
    GroupMember,
    JointProgramme,
    MemberState,
    ProgrammeStatus,
    ProgrammeVersion,
    VersionState,
)
from cooperation.programmes.rules import admin_houses, can_confirm, is_invited
from exchange.notices.models import Notice, NoticeKind
from exchange.notices.telling import Telling, Told
from lifecycle.models import Event


def subject_of(event: Event) -> JointProgramme | None:
    return JointProgramme.objects.filter(public_id=event.subject_id).select_related("lead").first()


def in_work(notice: Notice) -> JointProgramme | None:
    return JointProgramme.objects.filter(public_id=notice.subject_id, status=ProgrammeStatus.IN_WORK).first()


def group_of(version: ProgrammeVersion | None, states: Collection[str]) -> set[int]:
    """Institutions of the working group in one of these states."""
    found = GroupMember.objects.filter(version=version, state__in=states) if version else GroupMember.objects.none()
    return set(found.values_list("institution_id", flat=True))


def told_group(event: Event, states: Collection[str], *versions: str, **values: Any) -> list[Told]:
    """The members in these states of the latest version that is in one of those."""
    programme = subject_of(event)
    if programme is None:
        return []
    houses = group_of(programme.version_in(*versions), states)
    return told_houses(houses, event, title=programme.title, partner=programme.lead.names, **values)


def invited(event: Event) -> list[Told]:
    """Members that have yet to answer."""
    return told_group(event, (MemberState.INVITED,), VersionState.OPEN)


def to_confirm(event: Event) -> list[Told]:
    """Members that have yet to confirm what is written now; each is told which content."""
    return told_group(event, (MemberState.ACCEPTED,), VersionState.OPEN, hash=event.detail.get("content_hash", ""))


def group(event: Event) -> list[Told]:
    """All who take part in what the act was about: the latest version there is."""
    return told_group(event, WITH_IT, *VersionState.values)


def is_ready(programme: JointProgramme) -> bool:
    """Whether the lead alone is waited for: somebody confirmed, and nobody has yet to."""
    return JointProgramme.objects.filter(pk=programme.pk).waiting_for((programme.lead_id,)).exists()


def lead(event: Event) -> list[Told]:
    """The lead, with the name of the member that answered."""
    programme = subject_of(event)
    if programme is None:
        return []
    partner = names_of(event.detail.get("institution", ""))
    return told_houses({programme.lead_id}, event, title=programme.title, partner=partner)


def lead_waits(event: Event) -> list[Told]:
    """The lead, as long as others have yet to confirm."""
    programme = subject_of(event)
    return [] if programme is None or is_ready(programme) else lead(event)


def lead_approves(event: Event) -> list[Told]:
    """The lead, when all who take part stand by the content; of answers read together the last one says it."""
    programme, later = subject_of(event), Event.objects.about(event.subject_type, event.subject_id)
    if programme is None or later.filter(pk__gt=event.pk, name__in=("confirm", "decline")).exists():
        return []
    return lead(event) if is_ready(programme) else []


def still_invited(notice: Notice) -> bool:
    """Whether this person's institution has yet to answer."""
    programme = in_work(notice)
    return programme is not None and is_invited(notice.recipient, programme)


def still_unconfirmed(notice: Notice) -> bool:
    """Whether the content that was told is still what this person's institution has yet to confirm."""
    programme = in_work(notice)
    if programme is None or programme.open is None or programme.open.content_hash != notice.values["hash"]:
        return False
    return can_confirm(notice.recipient, programme)


def still_ready(notice: Notice) -> bool:
    """Whether the version still waits for its lead, and this person speaks for it."""
    programme = in_work(notice)
    return programme is not None and is_ready(programme) and programme.lead_id in admin_houses(notice.recipient)


PAGE, OPEN = "programme-detail", _("Open the programme")
INVITED = Telling(
    "programme.invited", NoticeKind.YOUR_TURN, _("A joint programme waits for your answer: %(title)s, %(partner)s"),
    _("Read and answer"), PAGE, invited, stands=still_invited,
)  # fmt: skip
ACCEPTED = Telling(
    "programme.accepted", NoticeKind.PARTNER_ACTED,
    _("A partner takes part in a joint programme: %(title)s, %(partner)s"), OPEN, PAGE, lead,
)  # fmt: skip
DECLINED = Telling(
    "programme.declined", NoticeKind.PARTNER_ACTED, _("A partner declined a joint programme: %(title)s, %(partner)s"),
    _("See why"), PAGE, lead,
)  # fmt: skip
TO_CONFIRM = Telling(
    "programme.to_confirm", NoticeKind.PARTNER_ACTED,
    _("The content of a joint programme waits for your confirmation: %(title)s, %(partner)s"), _("Read and answer"),
    PAGE, to_confirm, stands=still_unconfirmed,
)  # fmt: skip
CONFIRMED = Telling(
    "programme.confirmed", NoticeKind.PARTNER_ACTED,
    _("A partner confirmed the content of a joint programme: %(title)s, %(partner)s"), OPEN, PAGE, lead_waits,
)  # fmt: skip
READY = Telling(
    "programme.ready", NoticeKind.YOUR_TURN, _("A joint programme can be approved, everybody has confirmed: %(title)s"),
    OPEN, PAGE, lead_approves, stands=still_ready,
)  # fmt: skip
APPROVED = Telling(
    "programme.approved", NoticeKind.PARTNER_ACTED,
    _("A version of a joint programme is approved: %(title)s, %(partner)s"), OPEN, PAGE, group,
)  # fmt: skip
REVISED = Telling(
    "programme.revised", NoticeKind.PARTNER_ACTED,
    _("A new version of a joint programme is begun: %(title)s, %(partner)s"), OPEN, PAGE, group,
)  # fmt: skip
REVERTED = Telling(
    "programme.reverted", NoticeKind.PARTNER_ACTED,
    _("The new version of a joint programme was given up: %(title)s, %(partner)s"), OPEN, PAGE, group,
)  # fmt: skip
RETIRED = Telling(
    "programme.retired", NoticeKind.PARTNER_ACTED, _("A joint programme is offered no more: %(title)s, %(partner)s"),
    _("See why"), PAGE, group,
)  # fmt: skip
