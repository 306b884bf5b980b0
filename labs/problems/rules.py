"""Who raises, votes for and settles a problem, and the table of its moves (product 3.8)."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from institutions.registry.scope import Role, active_houses
from labs.laboratories.models import LabMember, Laboratory
from labs.laboratories.rules import WORKERS, coordinates, works_in
from labs.problems.models import ProblemStatus as P
from lifecycle.transitions import Condition, Lifecycle, Transition, by_system


def can_raise(user: Any, laboratory: Any) -> bool:
    """Any member of an institution that works in an open laboratory."""
    return laboratory.status == "active" and bool(works_in(user, laboratory))


def open_laboratories(user: Any) -> list[Laboratory]:
    """Active laboratories in which the person may raise a problem (as `can_raise`), by the name of their site."""
    own = active_houses(user, *WORKERS) if user is not None else set()
    if not own:
        return []
    member = Exists(LabMember.objects.on().filter(laboratory=OuterRef("pk"), institution__in=own))
    rows = Laboratory.objects.filter(Q(host__in=own) | Q(site__in=own) | Q(member), status="active")
    return list(rows.select_related("site", "host", "cluster").order_by("site__sort_key", "pk"))


def can_vote(user: Any, problem: Any) -> bool:
    """The administrator or coordinator of a member institution that has not voted yet."""
    return bool(voters(user, problem) - set(problem.votes.values_list("institution_id", flat=True)))


def voters(user: Any, problem: Any) -> set[int]:
    """Member institutions in whose name the person votes; the site is no member beside its host."""
    own = works_in(user, problem.laboratory, Role.INSTITUTION_ADMIN, Role.COORDINATOR)
    return own - {problem.laboratory.site_id}


def settles(user: Any, problem: Any) -> bool:
    """The coordinator of its laboratory."""
    return user is not None and coordinates(user, problem.laboratory)


def before_accepting(problem: Any) -> Iterator[Condition]:
    """There is a statement and evidence."""
    if not problem.statement.strip():
        yield Condition("statement", _("Say what is wrong."), "/statement")
    if not problem.evidence.strip():
        yield Condition("evidence", _("Say how you know."), "/evidence")


PROBLEM = Lifecycle(
    "problem",
    Transition("vote", (P.RAISED, P.ACCEPTED), None, can_vote, _("Vote for it")),
    Transition("accept", (P.RAISED,), P.ACCEPTED, settles, _("Accept"), must_hold=before_accepting),
    Transition("decline", (P.RAISED, P.ACCEPTED), P.DECLINED, settles, _("Decline"), needs_reason=True, dangerous=True),
    Transition("merge", (P.RAISED, P.ACCEPTED), P.MERGED, settles, _("Merge into another"), needs_reason=True),
    Transition("take_up", (P.ACCEPTED,), P.IN_WORK, by_system, _("Taken up by a project")),
    Transition("give_back", (P.IN_WORK,), P.ACCEPTED, by_system, _("Given back: its project ended")),
    Transition("solve", (P.IN_WORK,), P.SOLVED, settles, _("Solved")),
    Transition("solve_by_project", (P.IN_WORK,), P.SOLVED, by_system, _("Solved by a project")),
    initial=(P.RAISED,),
)
