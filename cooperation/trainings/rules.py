"""Who names people of an activity and who issues certificates; what must hold for either (product ACT-6)."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from cooperation.activities.models import OPEN, ActivityStatus, ParticipationState
from cooperation.activities.rules import is_logging_side, member_houses
from cooperation.trainings.models import HOSTED, TRAINED
from cooperation.trainings.models import CertificateStatus as C
from institutions.registry.models import Institution
from institutions.registry.scope import Role
from lifecycle.transitions import Condition, Lifecycle, Transition

VALID, REVOKED, CORRECTED = "valid", "revoked", "corrected"
DISPUTED, WITHDRAWN, WAITING = "disputed", "withdrawn", "unconfirmed"


def takes_people(activity: Any) -> bool:
    """Whether people are named in this type of activity."""
    return activity.type.code in (TRAINED, HOSTED)


def can_name(user: Any, activity: Any) -> bool:
    """The logging side, while the activity is open: the office adds names whenever it has time."""
    return takes_people(activity) and activity.status in OPEN and is_logging_side(user, activity)


def can_issue(user: Any, activity: Any) -> bool:
    """The administrators of the organisation that logged the training."""
    return activity.type.code == TRAINED and activity.organiser_id in member_houses(user, Role.INSTITUTION_ADMIN)


def can_revoke(user: Any, certificate: Any) -> bool:
    """Whoever issues them."""
    return can_issue(user, certificate.place.activity)


def sides(activity: Any) -> list[Institution]:
    """The institutions people of this activity come from: all that it names, but for those that had no part in it."""
    rows = activity.participations.exclude(state=ParticipationState.REFUSED).select_related("institution")
    return [row.institution for row in rows.order_by("pk")]


def before_issuing(activity: Any) -> Iterator[Condition]:
    """The other side has confirmed it, and somebody is named."""
    if activity.status != ActivityStatus.CONFIRMED:
        yield Condition("confirmed", _("Certificates are issued once the other side has confirmed the training."))
    if not activity.people.standing().exists():
        yield Condition("people", _("Name the people who were trained."), "/people")


def standing_of(certificate: Any) -> str:
    """Whether a certificate holds today, and if not why: it follows the activity it rests on."""
    activity = certificate.place.activity
    if certificate.status == C.REVOKED:
        return REVOKED
    if activity.status in (ActivityStatus.DISPUTED, ActivityStatus.WITHDRAWN):
        return DISPUTED if activity.status == ActivityStatus.DISPUTED else WITHDRAWN
    if certificate.activity_hash != activity.content_hash:
        return CORRECTED
    return VALID if activity.status == ActivityStatus.CONFIRMED else WAITING


CERTIFICATE = Lifecycle(
    "certificate",
    Transition("revoke", (C.ISSUED,), C.REVOKED, can_revoke, _("Revoke"), needs_reason=True, dangerous=True),
    initial=(C.ISSUED,),
)
