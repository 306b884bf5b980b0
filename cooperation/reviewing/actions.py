"""What happens to everything that is reviewed: written, sent, returned, published, withdrawn.

Which table moves a thing is found by its word; all tables are known from the start, because inboxes read them.
"""

import datetime
from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F

from accounts.spelling import search_key
from cooperation.activities.rules import member_houses
from cooperation.reviewing.models import Reviewed, ReviewStatus
from cooperation.reviewing.rules import can_write, is_author
from institutions.registry.models import Institution
from lifecycle.events import record
from lifecycle.transitions import LIFECYCLES, WrongStatus, held

Thing = TypeVar("Thing", bound=Reviewed)


def house_of(by: Any, institution: Institution | None) -> Institution:
    """The institution in whose name the person writes: the given one, else their first. Raises PermissionDenied."""
    house = institution or Institution.objects.filter(pk__in=member_houses(by)).order_by("pk").first()
    if house is None or not can_write(by, house):
        raise PermissionDenied
    return house


def begin(
    thing: Reviewed, columns: Collection[str], content: Mapping[str, Any], *, by: Any, at: datetime.datetime
) -> None:
    """Keeps a new draft, seen by its author alone; its author and institution are set already."""
    with transaction.atomic():
        thing.created_at = at
        _write(thing, columns, content, at)
        told = {"status_after": thing.status, **thing.audience()}
        record("draft", subject_type=thing.subject_type, subject_id=thing.public_id, by=by, at=at, **told)


def keep(thing: Reviewed, columns: Collection[str], content: Mapping[str, Any], *, at: datetime.datetime) -> None:
    """Writes a part of a draft that is held; what is not given stays."""
    thing.version += 1
    _write(thing, columns, content, at)


def _write(thing: Reviewed, columns: Collection[str], content: Mapping[str, Any], at: datetime.datetime) -> None:
    for name in ("title", *columns):
        if name in content:
            setattr(thing, name, content[name])
    thing.modified_at, thing.search_key = at, search_key(thing.title)
    thing.save()


def permit_writing(thing: Reviewed, by: Any) -> None:
    """Only the author, only as long as it is a draft. Raises PermissionDenied, WrongStatus."""
    if not is_author(by, thing):
        raise PermissionDenied
    if thing.status != ReviewStatus.DRAFT:
        raise WrongStatus(thing.status, LIFECYCLES[thing.subject_type].available(thing, by))


def submit_for_review(thing: Thing, *, by: Any, at: datetime.datetime) -> Thing:
    """The author sends it to be read. Raises Unmet where something is missing."""
    return _move("submit", thing, by, at, {"submitted_at": at})


def publish_reviewed(thing: Thing, *, by: Any, at: datetime.datetime) -> Thing:
    """Another person has read it: now everybody may."""
    return _move("publish", thing, by, at, {"reviewed_by": by, "published_at": at})


def return_to_author(thing: Thing, *, by: Any, at: datetime.datetime, reason: str, reason_code: str = "") -> Thing:
    """It goes back to its author, and why."""
    return _move("return", thing, by, at, {}, reason=reason, reason_code=reason_code)


def withdraw_reviewed(thing: Thing, *, by: Any, at: datetime.datetime, reason: str, reason_code: str = "") -> Thing:
    """It is no longer offered; it stays on the record with the reason."""
    return _move("withdraw", thing, by, at, {}, reason=reason, reason_code=reason_code)


def _move(name: str, thing: Thing, by: Any, at: datetime.datetime, change: dict[str, Any], **told: Any) -> Thing:
    with held(thing):
        written = {**change, "modified_at": at, "version": F("version") + 1}
        LIFECYCLES[thing.subject_type].apply(name, thing, by=by, at=at, change=written, **told)
    return thing
