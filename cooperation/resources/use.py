"""The use of a shared resource: whether it is open to a reader today, how often it was used, by whom and when."""

import datetime
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncMonth

from cooperation.resources.models import Resource, ResourceUse
from cooperation.resources.rules import can_open, is_keeper, using_house
from cooperation.reviewing.models import ReviewStatus


def is_open_to(user: Any, resource: Resource, on: datetime.date) -> bool:
    """Whether link, file and words are shown: to its keepers always, to others on a day on which they opened it.

    Who has the right and belongs to no other institution leaves no use behind and reads it at once.
    """
    if is_keeper(user, resource):
        return True
    if resource.status != ReviewStatus.PUBLISHED or not can_open(user, resource):
        return False
    if using_house(user, resource) is None:
        return True
    return ResourceUse.objects.filter(resource=resource, person=user, used_on=on).exists()


def totals_of(resource: Resource) -> tuple[int, int]:
    """How often it was used, and by how many institutions: what everybody may know."""
    found = ResourceUse.objects.filter(resource=resource).aggregate(
        uses=Count("pk"), houses=Count("institution", distinct=True)
    )
    return found["uses"], found["houses"]


def by_institution_and_month(resource: Resource, user: Any) -> list[dict[str, Any]]:
    """The uses this person may see, newest month first: institution, names, public id, month, uses."""
    rows: Any = ResourceUse.objects.visible_to(user).filter(resource=resource)
    counted = rows.annotate(month=TruncMonth("used_on")).order_by().values(
        "month", "institution__public_id", "institution__names"
    )  # fmt: skip
    return list(counted.annotate(uses=Count("pk")).order_by("-month", "-uses", "institution__public_id"))
