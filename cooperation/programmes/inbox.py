"""What waits for a person among joint programmes: a role to answer, a content to confirm, a version to approve."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from cooperation.programmes.models import JointProgramme, MemberState
from cooperation.programmes.rules import admin_houses, answering_member
from lifecycle.waiting import Line, Queue, waits


def to_answer(user: Any) -> QuerySet[JointProgramme]:
    """Programmes that wait for a word of the person's institution, longest waiting first."""
    found: QuerySet[JointProgramme] = JointProgramme.objects.visible_to(user).waiting_for(admin_houses(user))
    return found.select_related("lead").order_by("modified_at", "pk")


def programme_line(programme: JointProgramme, user: Any) -> Line:
    """A programme by its title and lead, and what is asked."""
    member = answering_member(user, programme, MemberState.INVITED, MemberState.ACCEPTED)
    if member is None:
        action = gettext("Approve the version")
    elif member.state == MemberState.INVITED:
        action = gettext("Answer")
    else:
        action = gettext("Confirm the content")
    return Line(
        title=programme.title, action=action, url=reverse("programme-detail", args=[programme.public_id]),
        since=programme.modified_at, note=name_now(programme.lead.names),
    )  # fmt: skip


waits(Queue("programmes.answer", _("Joint programmes"), to_answer, programme_line, "/programmes/?view=mine"))
