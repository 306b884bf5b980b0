"""What is told of programmes: a site is asked, steps become tasks. To administrators alone."""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from cooperation.pages.telling import administrators, told_houses
from exchange.notices.models import Notice, NoticeKind
from exchange.notices.telling import Telling, Told
from labs.implementation.models import ImplementationStep
from labs.implementation.rules import own_houses, site_to_answer
from labs.pilots.emails import coordinators
from labs.pilots.models import PilotProject
from lifecycle.models import Event


def project_of(public_id: str) -> Any:
    """The project, with what its rules ask for."""
    return PilotProject.objects.filter(public_id=public_id).select_related("laboratory__cluster").first()


def asked_sites(event: Event) -> Iterable[Told]:
    """Administrators of sites that have not answered."""
    project = project_of(event.subject_id)
    if project is None:
        return []
    rows = project.sites.filter(joined_at__isnull=True, declined_at__isnull=True)
    return told_houses(set(rows.values_list("institution_id", flat=True)), event, title=project.title)


def near(event: Event) -> Iterable[Told]:
    """Those who coordinate its laboratory, but who did it."""
    project = project_of(event.subject_id)
    if project is None:
        return []
    found = coordinators(project, event) - {event.actor_id}
    return [Told(user, {"title": project.title}) for user in sorted(found)]


def owners(event: Event) -> Iterable[Told]:
    """Administrators of the organisations that own a step of an approved programme."""
    project = project_of(event.subject_id)
    if project is None:
        return []
    return told_houses(set(project.steps.values_list("owner_id", flat=True)), event, title=project.title)


def of_step(who: Callable[[ImplementationStep, Event], set[int]]) -> Callable[[Event], Iterable[Told]]:
    """These people of one step."""

    def told(event: Event) -> list[Told]:
        rows = ImplementationStep.objects.filter(public_id=event.subject_id)
        step = rows.select_related("project__laboratory__cluster", "owner").first()
        if step is None:
            return []
        found = who(step, event) - {event.actor_id}
        return [Told(user, {"title": step.title}) for user in sorted(found)]

    return told


def still_asked(notice: Notice) -> bool:
    """Whether this person's institution has yet to answer."""
    project = project_of(notice.subject_id)
    return project is not None and site_to_answer(notice.recipient, project) is not None


def still_to_do(notice: Notice) -> bool:
    """Whether the step is back with this person's institution."""
    step = ImplementationStep.objects.filter(public_id=notice.subject_id, status="returned").first()
    return step is not None and step.owner_id in own_houses(notice.recipient)


PAGE, OPEN = "pilot-detail", _("Open the project")
TO_JOIN = Telling(
    "pilot.to_join", NoticeKind.YOUR_TURN, _("Your organisation is asked to take part in a trial: %(title)s"),
    _("Read and answer"), PAGE, asked_sites, stands=still_asked,
)  # fmt: skip
JOINED = Telling(
    "pilot.joined", NoticeKind.PARTNER_ACTED, _("A site takes part in a trial: %(title)s"), OPEN, PAGE, near
)
NOT_JOINED = Telling(
    "pilot.not_joined", NoticeKind.PARTNER_ACTED, _("A site declined to take part in a trial: %(title)s"),
    _("See why"), PAGE, near,
)  # fmt: skip
TASKS = Telling(
    "pilot.tasks", NoticeKind.YOUR_TURN, _("A programme is approved; your organisation has steps in it: %(title)s"),
    OPEN, PAGE, owners,
)  # fmt: skip
LOCKED = Telling(
    "pilot.locked", NoticeKind.PARTNER_ACTED, _("A pre-registration is locked: %(title)s"), OPEN, PAGE, near
)
REPORTED = Telling(
    "step.reported", NoticeKind.YOUR_TURN, _("A step is reported as done and waits for acceptance: %(title)s"),
    _("Open the step"), "step-detail", of_step(lambda step, event: coordinators(step.project, event)),
)  # fmt: skip
RETURNED = Telling(
    "step.returned", NoticeKind.YOUR_TURN, _("A step was returned: %(title)s"), _("See why"), "step-detail",
    of_step(lambda step, event: administrators({step.owner_id}, event)), stands=still_to_do,
)  # fmt: skip
