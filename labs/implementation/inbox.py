"""What waits for a person among programmes: a site to answer for, steps to do, steps to accept."""

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from institutions.registry.scope import Role, active_houses
from labs.implementation.models import ImplementationStep, PilotSite, StepStatus
from labs.implementation.rules import own_houses
from labs.laboratories.rules import coordinated_houses
from labs.pilots.models import MemberAnswer, PilotMember, PilotStatus, Raci
from lifecycle.waiting import Line, Queue, waits

TO_DO = (StepStatus.NEW, StepStatus.IN_PROGRESS, StepStatus.RETURNED)


def to_join(user: Any) -> QuerySet[PilotSite]:
    """Sites of the person's institution that have not answered."""
    own = active_houses(user, Role.INSTITUTION_ADMIN)
    rows = PilotSite.objects.filter(institution__in=own, project__status=PilotStatus.ACCEPTED)
    open_rows = rows.filter(joined_at__isnull=True, declined_at__isnull=True)
    return open_rows.select_related("project", "institution").order_by("pk")


def join_line(site: PilotSite, user: Any) -> Line:
    """A project that asks an institution."""
    return Line(
        title=site.project.title, action=gettext("Say whether your organisation takes part"),
        url=reverse("pilot-detail", args=[site.project.public_id]), note=name_now(site.institution.names),
    )  # fmt: skip


def to_do(user: Any) -> QuerySet[ImplementationStep]:
    """Steps of the person's institutions, due first."""
    rows = ImplementationStep.objects.all().owned_by(own_houses(user)).open().filter(status__in=TO_DO)
    return rows.select_related("project", "owner").order_by("due_on", "pk")


def to_accept(user: Any) -> QuerySet[ImplementationStep]:
    """Steps reported as done to the lead of the group or the coordinator."""
    own = coordinated_houses(user)
    led = PilotMember.objects.filter(user=user.pk, raci=Raci.ACCOUNTABLE, answer=MemberAnswer.AGREED)
    lab = "project__laboratory"
    near = Q(**{f"{lab}__host__in": own}) | Q(**{f"{lab}__site__in": own})
    mine = near | Q(**{f"{lab}__cluster__coordinator__in": own}) | Q(project__in=led.values("project"))
    rows = ImplementationStep.objects.filter(mine, status=StepStatus.SUBMITTED)
    return rows.select_related("project", "owner").order_by("modified_at", "pk")


def step_line(step: ImplementationStep, user: Any) -> Line:
    """A step by its title and project."""
    submitted = step.status == StepStatus.SUBMITTED
    return Line(
        title=step.title, action=gettext("Accept or return") if submitted else gettext("Do the step"),
        url=reverse("step-detail", args=[step.public_id]), note=step.project.title,
        since=step.modified_at if submitted else None, due=None if submitted else step.due_on,
    )  # fmt: skip


waits(Queue("pilots.join", _("Trials to join"), to_join, join_line, "/labs/pilots/"))
waits(Queue("steps.do", _("Steps of pilot projects"), to_do, step_line, "/labs/steps/?view=mine"))
waits(Queue("steps.accept", _("Steps to accept"), to_accept, step_line, "/labs/steps/?status=submitted"))
