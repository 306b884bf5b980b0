"""What happens to a pilot project: opened from problems, described, stopped; and the moves that the rooms above call."""

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.spelling import search_key
from labs.laboratories.models import Laboratory
from labs.pilots.models import ENDED, PilotGoal, PilotProject
from labs.pilots.models import PilotStatus as S
from labs.pilots.rules import OPEN_GROUP, PILOT, before_direction, before_object, can_open, coordinates_it
from labs.problems.actions import give_back, take_up
from labs.problems.models import Problem, ProblemStatus
from lifecycle.events import record
from lifecycle.models import Event
from lifecycle.transitions import Condition, Unmet, WrongStatus, held

COLUMNS = ("title", "object", "object_evidence", "direction", "compatibility")
SAID_BY: dict[str, tuple[Callable[[Any], Iterator[Condition]], ...]] = {  # what was said once is not taken back
    S.PROBLEM_IDENTIFIED: (), S.OBJECT_DEFINED: (before_object,), S.DIRECTION_SET: (before_object, before_direction),
}  # fmt: skip
DECISIONS = {"accepted": "accept", "changes_required": "require_changes", "rejected": "reject"}


def move(name: str, project: PilotProject, by: Any, at: datetime.datetime, **more: Any) -> Event:
    """One line of the table, with the columns that every act writes."""
    change = {"version": F("version") + 1, "modified_at": at, **more.pop("change", {})}
    event = PILOT.apply(name, project, by=by, at=at, change=change, **more)
    project.refresh_from_db()
    return event


def open_project(
    *, by: Any, at: datetime.datetime, problems: Sequence[Problem], title: str = ""
) -> PilotProject:  # fmt: skip
    """A project upon accepted problems of one laboratory, which are taken up. Raises PermissionDenied, ValidationError."""
    if not problems:
        raise ValidationError({"problems": _("Choose at least one accepted problem.")})
    with transaction.atomic():
        rows = Problem.objects.select_for_update().filter(pk__in=[each.pk for each in problems]).order_by("pk")
        found = list(rows)
        laboratory = Laboratory.objects.get(pk=found[0].laboratory_id)
        if not can_open(by, laboratory):
            raise PermissionDenied
        if any(each.laboratory_id != laboratory.pk for each in found):
            raise ValidationError({"problems": _("Choose problems of one laboratory.")})
        if any(each.status != ProblemStatus.ACCEPTED for each in found):
            raise ValidationError({"problems": _("Choose problems that are accepted and not yet in work.")})
        called = title.strip() or found[0].title
        project = PilotProject.objects.create(
            title=called, laboratory=laboratory, opened_by=by, created_at=at, modified_at=at,
            search_key=search_key(called),
        )  # fmt: skip
        project.problems.set(found)
        record(
            "open", subject_type="pilot", subject_id=project.public_id, status_after=project.status, by=by, at=at,
            **project.audience(),
        )  # fmt: skip
        for problem in found:
            take_up(problem, at=at)
    return project


def give_back_problems(project: PilotProject, at: datetime.datetime) -> None:
    """Problems that no other project works at may be taken up again."""
    for problem in project.problems.order_by("pk"):
        give_back(problem, at=at, project=project)


def save_project(project: PilotProject, *, by: Any, at: datetime.datetime, **content: Any) -> PilotProject:
    """Writes what is given of the open part: title, object, direction, goals. Raises PermissionDenied, WrongStatus."""
    with held(project):
        permit_saving(project, by)
        _write(project, content)
        unmet = [each for must in SAID_BY[project.status] for each in must(project)]
        if unmet:
            raise Unmet(unmet)
        act("save", project, by, at)
    return project


def permit_saving(project: PilotProject, by: Any) -> None:
    """The coordinator, as long as the group may be named. Raises PermissionDenied, WrongStatus."""
    if not coordinates_it(by, project):
        raise PermissionDenied
    if project.status not in OPEN_GROUP:
        raise WrongStatus(project.status, PILOT.available(project, by))


