"""What waits for a person among joint programmes: a role to answer, a content to confirm, a version to approve."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from cooperation.programmes.models import GroupMember, JointProgramme, MemberState, VersionState
from cooperation.programmes.rules import admin_houses
from lifecycle.waiting import Line, Queue, waits


def to_answer(user: Any) -> QuerySet[JointProgramme]:
    """Programmes that wait for a word of the person's institution, longest waiting first."""
    own = admin_houses(user)
    found: QuerySet[JointProgramme] = JointProgramme.objects.visible_to(user).waiting_for(own)
    mine = GroupMember.objects.filter(
        version__programme=OuterRef("pk"), version__state=VersionState.OPEN, institution__in=own,
        state__in=(MemberState.INVITED, MemberState.ACCEPTED),
    )  # fmt: skip
    answer = Subquery(mine.order_by("pk").values("state")[:1])
    return found.select_related("lead").annotate(answer=answer).order_by("modified_at", "pk")


def programme_line(programme: JointProgramme, user: Any) -> Line:
    """A programme by its title and lead, and what is asked."""
    actions = {MemberState.INVITED: gettext("Answer"), MemberState.ACCEPTED: gettext("Confirm the content")}
    action = actions.get(programme.answer, gettext("Approve the version"))  # type: ignore[attr-defined]
    return Line(
        title=programme.title, action=action, url=reverse("programme-detail", args=[programme.public_id]),
        since=programme.modified_at, note=name_now(programme.lead.names),
    )  # fmt: skip


waits(Queue("programmes.answer", _("Joint programmes"), to_answer, programme_line, "/programmes/?view=mine"))
