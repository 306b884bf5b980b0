"""Who may invite, end and accept memberships, and the table of their life cycle."""

from typing import Any

from institutions.people.models import MembershipStatus
from institutions.registry.rules import is_officer_of
from institutions.registry.scope import OFFICE_ROLES, Role, houses, offices
from lifecycle.transitions import Lifecycle, Transition, by_system

INVITED, ACTIVE = MembershipStatus.INVITED, MembershipStatus.ACTIVE


def can_manage_members(user: Any, institution: Any) -> bool:
    """The institution's administrator, or an officer of its territory."""
    if user is None:
        return False
    own = institution.pk in houses(user, Role.INSTITUTION_ADMIN)
    return own or is_officer_of(user, institution, Role.MINISTRY_OFFICER, Role.REGIONAL_OFFICER)


def can_grant_office(user: Any, territory: Any, role: str) -> bool:
    """Offices of a place are given by the national office above it; that office itself by the system's owner."""
    if user is None or role not in OFFICE_ROLES or role == Role.MINISTRY_OFFICER:
        return False
    return bool(set(offices(user, Role.MINISTRY_OFFICER)) & set(territory.lineage))


def can_end(user: Any, membership: Any) -> bool:
    """A member may leave; who manages the members may end a membership; offices are ended by the national office."""
    if user is None:
        return False
    if membership.user_id == user.pk:
        return True
    if membership.institution is not None:
        return can_manage_members(user, membership.institution)
    return can_grant_office(user, membership.territory, membership.role)


def is_invited(user: Any, membership: Any) -> bool:
    """Bound to the address: an invitation that was forwarded opens nothing."""
    return user is not None and membership.email.casefold() == user.email.casefold()


MEMBERSHIP = Lifecycle(
    "membership",
    Transition("accept", (INVITED,), ACTIVE, is_invited),
    Transition("decline", (INVITED,), MembershipStatus.DECLINED, is_invited),
    Transition("lapse", (INVITED,), MembershipStatus.LAPSED, by_system),
    Transition("end", (ACTIVE,), MembershipStatus.ENDED, can_end, dangerous=True),
    Transition("expire", (ACTIVE,), MembershipStatus.ENDED, by_system),
    initial=(INVITED, ACTIVE),
)
