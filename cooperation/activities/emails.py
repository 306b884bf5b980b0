"""What is told of activities: administrators of the partners are asked to confirm, who logged it learns the answer.

No act is asked of a teacher here: a partner's teachers find the activity in their list and may confirm it unasked.
"""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cooperation.activities.actions import confirm_activity
from cooperation.activities.models import OPEN, Activity
from cooperation.activities.rules import NAMED, can_confirm, states_of
from cooperation.pages.telling import administrators
from exchange.notices.models import Notice, NoticeKind
from exchange.notices.telling import Act, Telling, Told
from institutions.registry.models import Institution
from lifecycle.models import Event


def subject_of(event: Event) -> Activity | None:
    return Activity.objects.filter(public_id=event.subject_id).select_related("type", "organiser").first()


def said_of(activity: Activity, **more: Any) -> dict[str, Any]:
    """What fills the lines in: the kind of joint work and its day, nothing of persons."""
    return {"type": activity.type.names, "day": activity.starts_on.isoformat(), **more}


def asked(event: Event) -> list[Told]:
    """Administrators of the institutions that have yet to confirm; inside one institution its other administrators."""
    activity = subject_of(event)
    if activity is None or activity.status not in OPEN:
        return []
    states = states_of(activity)
    houses = {house for house, state in states.items() if state == NAMED} if states else {activity.organiser_id}
    writers = {activity.logged_by_id, activity.on_behalf_of_id}
    values = said_of(activity, partner=activity.organiser.names, hash=activity.content_hash)
    return [Told(user, values) for user in sorted(administrators(houses, event) - writers)]


def writers(event: Event) -> list[Told]:
    """Who logged it and for whom it was logged, with the name of the institution that answered."""
    activity = subject_of(event)
    if activity is None:
        return []
    house = Institution.objects.filter(public_id=event.detail.get("institution", "")).first()
    users = {pk for pk in (activity.logged_by_id, activity.on_behalf_of_id) if pk and pk != event.actor_id}
    values = said_of(activity, partner=(house or activity.organiser).names)
    return [Told(user, values) for user in sorted(users)]


def still_asks(notice: Notice) -> bool:
    """Whether this person may still confirm what was told; a correction is told anew."""
    told = Activity.objects.filter(public_id=notice.subject_id, status__in=OPEN, content_hash=notice.values["hash"])
    activity = told.first()
    return activity is not None and can_confirm(notice.recipient, activity)


def confirm_as_read(notice: Notice, person: User, at: datetime.datetime) -> None:
    """Confirms exactly what the notice told; raises what confirming raises, also where it was changed since."""
    activity = Activity.objects.all().visible_to(person).filter(public_id=notice.subject_id).first()
    if activity is None:
        raise PermissionDenied
    confirm_activity(activity, by=person, at=at, content_hash=notice.values["hash"])


PAGE = "activity-detail"
TO_CONFIRM = Telling(
    "activity.to_confirm", NoticeKind.TO_CONFIRM, _("Joint work to confirm: %(type)s, %(day)s, %(partner)s"),
    _("Open the activity"), PAGE, asked, stands=still_asks,
    act=Act(_("Confirm"), confirm_as_read, _("Confirmed. Thank you.")),
)  # fmt: skip
CONFIRMED = Telling(
    "activity.confirmed", NoticeKind.PARTNER_ACTED, _("Joint work was confirmed: %(type)s, %(day)s, %(partner)s"),
    _("Open the activity"), PAGE, writers,
)  # fmt: skip
DISPUTED = Telling(
    "activity.disputed", NoticeKind.PARTNER_ACTED, _("Joint work was disputed: %(type)s, %(day)s, %(partner)s"),
    _("See why"), PAGE, writers,
)  # fmt: skip
REFUSED = Telling(
    "activity.refused", NoticeKind.PARTNER_ACTED,
    _("A partner says it was not theirs: %(type)s, %(day)s, %(partner)s"), _("Open the activity"), PAGE, writers,
)  # fmt: skip
