"""Who may use a shared resource, for which institution a use counts, and the table of its moves.

The own institution and the regional officer read what they check or keep without using it: that is never counted.
"""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.clock import today
from cooperation.activities.rules import member_houses
from cooperation.agreements.models import AgreementParty
from cooperation.agreements.statuses import AgreementStatus
from cooperation.resources.models import ResourceRights
from cooperation.reviewing.models import ReviewStatus
from cooperation.reviewing.rules import is_own_side, review_table
from institutions.registry.scope import Role, houses
from lifecycle.transitions import Condition, Transition

USERS = (Role.INSTITUTION_ADMIN, Role.COORDINATOR, Role.TEACHER, Role.EMPLOYER, Role.EXPERT, Role.INTEGRATOR)


def partners_of(institution_id: int) -> set[int]:
    """Institutions that signed an agreement with this one which is in force.

    Who may use something is, like who somebody is, a matter of the present day at every door.
    """
    parties = AgreementParty.objects.filter(
        signs=True, valid__contains=today(), agreement__status=AgreementStatus.IN_FORCE
    )
    others = parties.filter(agreement__in=parties.filter(institution=institution_id).values("agreement"))
    return set(others.values_list("institution_id", flat=True)) - {institution_id}


def entitled_houses(user: Any, resource: Any) -> set[int]:
    """Other institutions of the person that have the right to use it."""
    own = member_houses(user, *USERS) - {resource.institution_id}
    if own and resource.rights == ResourceRights.PARTNERS:
        own &= partners_of(resource.institution_id)
    return own


def is_keeper(user: Any, resource: Any) -> bool:
    """A member of the institution that shares it, or who reviews it."""
    return resource.institution_id in houses(user, *USERS) or is_own_side(user, resource)


def using_house(user: Any, resource: Any) -> int | None:
    """The institution for which a use counts; none where the person belongs to the side that shares it."""
    if resource.institution_id in houses(user, *USERS):
        return None
    return min(entitled_houses(user, resource), default=None)


def can_open(user: Any, resource: Any) -> bool:
    """Whoever has the right, and the side that shares it."""
    if user is None or not user.is_authenticated or not user.is_active:
        return False
    if resource.rights == ResourceRights.EVERYBODY or is_keeper(user, resource):
        return True
    return bool(entitled_houses(user, resource))


def before_review(resource: Any) -> Iterator[Condition]:
    """What it is, and how one gets at it: a file, a link, or words."""
    if not resource.description.strip():
        yield Condition("description", _("Say what it is and what it is good for."), "/description")
    if not (resource.file or resource.link or resource.how.strip()):
        yield Condition("how", _("Add a file or a link, or say how others can use it."), "/how")


RESOURCE = review_table(
    "resource",
    before_review,
    Transition("open", (ReviewStatus.PUBLISHED,), None, can_open, pgettext_lazy("button", "Open")),
)
