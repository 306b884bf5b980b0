"""What is told of protocols: who signs that it can be signed, who logged the activity that it was.

No act is asked of a teacher: a chair or secretary who is only that finds it on the page of the activity.
"""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperation.protocols.models import Protocol, ProtocolStatus
from cooperation.protocols.rules import before_signing, can_sign
from exchange.notices.models import Notice, NoticeKind
from exchange.notices.telling import Telling, Told
from institutions.people.models import Membership
from institutions.registry.scope import Role
from lifecycle.models import Event

RELATED = ("activity__type", "activity__organiser")
ASKED = (Role.INSTITUTION_ADMIN, Role.COORDINATOR)


def open_protocol(**where: Any) -> Protocol | None:
    """The draft that this names, where nothing of it is missing."""
    found = Protocol.objects.filter(status=ProtocolStatus.DRAFT, **where).select_related(*RELATED).first()
    return found if found and not list(before_signing(found)) else None


def told_of(protocol: Protocol, user: int) -> Told:
    """Read on the page of its activity: the kind of joint work and its day, nothing of persons."""
    activity = protocol.activity
    said = {"type": activity.type.names, "day": activity.starts_on.isoformat(), "partner": activity.organiser.names}
    return Told(user, said, ("activity", activity.public_id))


def signatories(event: Event) -> list[Told]:
    """Chair and secretary who have not signed, as far as it is their office; each once until they read it."""
    protocol = open_protocol(public_id=event.subject_id)
    if protocol is None:
        return []
    unsigned = {protocol.chair_id: protocol.chair_signed_at, protocol.secretary_id: protocol.secretary_signed_at}
    waiting = {user for user, signed in unsigned.items() if user and not signed and user != event.actor_id}
    held = Membership.objects.held_on(timezone.localdate(event.happened_at))
    asked = set(held.filter(user__in=waiting, role__in=ASKED).values_list("user_id", flat=True))
    here = Notice.objects.unread().filter(telling=CODE, subject_id=protocol.activity.public_id)
    known = set(here.exclude(event=event).values_list("recipient_id", flat=True))
    return [told_of(protocol, user) for user in sorted(asked - known)]


def still_unsigned(notice: Notice) -> bool:
    """Whether this person can still sign what is complete."""
    protocol = open_protocol(activity__public_id=notice.subject_id)
    return protocol is not None and can_sign(notice.recipient, protocol)


def writers(event: Event) -> list[Told]:
    """Who logged the activity and for whom it was logged, but those who signed."""
    protocol = Protocol.objects.filter(public_id=event.subject_id).select_related(*RELATED).first()
    if protocol is None:
        return []
    logged = {protocol.activity.logged_by_id, protocol.activity.on_behalf_of_id}
    signed = {protocol.chair_id, protocol.secretary_id}
    return [told_of(protocol, user) for user in sorted(pk for pk in logged - signed if pk)]


PAGE, CODE = "activity-protocol", "protocol.to_sign"
TO_SIGN = Telling(
    CODE, NoticeKind.YOUR_TURN, _("A protocol waits for your signature: %(type)s, %(day)s, %(partner)s"),
    _("Read and answer"), PAGE, signatories, stands=still_unsigned,
)  # fmt: skip
SIGNED = Telling(
    "protocol.signed", NoticeKind.PARTNER_ACTED, _("A protocol was signed by both: %(type)s, %(day)s, %(partner)s"),
    _("Open the protocol"), PAGE, writers,
)  # fmt: skip