def act(name: str, project: PilotProject, by: Any, at: datetime.datetime, **event: Any) -> Event:
    """An act that is no line of the table: it writes the moment and leaves its Event."""
    PilotProject.objects.filter(pk=project.pk).update(version=F("version") + 1, modified_at=at)
    project.refresh_from_db()
    return PILOT.tell(name, project, by=by, at=at, **event)


def _write(project: PilotProject, content: Mapping[str, Any]) -> None:
    written = {name: content[name] for name in COLUMNS if name in content}
    if "title" in written:
        if not written["title"].strip():
            raise ValidationError({"title": _("Title: say in one line what is tried.")})
        written["search_key"] = search_key(written["title"])
    if written:
        PilotProject.objects.filter(pk=project.pk).update(**written)
        project.refresh_from_db()
    if "goals" in content:
        project.goals.all().delete()
        PilotGoal.objects.bulk_create(
            PilotGoal(project=project, position=place, **goal) for place, goal in enumerate(content["goals"])
        )


def define_object(project: PilotProject, *, by: Any, at: datetime.datetime, **content: str) -> PilotProject:
    """What is researched (`object`), and how one knows that the problem lies there (`object_evidence`)."""
    with held(project):
        line = PILOT.permit("define_object", project, by)
        _write(project, content)
        move("define_object", project, by, at, permitted=line)
    return project


def set_direction(
    project: PilotProject, *, by: Any, at: datetime.datetime, direction: Any, goals: Sequence[Mapping[str, Any]],
    compatibility: str,
) -> PilotProject:  # fmt: skip
    """The programme direction, the goals, and how they fit those of the other projects under the umbrella."""
    with held(project):
        line = PILOT.permit("set_direction", project, by)
        _write(project, {"direction": direction, "goals": goals, "compatibility": compatibility})
        move("set_direction", project, by, at, permitted=line)
    return project


def stop_project(
    project: PilotProject, *, by: Any, at: datetime.datetime, reason: str, reason_code: str = ""
) -> PilotProject:
    """It ends before its result is assessed; it stays visible, and its problems are given back."""
    with held(project):
        move("stop", project, by, at, reason=reason, reason_code=reason_code)
        give_back_problems(project, at)
    return project


def start_examination(project: PilotProject, *, by: Any, at: datetime.datetime) -> PilotProject:
    """Two experts read it."""
    return _step("examine", project, by, at)


def decide_examination(project: PilotProject, *, decision: str, at: datetime.datetime) -> PilotProject:
    """What the examination came to (`Decision`): accepted, changes_required, rejected."""
    with held(project):
        move(DECISIONS[decision], project, None, at)
        if decision == "rejected":
            give_back_problems(project, at)
    return project


def reopen_examination(project: PilotProject, *, at: datetime.datetime) -> PilotProject:
    """A round was void: it is submitted once more; where it was rejected, its problems are taken up again."""
    with held(project):
        ended = project.status in ENDED
        move("reopen_examination", project, None, at)
        if ended:
            for problem in project.problems.filter(status=ProblemStatus.ACCEPTED).order_by("pk"):
                take_up(problem, at=at)
    return project


def approve_programme(project: PilotProject, *, by: Any, at: datetime.datetime) -> PilotProject:
    """Steps, owners, resources and days stand, and every site has joined."""
    return _step("approve_programme", project, by, at)


def mark_preregistered(project: PilotProject, *, by: Any, at: datetime.datetime) -> PilotProject:
    """Its pre-registration is locked."""
    return _step("preregister", project, by, at)


def start_pilot(project: PilotProject, *, at: datetime.datetime) -> PilotProject:
    """Its trial is open."""
    return _step("start_pilot", project, None, at)


def end_pilot(project: PilotProject, *, by: Any, at: datetime.datetime) -> PilotProject:
    """Its trial is closed or abandoned."""
    return _step("end_pilot", project, by, at)


def try_again(project: PilotProject, *, by: Any, at: datetime.datetime) -> PilotProject:
    """Once more, with a new pre-registration and a new trial."""
    return _step("try_again", project, by, at)


def _step(name: str, project: PilotProject, by: Any, at: datetime.datetime) -> PilotProject:
    with held(project):
        move(name, project, by, at)
    return project
