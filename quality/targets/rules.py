"""Who says what is to be reached, who approves it, and the table of its moves."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from institutions.registry.models import Institution
from institutions.registry.scope import Role, offices
from institutions.territory.models import Territory
from lifecycle.transitions import Lifecycle, Transition, by_system
from quality.targets.models import TargetStatus as T


def can_set_targets(user: Any, place: Territory | Institution) -> bool:
    """The ministry everywhere, an office of a region inside it; never who only holds a house."""
    seats = offices(user, Role.MINISTRY_OFFICER, Role.REGIONAL_OFFICER) if user is not None else []
    return bool(set(seats) & set(_above(place)))


def can_propose(user: Any) -> bool:
    """Whoever holds an office that sets targets anywhere."""
    return bool(offices(user, Role.MINISTRY_OFFICER, Role.REGIONAL_OFFICER))


def can_approve(user: Any, target: Any) -> bool:
    """Another person of the ministry, or of an office above the place: no region says alone what is enough of it."""
    if user is None or user.pk == target.set_by_id:
        return False
    above = _above(target.place)
    ministry, region = (offices(user, role) for role in (Role.MINISTRY_OFFICER, Role.REGIONAL_OFFICER))
    higher = above if target.institution_id else above[:-1]
    return bool(set(ministry) & set(above) or set(region) & set(higher))


def can_decline(user: Any, target: Any) -> bool:
    """Who could approve it, and who has set it and thinks better of it."""
    own = user is not None and user.pk == target.set_by_id and can_set_targets(user, target.place)
    return own or can_approve(user, target)


def _above(place: Territory | Institution) -> list[int]:
    """Ids of the places from the country down to this one."""
    return list((place.territory if isinstance(place, Institution) else place).lineage)


TARGET = Lifecycle(
    "target",
    Transition("approve", (T.PROPOSED,), T.APPROVED, can_approve, _("Approve"), who=can_approve),
    Transition("decline", (T.PROPOSED,), T.DECLINED, can_decline, _("Decline"), needs_reason=True, dangerous=True),
    Transition("replace", (T.PROPOSED, T.APPROVED), T.REPLACED, by_system),
    initial=(T.PROPOSED,),
)
