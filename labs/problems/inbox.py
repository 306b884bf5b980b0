"""What waits for a coordinator among problems: those to accept, decline or merge."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from labs.laboratories.presenting import title_of
from labs.laboratories.rules import coordinated_houses
from labs.problems.models import Problem
from labs.problems.presenting import page
from lifecycle.waiting import Line, Queue, waits


def to_settle(user: Any) -> QuerySet[Problem]:
    """Problems raised in laboratories that the person coordinates, longest waiting first."""
    rows: Any = Problem.objects
    found: QuerySet[Problem] = rows.visible_to(user).waiting_for(coordinated_houses(user))
    return found.select_related("laboratory__site").order_by("raised_at", "pk")


def problem_line(problem: Problem, user: Any) -> Line:
    """A problem by its title and laboratory."""
    return Line(
        title=problem.title, action=gettext("Accept, decline or merge"), url=page(problem), since=problem.raised_at,
        note=title_of(problem.laboratory),
    )  # fmt: skip


waits(Queue("problems.settle", _("Problems"), to_settle, problem_line, "/labs/problems/?turn=mine"))
