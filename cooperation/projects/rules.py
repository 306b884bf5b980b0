"""Who leads, answers and ends a joint project, and the table of its moves (product 3.5)."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from cooperation.activities.rules import member_houses
from cooperation.projects.models import OutputState, PartnerState
from cooperation.projects.models import ProjectStatus as P
from institutions.registry.scope import Role
from lifecycle.transitions import Condition, Lifecycle, Transition, by_system

UNDER_WAY = (P.RUNNING, P.PAUSED)


def admin_houses(user: Any) -> set[int]:
    """Verified institutions that the person administers."""
    return member_houses(user, Role.INSTITUTION_ADMIN)


def can_lead(user: Any, project: Any) -> bool:
    """The lead's administrator."""
    return project.lead_id in admin_houses(user)


def can_draft(user: Any, institution: Any) -> bool:
    """Administrators draft in the name of their own institution."""
    return institution.pk in admin_houses(user)


def answering_partner(user: Any, project: Any, *states: str) -> Any:
    """The partner, in one of these states, in whose name the person answers; None where there is none."""
    own = admin_houses(user)
    found = (
        [each for each in project.partners.all() if each.institution_id in own and each.state in states] if own else []
    )
    return min(found, key=lambda each: each.pk, default=None)


def can_answer(user: Any, project: Any) -> bool:
    """A partner's administrator, once."""
    return answering_partner(user, project, PartnerState.INVITED) is not None


def is_partner(user: Any, project: Any) -> bool:
    """The administrator of a partner that takes part."""
    return answering_partner(user, project, PartnerState.ACCEPTED) is not None


def is_named(user: Any, project: Any) -> bool:
    """The administrator of any partner, whatever it answered."""
    return answering_partner(user, project, *PartnerState.values) is not None


def takes_part(user: Any, project: Any) -> bool:
    """The lead or a partner that takes part."""
    return can_lead(user, project) or is_partner(user, project)


def before_proposing(project: Any) -> Iterator[Condition]:
    """A goal, days in order, at least one stage with its deadline, at least one partner."""
    if not project.goal.strip():
        yield Condition("goal", _("Say what the project is to reach."), "/goal")
    if project.starts_on is None:
        yield Condition("starts_on", _("Give the first day."), "/starts_on")
    if project.ends_on is None:
        yield Condition("ends_on", _("Give the last day."), "/ends_on")
    stages = list(project.stages.all())
    if not stages:
        yield Condition("stages", _("Give at least one stage."), "/stages")
    if any(stage.due_on is None for stage in stages):
        yield Condition("deadlines", _("Give each stage its deadline."), "/stages")
    if not project.partners.exists():
        yield Condition("partners", _("Choose at least one partner and its role."), "/partners")


def before_finishing(project: Any) -> Iterator[Condition]:
    """Every output is there or was dropped with a reason."""
    for output in project.outputs.filter(state=OutputState.PLANNED).order_by("position"):
        message = _("“%(title)s” is neither delivered nor dropped.") % {"title": output.title}
        yield Condition("output", message, f"/outputs/{output.position}")


def before_confirming(project: Any) -> Iterator[Condition]:
    """The lead has said that it is done."""
    if project.finished_at is None:
        yield Condition("finished", _("The lead has not said yet that the project is done."))


PROJECT = Lifecycle(
    "project",
    Transition("propose", (P.DRAFT,), P.PROPOSED, can_lead, _("Send to the partners"), must_hold=before_proposing),
    Transition("accept", (P.PROPOSED,), None, can_answer, _("Take part"), who=is_named),
    Transition("decline", (P.PROPOSED,), None, can_answer, _("Decline"), needs_reason=True, dangerous=True,
               who=is_named),
    Transition("start", (P.PROPOSED,), P.RUNNING, by_system, _("Started")),
    Transition("finish_stage", UNDER_WAY, None, takes_part, _("Stage done")),
    Transition("deliver", UNDER_WAY, None, takes_part, _("Deliver an output")),
    Transition("drop", UNDER_WAY, None, can_lead, _("Drop an output"), needs_reason=True),
    Transition("add_activity", UNDER_WAY, None, takes_part, _("Add an activity")),
    Transition("complete", (P.RUNNING,), None, can_lead, _("The project is done"), must_hold=before_finishing),
    Transition("confirm", (P.RUNNING,), P.COMPLETED, is_partner, _("Confirm the end"), must_hold=before_confirming,
               who=is_named),
    Transition("pause", (P.RUNNING,), P.PAUSED, can_lead, _("Pause"), needs_reason=True),
    Transition("resume", (P.PAUSED,), P.RUNNING, can_lead, _("Resume")),
    Transition("stop", (P.PROPOSED, *UNDER_WAY), P.STOPPED, can_lead, _("Stop"), needs_reason=True, dangerous=True),
    Transition("ask_stop", UNDER_WAY, None, is_partner, _("Ask to stop"), needs_reason=True, dangerous=True,
               who=is_named),
    Transition("stop_by_partners", UNDER_WAY, P.STOPPED, by_system, _("Stopped by the partners")),
    initial=(P.DRAFT,),
)  # fmt: skip
