"""A pilot project in words for lists and boards: its stage, whose turn, its deadline; and the buttons of its page."""

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import name_now
from accounts.wording import counted, day_short
from cooperation.pages.showing import buttons
from labs.pilots.models import GroupApproval, MemberAnswer, PilotMember, PilotProject
from labs.pilots.models import PilotStatus as S
from labs.pilots.rules import PILOT, before_again
from labs.pilots.stages import OF_STATUS, words_of
from labs.pilots.turns import OF_COORDINATOR, OF_LEAD, waiting_for

RELATED = ("laboratory__site", "laboratory__cluster", "direction")
MEMBERS = Prefetch("members", PilotMember.objects.select_related("institution", "field", "user").order_by("pk"))
APPROVALS = Prefetch("approvals", GroupApproval.objects.select_related("institution").order_by("pk"))
ROW_PREFETCH = (MEMBERS, APPROVALS)
TONES: dict[str, tuple[str, str]] = {
    **dict.fromkeys(S, ("waiting", "clock")),
    S.GROUP_APPROVED: ("ok", "people"),
    S.IN_DEVELOPMENT: ("waiting", "pencil"),
    S.REVISION_REQUIRED: ("warn", "undo"),
    S.REJECTED: ("bad", "cross"),
    S.ACCEPTED: ("ok", "tick"),
    S.PROGRAMME_APPROVED: ("ok", "task"),
    S.PREREGISTERED: ("ok", "lock"),
    S.PILOTING: ("ok", "activity"),
    S.ASSESSED: ("neutral", "tick"),
    S.DISSEMINATING: ("ok", "activity"),
    S.DISSEMINATED: ("ok", "tick"),
    S.STOPPED: ("ended", "stop"),
}
TURNS: dict[str, Any] = {
    "you": gettext_lazy("Your turn"),
    "coordinator": gettext_lazy("Turn of the coordinator"),
    "people": gettext_lazy("Turn of the people named"),
    "approvers": gettext_lazy("Turn of the organisations that approve the group"),
    "lead": gettext_lazy("Turn of the lead of the group"),
    "experts": gettext_lazy("Turn of the experts"),
    "panel": gettext_lazy("Turn of the panel"),
}
MOVES: dict[str, dict[str, Any]] = {
    "agree": {"icon": "tick", "kind": "main", "ask": False},
    "define_object": {"icon": "search", "kind": "main", "ask": True},
    "set_direction": {"icon": "right", "kind": "main", "ask": True},
    "approve_group": {"icon": "tick", "kind": "main", "ask": False},
    "start_development": {"icon": "clock", "kind": "main", "ask": True},
    "save_version": {"icon": "pencil", "kind": "main", "ask": True},
    "submit": {"icon": "right", "kind": "second", "ask": False},
    "extend": {"icon": "clock", "kind": "second", "ask": True},
    "decline_part": {"icon": "cross", "kind": "bad-quiet", "ask": True},
    "try_again": {"icon": "undo", "kind": "main", "ask": False},
    "stop": {"icon": "stop", "kind": "bad-quiet", "ask": True},
}
PLACES = {
    "define_object": "object", "set_direction": "direction", "start_development": "develop", "save_version": "version",
    "decline_part": "decline", "approve_group": "approve", "try_again": "try-again",
}  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """How a project stands for one reader."""

    words: str
    tone: str
    icon: str
    turn: str
    is_mine: bool
    late: str


def page(project: PilotProject, name: str = "detail") -> str:
    """The address of one of the project's pages."""
    return reverse(f"pilot-{name}", args=[project.public_id])


def late_by(project: PilotProject, on: datetime.date) -> int:
    """Days past the deadline of the development; 0 where it is in time."""
    if project.status != S.IN_DEVELOPMENT or project.deadline is None:
        return 0
    return max((on - project.deadline).days, 0)


def waits_for(project: PilotProject) -> str:
    """Whose turn it is, as a key of TURNS; empty where nobody has to act."""
    if project.status == S.DIRECTION_SET:
        people = [each.answer for each in project.members.all()]
        if MemberAnswer.INVITED in people:
            return "people"
        return "approvers" if MemberAnswer.AGREED in people else "coordinator"
    if project.status in OF_COORDINATOR:
        return "coordinator"
    if project.status in (*OF_LEAD, S.PREREGISTERED, S.PILOTING):
        return "lead"
    return {S.IN_EXAMINATION: "experts", S.IN_ASSESSMENT: "panel", S.DISSEMINATING: "coordinator"}.get(
        S(project.status), ""
    )


def mine_of(projects: Iterable[PilotProject], user: Any) -> set[int]:
    """Keys of those that wait for this person: one question, however many there are."""
    rows = PilotProject.objects.filter(pk__in=[each.pk for each in projects])
    return set(waiting_for(rows, user).values_list("pk", flat=True))


def standing_of(project: PilotProject, mine: bool, on: datetime.date) -> Standing:
    """Its status, whose turn it is, and how late it is."""
    tone, icon = TONES[project.status]
    whose = waits_for(project)
    late = late_by(project, on)
    words = _("Late: %(days)s") % {"days": counted(late, "day")} if late else ""
    turn = str(TURNS["you" if mine else whose]) if mine or whose else ""
    return Standing(str(S(project.status).label), tone, icon, turn, mine, words)


def deadline_words(project: PilotProject) -> str:
    """Until when it is developed, while that is open."""
    return day_short(project.deadline) if project.status == S.IN_DEVELOPMENT and project.deadline else ""


def row_of(project: PilotProject, mine: bool, on: datetime.date) -> dict[str, Any]:
    """A project in a list or on the board."""
    return {
        "url": page(project), "title": project.title, "laboratory": name_now(project.laboratory.site.names),
        "direction": name_now(project.direction.names) if project.direction else "",
        "stage": OF_STATUS[S(project.status)], "stage_words": words_of(OF_STATUS[S(project.status)]),
        "standing": standing_of(project, mine, on), "due": deadline_words(project),
    }  # fmt: skip


def rows_of(projects: Iterable[PilotProject], user: Any, on: datetime.date) -> list[dict[str, Any]]:
    """Rows of the list."""
    found = list(projects)
    mine = mine_of(found, user)
    return [row_of(project, project.pk in mine, on) for project in found]


def buttons_of(project: PilotProject, open_now: Collection[str]) -> list[dict[str, Any]]:
    """The moves of this page that this person may make now; those of the rooms above stand in their blocks."""
    offered = [name for name in open_now if name != "try_again" or not list(before_again(project))]
    return buttons(PILOT, MOVES, offered, lambda name: page(project, PLACES.get(name, name)))
