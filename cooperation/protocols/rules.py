"""Who writes a protocol and who signs it, and the table of its moves (product ACT-7)."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from cooperation.activities.models import OPEN
from cooperation.activities.rules import is_logging_side
from cooperation.protocols.content import TYPES, missing
from cooperation.protocols.models import ProtocolStatus as P
from lifecycle.transitions import Condition, Lifecycle, Transition, by_system


def has_protocol(activity: Any) -> bool:
    """Whether this type of activity is held by a protocol."""
    return activity.type.code in TYPES


def can_write(user: Any, activity: Any) -> bool:
    """The logging side, while the activity is open."""
    return has_protocol(activity) and activity.status in OPEN and is_logging_side(user, activity)


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
