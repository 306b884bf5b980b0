"""Deadlines that come near or have passed: told once each, and nothing else happens to the project."""

import datetime

from django.db import transaction

from labs.pilots.models import PilotProject, PilotStatus
from labs.pilots.rules import PILOT
from lifecycle.models import Event

WEEK, DAY, PASSED = 7, 1, -1


def remind(on: datetime.date, *, at: datetime.datetime) -> int:
    """Leaves an Event for each deadline that is a week or a day away, or has passed; a missed run is made up for."""
    near = on + datetime.timedelta(days=WEEK)
    open_now = PilotProject.objects.filter(status=PilotStatus.IN_DEVELOPMENT, deadline__lte=near)
    return sum(_tell(pk, on, at) for pk in open_now.order_by("pk").values_list("pk", flat=True))


def step_of(left: int) -> int:
    """Which of the three it is, by the days that are left."""
    if left < 0:
        return PASSED
    return DAY if left <= DAY else WEEK


def _tell(pk: int, on: datetime.date, at: datetime.datetime) -> bool:
    """Whether it was told now, and not before."""
    with transaction.atomic():
        rows = PilotProject.objects.select_for_update().filter(pk=pk, status=PilotStatus.IN_DEVELOPMENT)
        project = rows.first()
        if project is None or project.deadline is None or (project.deadline - on).days > WEEK:
            return False
        step = step_of((project.deadline - on).days)
        name = "deadline_passed" if step == PASSED else "deadline_near"
        detail = {"deadline": project.deadline.isoformat(), "days": step}
        if Event.objects.about("pilot", project.public_id).filter(name=name, detail=detail).exists():
            return False
        PILOT.tell(name, project, by=None, at=at, detail=detail)
    return True
