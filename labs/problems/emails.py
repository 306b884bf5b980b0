"""What is told of problems: to the coordinator a new one, to who raised it what became of it."""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exchange.notices.models import Notice, NoticeKind
from exchange.notices.telling import Telling, Told
from institutions.people.models import Membership
from institutions.registry.scope import Role
from labs.problems.models import Problem, ProblemStatus
from labs.problems.rules import settles
from lifecycle.models import Event

RELATED = ("laboratory__site", "laboratory__cluster")


def subject_of(event: Event) -> Problem | None:
    return Problem.objects.filter(public_id=event.subject_id).select_related(*RELATED).first()


def coordinators(event: Event) -> Iterable[Told]:
    """Whoever coordinates the laboratory, save who raised it."""
    problem = subject_of(event)
    if problem is None:
        return []
    lab = problem.laboratory
    held = Membership.objects.held_on(timezone.localdate(event.happened_at)).filter(role=Role.COORDINATOR)
    held = held.filter(institution__in={lab.host_id, lab.site_id, lab.cluster.coordinator_id})
    people = set(held.values_list("user_id", flat=True)) - {event.actor_id}
    values = {"title": problem.title, "laboratory": lab.site.names}
    return [Told(user, values) for user in sorted(people)]


def raiser(event: Event) -> Iterable[Told]:
    """Who raised it, unless they did it themselves."""
    problem = subject_of(event)
    if problem is None or problem.raised_by_id == event.actor_id:
        return []
    return [Told(problem.raised_by_id, {"title": problem.title, "laboratory": problem.laboratory.site.names})]


def still_raised(notice: Notice) -> bool:
    """Whether it still waits for this coordinator."""
    rows = Problem.objects.filter(public_id=notice.subject_id, status=ProblemStatus.RAISED)
    problem = rows.select_related(*RELATED).first()
    return problem is not None and settles(notice.recipient, problem)


PAGE, OPEN = "problem-detail", _("Open the problem")
RAISED = Telling(
    "problem.raised", NoticeKind.YOUR_TURN, _("A problem waits for your answer: %(title)s, %(laboratory)s"),
    _("Read and answer"), PAGE, coordinators, stands=still_raised,
)  # fmt: skip
ACCEPTED = Telling(
    "problem.accepted", NoticeKind.PARTNER_ACTED, _("Your problem is accepted: %(title)s, %(laboratory)s"), OPEN, PAGE,
    raiser,
)  # fmt: skip
DECLINED = Telling(
    "problem.declined", NoticeKind.PARTNER_ACTED, _("Your problem was declined: %(title)s, %(laboratory)s"),
    _("See why"), PAGE, raiser,
)  # fmt: skip
MERGED = Telling(
    "problem.merged", NoticeKind.PARTNER_ACTED, _("Your problem was merged into another: %(title)s, %(laboratory)s"),
    _("See why"), PAGE, raiser,
)  # fmt: skip
SOLVED = Telling(
    "problem.solved", NoticeKind.PARTNER_ACTED, _("Your problem is solved: %(title)s, %(laboratory)s"), OPEN, PAGE,
    raiser,
)  # fmt: skip
