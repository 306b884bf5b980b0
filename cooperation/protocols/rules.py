"""Who writes a protocol and who signs it, and the table of its moves (product ACT-7)."""

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cooperation.activities.models import OPEN, ParticipationState
from cooperation.activities.rules import STANDS, is_logging_side
from cooperation.protocols.content import TYPES, missing
from cooperation.protocols.models import ProtocolStatus as P
from institutions.people.colleagues import FOUND, called, named_like, staff_of
from institutions.people.models import Membership
from lifecycle.transitions import Condition, Lifecycle, Transition, by_system

REFUSED = ParticipationState.REFUSED


def has_protocol(activity: Any) -> bool:
    """Whether this type of activity is held by a protocol."""
    return activity.type.code in TYPES


def can_write(user: Any, activity: Any) -> bool:
    """The logging side, while the activity is open."""
    return has_protocol(activity) and activity.status in OPEN and is_logging_side(user, activity)


def may_sign(activity: Any, on: datetime.date) -> list[Membership]:
    """Who can be named as chair or secretary: whoever works today at an institution that does not say it was not there.

    Today, because they sign with their account; since when that is open says nothing of who was there.
    """
    sides = activity.participations.exclude(state=REFUSED).values_list("institution_id", flat=True)
    return staff_of({activity.organiser_id, *sides}, on)


def seats_to_sign(activity: Any, on: datetime.date) -> QuerySet[Membership]:
    """The same, to choose one from by its id."""
    return Membership.objects.filter(pk__in=[member.pk for member in may_sign(activity, on)])


def findable(activity: Any, people: Sequence[Membership], text: str) -> list[Membership]:
    """Those a writer finds by a part of the name; at an institution that was only named, by the whole name alone.

    Else naming an institution, which takes nobody's consent, would open the list of its people.
    """
    stands = set(activity.participations.filter(state=STANDS).values_list("institution_id", flat=True))
    stands.add(activity.organiser_id)
    near = [member for member in people if member.institution_id in stands]
    far = [member for member in people if member.institution_id not in stands]
    return [*named_like(near, text), *called(far, text)][:FOUND]


def is_signatory(user: Any, protocol: Any) -> bool:
    """Its chair or its secretary."""
    return user is not None and user.pk in (protocol.chair_id, protocol.secretary_id)


def can_sign(user: Any, protocol: Any) -> bool:
    """Chair and secretary, each once."""
    if user is None or protocol.activity.status not in OPEN:
        return False
    unsigned = {
        protocol.chair_id: not protocol.chair_signed_at,
        protocol.secretary_id: not protocol.secretary_signed_at,
    }
    return unsigned.get(user.pk, False)


def before_signing(protocol: Any) -> Iterator[Condition]:
    """Every prescribed part is there."""
    return missing(protocol.content, protocol.activity.type.code)


PROTOCOL = Lifecycle(
    "protocol",
    Transition("sign", (P.DRAFT,), None, can_sign, _("Sign"), must_hold=before_signing, who=is_signatory),
    Transition("conclude", (P.DRAFT,), P.SIGNED, by_system, _("Signed by both")),
    Transition("supersede", (P.SIGNED,), P.SUPERSEDED, by_system, _("Replaced by the next edition")),
    initial=(P.DRAFT,),
)
