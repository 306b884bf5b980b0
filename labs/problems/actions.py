"""What happens to a problem: raised, voted for, settled by the coordinator, taken up and solved by projects."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.spelling import search_key
from institutions.registry.models import Institution
from labs.laboratories.models import Laboratory, LaboratoryStatus
from labs.laboratories.rules import works_in
from labs.problems.models import OPEN, Problem, ProblemStatus, Vote
from labs.problems.rules import PROBLEM, voters
from lifecycle.events import record
from lifecycle.transitions import held

ENDED = ("rejected", "disseminated", "stopped")  # projects that hold no problem any more


@transaction.atomic
def raise_problem(
    *,
    by: Any,
    at: datetime.datetime,
    laboratory: Laboratory,
    title: str,
    statement: str,
    evidence: str,
    figure: Mapping[str, Any] | None = None,
) -> Problem:
    """A problem in the name of the person's institution; `figure` is what an indicator showed (breach.Figure.kept).

    Raises PermissionDenied, ValidationError.
    """
    own = works_in(by, laboratory)
    if not own:
        raise PermissionDenied
    if laboratory.status != LaboratoryStatus.ACTIVE:
        raise ValidationError({"laboratory": _("This laboratory is not active.")})
    said = {"title": title.strip(), "statement": statement.strip(), "evidence": evidence.strip()}
    lacking = {
        "title": _("Say in one line what the problem is."), "statement": _("Say what is wrong."),
        "evidence": _("Say how you know."),
    }  # fmt: skip
    if unsaid := {name: message for name, message in lacking.items() if not said[name]}:
        raise ValidationError(unsaid)
    problem = Problem.objects.create(
        laboratory=laboratory, institution=_speaking(own, laboratory), raised_by=by, raised_at=at, modified_at=at,
        search_key=search_key(title), **said, **(figure or {}),
    )  # fmt: skip
    told = {"subject_type": "problem", "subject_id": problem.public_id, "status_after": problem.status}
    record("raise", by=by, at=at, **told, **problem.audience())
    return problem


def _speaking(own: set[int], laboratory: Laboratory) -> Institution:
    """In whose name somebody of several of its institutions speaks: a member before the site."""
    return Institution.objects.get(pk=min(own, key=lambda pk: (pk == laboratory.site_id, pk)))


def _move(name: str, problem: Problem, by: Any, at: datetime.datetime, **more: Any) -> Problem:
    """One line of the table, with the columns that every act writes."""
    change = {"version": F("version") + 1, "modified_at": at, **more.pop("change", {})}
    PROBLEM.apply(name, problem, by=by, at=at, change=change, **more)
    problem.refresh_from_db()
    return problem


def vote_for(problem: Problem, *, by: Any, at: datetime.datetime) -> Problem:
    """One vote of the person's institution; who speaks for several gives one at a time."""
    with held(problem):
        line = PROBLEM.permit("vote", problem, by)
        given = set(problem.votes.values_list("institution_id", flat=True))
        house = Institution.objects.get(pk=min(voters(by, problem) - given))
        Vote.objects.create(problem=problem, institution=house, voted_by=by, voted_at=at)
        return _move("vote", problem, by, at, permitted=line, detail={"institution": house.public_id})


def accept_problem(problem: Problem, *, by: Any, at: datetime.datetime) -> Problem:
    """The laboratory will look at it."""
    with held(problem):
        return _move("accept", problem, by, at)


def decline_problem(problem: Problem, *, by: Any, at: datetime.datetime, reason: str, reason_code: str = "") -> Problem:
    """The laboratory will not look at it; it stays in the register with the reason."""
    with held(problem):
        return _move("decline", problem, by, at, reason=reason, reason_code=reason_code)


def merge_problem(
    problem: Problem, *, by: Any, at: datetime.datetime, into: Problem, reason: str, reason_code: str = ""
) -> Problem:
    """It is the same as another open one of its laboratory; its votes go there, one for each institution."""
    with held(problem, into):
        line = PROBLEM.permit("merge", problem, by, reason)
        if into.pk == problem.pk or into.laboratory_id != problem.laboratory_id or into.status not in OPEN:
            raise ValidationError({"into": _("Choose another open problem of the same laboratory.")})
        doubled = into.votes.values("institution")
        problem.votes.exclude(institution__in=doubled).update(problem=into)
        Problem.objects.filter(pk=into.pk).update(version=F("version") + 1, modified_at=at)
        detail = {"into": into.public_id}
        told = {"reason": reason, "reason_code": reason_code, "detail": detail, "change": {"merged_into": into}}
        return _move("merge", problem, by, at, permitted=line, **told)


def solve_problem(problem: Problem, *, by: Any, at: datetime.datetime, solution: str) -> Problem:
    """Solved another way than by a project, and how."""
    with held(problem):
        line = PROBLEM.permit("solve", problem, by)
        if not solution.strip():
            raise ValidationError({"solution": _("Say how it was solved.")})
        return _move("solve", problem, by, at, permitted=line, change={"solution": solution.strip()})


def take_up(problem: Problem, *, at: datetime.datetime, by: Any = None) -> Problem:
    """A project uses it; one that another project uses already stays in work. Raises WrongStatus."""
    with held(problem):
        return problem if problem.status == ProblemStatus.IN_WORK else _move("take_up", problem, by, at)


def give_back(problem: Problem, *, at: datetime.datetime, project: Any, by: Any = None) -> Problem:
    """This project has ended without solving it: it is open again, unless another project works on it."""
    with held(problem):
        others = problem.projects.exclude(pk=project.pk).exclude(status__in=ENDED)
        stays = problem.status != ProblemStatus.IN_WORK or others.exists()
        return problem if stays else _move("give_back", problem, by, at)


def solve_by_project(problem: Problem, *, at: datetime.datetime, by: Any = None) -> Problem:
    """A project that used it succeeded; solved once is solved."""
    with held(problem):
        return problem if problem.status == ProblemStatus.SOLVED else _move("solve_by_project", problem, by, at)
