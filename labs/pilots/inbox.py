"""What waits for a person among pilot projects: own tasks to agree to, a group to approve, a step of lead or coordinator."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from labs.pilots.models import PilotProject
from labs.pilots.models import PilotStatus as S
from labs.pilots.turns import asked_to_agree, to_approve, to_coordinate, to_lead
from lifecycle.waiting import Line, Queue, waits

NEXT = {
    S.PROBLEM_IDENTIFIED: _("Define the object"),
    S.OBJECT_DEFINED: _("Set the direction"),
    S.DIRECTION_SET: _("Name the group"),
    S.GROUP_APPROVED: _("Start the development"),
    S.IN_DEVELOPMENT: _("Write and submit"),
    S.REVISION_REQUIRED: _("Revise and submit"),
    S.ACCEPTED: _("Prepare the implementation programme"),
    S.PROGRAMME_APPROVED: _("Write the pre-registration"),
}


def _those(user: Any, asked: Any) -> QuerySet[PilotProject]:
    return PilotProject.objects.filter(asked).select_related("laboratory__site").order_by("modified_at", "pk")


def to_agree(user: Any) -> QuerySet[PilotProject]:
    """Groups the person is named in and has not answered."""
    return _those(user, asked_to_agree(user))


def groups(user: Any) -> QuerySet[PilotProject]:
    """Groups that the person's institution may approve: everybody in them agreed."""
    return _those(user, to_approve(user))


def steps(user: Any) -> QuerySet[PilotProject]:
    """Projects whose next step is the person's, as lead or coordinator; opening an examination is told by itself."""
    return _those(user, to_lead(user) | to_coordinate(user)).exclude(status=S.SUBMITTED)


def _line(project: PilotProject, action: str) -> Line:
    return Line(
        title=project.title, action=action, url=reverse("pilot-detail", args=[project.public_id]),
        since=project.modified_at, due=project.deadline if project.status == S.IN_DEVELOPMENT else None,
        note=name_now(project.laboratory.site.names),
    )  # fmt: skip


def agree_line(project: PilotProject, user: Any) -> Line:
    return _line(project, gettext("Agree to my tasks, or decline"))


def group_line(project: PilotProject, user: Any) -> Line:
    return _line(project, gettext("Approve the group"))


def step_line(project: PilotProject, user: Any) -> Line:
    return _line(project, str(NEXT[S(project.status)]))


waits(Queue("pilots.agree", _("Groups you are named in"), to_agree, agree_line, "/labs/pilots/?view=mine"))
waits(Queue("pilots.approve", _("Project groups to approve"), groups, group_line, "/labs/pilots/?view=mine"))
waits(Queue("pilots.step", _("Pilot projects"), steps, step_line, "/labs/pilots/?view=mine"))
