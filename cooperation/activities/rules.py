"""Who may log, confirm, dispute and take back an activity (product 3.4), and the table of its moves.

Another institution confirms; inside one institution another person does. Never who logged it or for whom it was logged.
"""

import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from cooperation.activities.models import OPEN, ParticipationState
from cooperation.activities.models import ActivityStatus as A
from institutions.registry.models import Institution, InstitutionStatus
from institutions.registry.scope import OFFICE_ROLES, Role, active_houses, houses, overseen_by
from lifecycle.transitions import Lifecycle, Transition, by_system

MEMBERS = (Role.INSTITUTION_ADMIN, Role.COORDINATOR, Role.TEACHER, Role.EMPLOYER)
LINK_LASTS = datetime.timedelta(days=14)
OPEN_LINKS = 5  # of one activity
LINKS_A_DAY = 60  # of one person
NAMED, STANDS, DISPUTED = ParticipationState.NAMED, ParticipationState.STANDS, ParticipationState.DISPUTED


def member_houses(user: Any, *roles: str) -> set[int]:
    """Verified institutions in whose name the person may act; members of a suspended or closed one only read."""
    return active_houses(user, *(roles or MEMBERS))


def can_log(user: Any, institution: Any) -> bool:
    """Any member of a verified institution, for their own institution."""
    return acts_for(user, institution)


def acts_for(user: Any, institution: Any, *roles: str) -> bool:
    """Whether the person may act in the name of this institution, as it was read."""
    own = houses(user, *(roles or MEMBERS)) if user is not None else set()
    return institution.pk in own and institution.status == InstitutionStatus.VERIFIED


def is_writer(user: Any, activity: Any) -> bool:
    """Who logged it, or for whom it was logged."""
    return user is not None and user.pk in (activity.logged_by_id, activity.on_behalf_of_id)


def is_logging_side(user: Any, activity: Any) -> bool:
    """The writer as long as they are a member there, and the organiser's administrators."""
    return acts_for(user, activity.organiser, *(() if is_writer(user, activity) else (Role.INSTITUTION_ADMIN,)))


def states_of(activity: Any) -> dict[int, str]:
    """The state of each institution's participation, the organiser's left out."""
    found = {each.institution_id: each.state for each in activity.participations.all()}
    found.pop(activity.organiser_id, None)
    return found


def answering_house(user: Any, activity: Any, *states: str) -> int | None:
    """The institution, among those in one of these states, in whose name the person answers."""
    own = member_houses(user)
    return min(
        (house for house, state in states_of(activity).items() if state in states and house in own), default=None
    )


def is_of_a_named_side(user: Any, activity: Any) -> bool:
    """A member of an institution that did not log it; inside one institution another member."""
    if user is None or is_writer(user, activity):
        return False
    named = set(states_of(activity)) or {activity.organiser_id}
    return bool(named & member_houses(user))


def can_confirm(user: Any, activity: Any) -> bool:
    """A named institution that has not answered yet, or that lifts its own dispute; inside one institution a colleague."""
    if user is None or is_writer(user, activity):
        return False
    if states_of(activity):
        return answering_house(user, activity, NAMED, DISPUTED) is not None
    return activity.confirmed_at is None and activity.organiser_id in member_houses(user)


def can_dispute(user: Any, activity: Any) -> bool:
    """A named institution, whether or not it confirmed before."""
    return not is_writer(user, activity) and answering_house(user, activity, NAMED, STANDS) is not None


def can_refuse(user: Any, activity: Any) -> bool:
    """An institution that was named and has not answered: *not ours*."""
    return not is_writer(user, activity) and answering_house(user, activity, NAMED) is not None


def linked_house(link: Any, activity: Any, *states: str) -> int | None:
    """The institution on whose side the bearer of a link answers: a named one in one of these states; where only one
    institution is named, that one itself.
    """
    if (link.subject_id, link.content_hash) != (activity.public_id, activity.content_hash):
        return None
    rows = activity.participations.values_list("institution", "institution__public_id", "state")
    found = {house: (key, state) for house, key, state in rows}
    if len(found) == 1:  # nobody else is named
        own = found.get(activity.organiser_id, ("", ""))[0] == link.institution
        return activity.organiser_id if own and activity.confirmed_at is None else None
    found.pop(activity.organiser_id, None)
    return next((house for house, (key, state) in found.items() if key == link.institution and state in states), None)


def link_confirms(link: Any, activity: Any) -> bool:
    """Or the bearer of a personal link, for the institution it was made out for."""
    return linked_house(link, activity, NAMED, DISPUTED) is not None


def link_disputes(link: Any, activity: Any) -> bool:
    """Or the bearer of a personal link."""
    return linked_house(link, activity, NAMED, STANDS) is not None


def link_refuses(link: Any, activity: Any) -> bool:
    """Or the bearer of a personal link."""
    return linked_house(link, activity, NAMED) not in (None, activity.organiser_id)


def can_ask_by_link(user: Any, activity: Any) -> bool:
    """The logging side, while the activity is open."""
    return activity.status in OPEN and is_logging_side(user, activity)


def is_authority_above(user: Any, activity: Any) -> bool:
    """An officer of a territory in which all its institutions lie."""
    if user is None:
        return False
    rows = Institution.objects.filter(participations__activity=activity)
    return rows.exists() and not rows.exclude(overseen_by(user, *OFFICE_ROLES)).exists()


ACTIVITY = Lifecycle(
    "activity",
    Transition("log", (A.DRAFT,), A.LOGGED, is_logging_side, _("Send")),
    Transition("confirm", (A.LOGGED, A.UNCONFIRMED, A.DISPUTED), A.CONFIRMED, can_confirm, _("Confirm"),
               who=is_of_a_named_side, by_link=link_confirms),
    Transition("confirm", (A.CONFIRMED,), None, can_confirm, _("Confirm"), who=is_of_a_named_side,
               by_link=link_confirms),
    Transition("dispute", (A.LOGGED, A.UNCONFIRMED, A.CONFIRMED), A.DISPUTED, can_dispute, _("Dispute"),
               needs_reason=True, dangerous=True, who=is_of_a_named_side, by_link=link_disputes),
    Transition("dispute", (A.DISPUTED,), None, can_dispute, _("Dispute"), needs_reason=True, dangerous=True,
               who=is_of_a_named_side, by_link=link_disputes),
    Transition("refuse", (A.LOGGED, A.UNCONFIRMED, A.CONFIRMED), None, can_refuse, _("Not ours"),
               who=is_of_a_named_side, by_link=link_refuses),
    Transition("lift", (A.DISPUTED,), A.LOGGED, is_authority_above, _("Lift the dispute"), needs_reason=True),
    Transition("correct", OPEN, A.LOGGED, is_logging_side, _("Correct")),
    Transition("lapse", (A.LOGGED,), A.UNCONFIRMED, by_system, _("Not confirmed in time")),
    Transition("withdraw", (A.DRAFT, *OPEN), A.WITHDRAWN, is_logging_side, _("Withdraw"), needs_reason=True,
               dangerous=True),
    initial=(A.DRAFT, A.LOGGED),
)  # fmt: skip
