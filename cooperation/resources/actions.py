"""What happens to a shared resource: written, given a file, and opened by those it is shared with."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from cooperation.resources.models import Resource, ResourceUse
from cooperation.resources.rules import RESOURCE, using_house
from cooperation.reviewing.actions import begin, house_of, keep, permit_writing
from institutions.registry.models import Institution
from lifecycle.transitions import held

COLUMNS = ("kind", "rights", "description", "how", "link")


def draft_resource(
    *, by: Any, at: datetime.datetime, title: str, kind: str, institution: Institution | None = None, **content: Any
) -> Resource:
    """A new draft of this author. Raises PermissionDenied."""
    resource = Resource(author=by, institution=house_of(by, institution))
    begin(resource, COLUMNS, {"title": title, "kind": kind, **content}, by=by, at=at)
    return resource


def save_resource(resource: Resource, *, by: Any, at: datetime.datetime, **content: Any) -> Resource:
    """Writes a part of the draft. Raises PermissionDenied, WrongStatus."""
    with held(resource):
        permit_writing(resource, by)
        keep(resource, COLUMNS, content, at=at)
    return resource


def open_resource(resource: Resource, *, by: Any, at: datetime.datetime) -> Resource:
    """A person opens it; for a member of another institution that is a use, once a day.

    The row of the use and the Event are written by the product: nobody reports use. Raises PermissionDenied,
    WrongStatus.
    """
    with transaction.atomic():
        line = RESOURCE.permit("open", resource, by)
        house = using_house(by, resource)
        if house is None:
            return resource
        day = timezone.localtime(at).date()
        use, new = ResourceUse.objects.get_or_create(resource=resource, institution_id=house, person=by, used_on=day)
        if new:
            told = resource.audience()
            user_side = use.institution.public_id
            told |= {"institution": user_side, "concerned": sorted({*told["concerned"], user_side})}
            RESOURCE.apply("open", resource, by=by, at=at, permitted=line, **told)
    return resource
