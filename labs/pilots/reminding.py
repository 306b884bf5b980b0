"""Deadlines that come near or have passed: told once each, and nothing else happens to what they are of."""

import datetime
from typing import Any

from django.db import transaction

from labs.pilots.models import PilotProject, PilotStatus
from labs.pilots.rules import PILOT
from lifecycle.models import Event
from lifecycle.transitions import Lifecycle

WEEK, DAY, PASSED = 7, 1, -1


def remind(on: datetime.date, *, at: datetime.datetime) -> int:
    """Leaves an Event for each deadline that is a week or a day away, or has passed; a missed run is made up for."""
    open_now = PilotProject.objects.filter(status=PilotStatus.IN_DEVELOPMENT, deadline__lte=last_near(on))
    return sum(_tell(pk, on, at) for pk in open_now.order_by("pk").values_list("pk", flat=True))


def last_near(on: datetime.date) -> datetime.date:
    """The last deadline that is near on this day."""
    return on + datetime.timedelta(days=WEEK)


def step_of(left: int) -> int:
    """Which of the three it is, by the days that are left."""
    if left < 0:
        return PASSED
    return DAY if left <= DAY else WEEK


@transaction.atomic
def _tell(pk: int, on: datetime.date, at: datetime.datetime) -> bool:
    """Whether it was told now, and not before."""
    rows = PilotProject.objects.select_for_update().filter(pk=pk, status=PilotStatus.IN_DEVELOPMENT)
    project = rows.first()
    return project is not None and tell_once(PILOT, project, project.deadline, on, at)


def tell_once(
    table: Lifecycle, thing: Any, deadline: datetime.date | None, on: datetime.date, at: datetime.datetime
) -> bool:
    """Leaves the Event of a deadline of a row that is held, unless it is far or was told already; whether it did."""
    if deadline is None or deadline > last_near(on):
        return False
    step = step_of((deadline - on).days)
    name = "deadline_passed" if step == PASSED else "deadline_near"
    detail = {"deadline": deadline.isoformat(), "days": step}
    if Event.objects.about(table.subject_type, thing.public_id).filter(name=name, detail=detail).exists():
        return False
    table.tell(name, thing, by=None, at=at, detail=detail)
    return True
