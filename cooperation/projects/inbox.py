"""What waits for a person among joint projects: a role to answer, an end to confirm."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from cooperation.projects.models import JointProject
from cooperation.projects.rules import admin_houses
from lifecycle.waiting import Line, Queue, waits


def to_answer(user: Any) -> QuerySet[JointProject]:
    """Projects that wait for a word of the person's institution, longest waiting first."""
    found: QuerySet[JointProject] = JointProject.objects.visible_to(user).waiting_for(admin_houses(user))
    return found.select_related("lead").order_by("modified_at", "pk")


def project_line(project: JointProject, user: Any) -> Line:
    """A project by its title and lead."""
    return Line(
        title=project.title, action=gettext("Confirm the end") if project.finished_at else gettext("Answer"),
        url=reverse("project-detail", args=[project.public_id]), since=project.finished_at or project.proposed_at,
        note=name_now(project.lead.names),
    )  # fmt: skip


waits(Queue("projects.answer", _("Joint projects"), to_answer, project_line, "/projects/?turn=mine"))
