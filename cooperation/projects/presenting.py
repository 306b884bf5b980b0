"""A joint project in words for pages: whose turn, what was planned beside what is done, timeline, buttons."""

import datetime
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import name_now
from accounts.wording import counted, day_short, number
from cooperation.activities.models import Activity, ActivityStatus, Participation
from cooperation.activities.presenting import title as activity_title
from cooperation.pages.showing import acting, buttons, house_page, timeline, with_reason
from cooperation.projects.models import (
    JointProject,
    OutputState,
    PartnerState,
    ProjectOutput,
    ProjectPartner,
    ProjectStatus,
)
from cooperation.projects.rules import PROJECT, UNDER_WAY
from lifecycle.models import Event

RELATED = ("lead", "agreement")
PARTNERS = Prefetch("partners", ProjectPartner.objects.select_related("institution", "role"))
PREFETCH = (PARTNERS, "stages", Prefetch("outputs", ProjectOutput.objects.select_related("kind")))
ROW_PREFETCH = (PARTNERS, "stages", "outputs")
OFFERED = 50  # activities to choose from
TONES = {
    ProjectStatus.DRAFT: ("neutral", "pencil"),
    ProjectStatus.PROPOSED: ("waiting", "clock"),
    ProjectStatus.RUNNING: ("ok", "activity"),
    ProjectStatus.PAUSED: ("warn", "clock"),
    ProjectStatus.COMPLETED: ("ok", "tick"),
    ProjectStatus.STOPPED: ("ended", "stop"),
}
ANSWERS: dict[str, tuple[Any, str, str]] = {
    PartnerState.INVITED: (gettext_lazy("Not answered yet"), "waiting", "clock"),
    PartnerState.ACCEPTED: (gettext_lazy("Takes part"), "ok", "tick"),
    PartnerState.DECLINED: (gettext_lazy("Declined"), "bad", "cross"),
}
OUTPUTS: dict[str, tuple[Any, str, str]] = {
    OutputState.PLANNED: (gettext_lazy("Planned"), "waiting", "clock"),
    OutputState.DELIVERED: (gettext_lazy("Delivered"), "ok", "tick"),
    OutputState.DROPPED: (gettext_lazy("Dropped"), "ended", "stop"),
}
EVENTS: dict[str, tuple[Any, str]] = {
    "draft": (gettext_lazy("Draft prepared"), "pencil"),
    "propose": (gettext_lazy("Sent to the partners"), "project"),
    "accept": (gettext_lazy("Takes part"), "tick"),
    "decline": (gettext_lazy("Declined"), "cross"),
    "start": (gettext_lazy("Work has begun"), "activity"),
    "finish_stage": (gettext_lazy("Stage done"), "tick"),
    "deliver": (gettext_lazy("Output delivered"), "tick"),
    "drop": (gettext_lazy("Output dropped"), "stop"),
    "add_activity": (gettext_lazy("Activity added"), "plus"),
    "complete": (gettext_lazy("The lead says that it is done"), "hand"),
    "confirm": (gettext_lazy("A partner confirmed the end"), "tick"),
    "pause": (gettext_lazy("Paused"), "clock"),
    "resume": (gettext_lazy("Resumed"), "activity"),
    "stop": (gettext_lazy("Stopped"), "stop"),
    "ask_stop": (gettext_lazy("Asked to stop"), "warning"),
    "stop_by_partners": (gettext_lazy("Stopped by the partners"), "stop"),
}
LEADS = ("draft", "propose", "drop", "complete", "pause", "resume", "stop")
MOVES: dict[str, dict[str, Any]] = {
    "accept": {"icon": "tick", "kind": "main", "ask": False},
    "confirm": {"icon": "tick", "kind": "main", "ask": False},
    "propose": {"icon": "project", "kind": "main", "ask": False},
    "complete": {"icon": "tick", "kind": "main", "ask": False},
    "resume": {"icon": "activity", "kind": "main", "ask": False},
    "pause": {"icon": "clock", "kind": "second", "ask": True},
    "decline": {"icon": "cross", "kind": "bad-quiet", "ask": True},
    "ask_stop": {"icon": "warning", "kind": "bad-quiet", "ask": True},
    "stop": {"icon": "stop", "kind": "bad-quiet", "ask": True},
}


@dataclass(frozen=True)
class Standing:
    """How a project stands for one reader."""

    words: str
    tone: str
    icon: str
    turn: str
    is_mine: bool
    late: str


def page(project: JointProject, name: str = "detail", **place: int) -> str:
    """The address of one of the project's pages."""
    return reverse(f"project-{name}", kwargs={"public_id": project.public_id, **place})


def partners_in(project: JointProject, *states: str) -> list[ProjectPartner]:
    """The partners in one of these states, in the order they were named."""
    return sorted((each for each in project.partners.all() if each.state in states), key=lambda each: each.pk)


def late_since(project: JointProject, on: datetime.date) -> datetime.date | None:
    """The earliest deadline that has passed while work is under way; None where nothing is late."""
    if project.status not in UNDER_WAY:
        return None
    days = [project.ends_on, *(stage.due_on for stage in project.stages.all() if stage.done_on is None)]
    return min((day for day in days if day is not None and day < on), default=None)


def standing_of(project: JointProject, own: Collection[int], on: datetime.date) -> Standing:
    """Its status, whose turn it is and since when, and how late it is."""
    tone, icon = TONES[ProjectStatus(project.status)]
    late = late_since(project, on)
    words = _("Late: %(days)s") % {"days": counted((on - late).days, "day")} if late else ""
    mine, turn = turn_of(project, own, on)
    return Standing(str(ProjectStatus(project.status).label), tone, icon, turn, mine, words)


def turn_of(project: JointProject, own: Collection[int], on: datetime.date) -> tuple[bool, str]:
    """Whether it is this reader's turn, and whose turn it is in words; nobody's is empty."""
    if project.status == ProjectStatus.PROPOSED:
        waiting, since = partners_in(project, PartnerState.INVITED), project.proposed_at
        if not waiting:
            return False, _("No partner takes part")
    elif project.status == ProjectStatus.RUNNING and project.finished_at:
        waiting, since = partners_in(project, PartnerState.ACCEPTED), project.finished_at
    else:
        return False, ""
    mine = any(each.institution_id in own for each in waiting)
    words = _("Waiting for you") if mine else _("Waiting for the partners")
    days = (on - timezone.localtime(since).date()).days if since else 0
    if days <= 0:
        return mine, _("%(status)s, since today") % {"status": words}
    return mine, _("%(status)s for %(days)s") % {"status": words, "days": counted(days, "day")}


def period_words(project: JointProject) -> str:
    """From when to when, as far as it is known."""
    days = (project.starts_on, project.ends_on)
    return " – ".join(day_short(day) if day else "…" for day in days) if any(days) else ""


def facts_of(project: JointProject) -> list[dict[str, Any]]:
    """What it is for, by whom, from when to when, for how much."""
    agreement = project.agreement
    return [
        {"label": _("Goal"), "text": project.goal},
        {"label": _("Lead"), "text": name_now(project.lead.names), "url": house_page(project.lead.public_id)},
        {"label": _("Period"), "text": period_words(project), "number": True},
        {"label": _("Budget in the national currency"), "text": number(project.budget), "number": True},
        {
            "label": _("Agreement"), "text": f"{agreement.number} · {agreement.title}" if agreement else "",
            "url": reverse("agreement-detail", args=[agreement.public_id]) if agreement else "",
        },
    ]  # fmt: skip


def partners_of(project: JointProject) -> list[dict[str, Any]]:
    """Each partner with its role and its answer."""
    found = []
    for each in partners_in(project, *PartnerState.values):
        words, tone, icon = ANSWERS[each.state]
        found.append({
            "name": name_now(each.institution.names), "url": house_page(each.institution.public_id),
            "role": name_now(each.role.names), "words": words, "tone": tone, "icon": icon,
            "when": day_short(each.answered_at) if each.answered_at else "", "wants_stop": bool(each.wants_stop_at),
        })  # fmt: skip
    return found


def stages_of(project: JointProject, on: datetime.date) -> list[dict[str, Any]]:
    """Each stage: its deadline beside the day it was done."""
    found = []
    for stage in sorted(project.stages.all(), key=lambda each: each.position):
        late = project.status in UNDER_WAY and not stage.done_on and stage.due_on is not None and stage.due_on < on
        words, tone, icon = (
            (_("Done"), "ok", "tick") if stage.done_on
            else (_("Overdue"), "warn", "warning") if late
            else (_("Planned"), "waiting", "clock")
        )  # fmt: skip
        found.append({
            "place": stage.position, "title": stage.title, "words": words, "tone": tone, "icon": icon,
            "due": day_short(stage.due_on) if stage.due_on else "",
            "done": day_short(stage.done_on) if stage.done_on else "",
        })  # fmt: skip
    return found


def outputs_of(project: JointProject) -> list[dict[str, Any]]:
    """Each output: of which kind, whether it is there, and where."""
    found = []
    for output in sorted(project.outputs.all(), key=lambda each: each.position):
        words, tone, icon = OUTPUTS[output.state]
        found.append({
            "place": output.position, "title": output.title, "kind": name_now(output.kind.names), "words": words,
            "tone": tone, "icon": icon, "link": output.link, "reason": output.reason,
            "is_open": output.state == OutputState.PLANNED,
            "when": day_short(output.settled_on) if output.settled_on else "",
        })  # fmt: skip
    return found


def progress_of(project: JointProject) -> list[dict[str, Any]]:
    """How far the stages and the outputs have come."""
    stages, outputs = list(project.stages.all()), list(project.outputs.all())
    done = sum(1 for stage in stages if stage.done_on)
    settled = sum(1 for output in outputs if output.state != OutputState.PLANNED)
    rows = [("stages", _("Stages"), done, len(stages)), ("outputs", _("Outputs"), settled, len(outputs))]
    return [
        {"id": f"progress-{code}", "label": label, "value": value, "max": most, "text": of_all(value, most)}
        for code, label, value, most in rows
        if most
    ]


def of_all(done: int, planned: int) -> str:
    """So many of so many."""
    return _("%(done)s of %(planned)s") % {"done": number(done), "planned": number(planned)}


def deeds_of(project: JointProject, user: Any) -> list[dict[str, Any]]:
    """The activities done for it that the reader may see, newest first."""
    rows = Activity.objects.visible_to(user).filter(deed__project=project)
    return [
        {"title": activity_title(each), "organiser": name_now(each.organiser.names),
         "url": reverse("activity-detail", args=[each.public_id]), "status": each.status,
         "words": ActivityStatus(each.status).label}
        for each in rows.select_related("type", "organiser").order_by("-starts_on", "-pk")
    ]  # fmt: skip


def unseen_deeds(project: JointProject, seen: int) -> int:
    """How many more were done for it than the reader may see."""
    return project.deeds.count() - seen


def to_add(project: JointProject, user: Any) -> list[tuple[str, str]]:
    """The latest activities of its organisations that belong to no project yet, by id and name."""
    houses = {project.lead_id, *(each.institution_id for each in partners_in(project, PartnerState.ACCEPTED))}
    named = Participation.objects.filter(activity=OuterRef("pk"), institution__in=houses)
    seen: QuerySet[Activity] = Activity.objects.visible_to(user)
    rows = seen.filter(Exists(named), deed__isnull=True).exclude(status=ActivityStatus.WITHDRAWN)
    found = rows.select_related("type", "organiser").order_by("-starts_on", "-pk")[:OFFERED]
    return [(each.public_id, f"{activity_title(each)} · {name_now(each.organiser.names)}") for each in found]


def timeline_of(project: JointProject, with_reasons: bool) -> list[dict[str, Any]]:
    """What happened, newest first: which institution, never which person; reasons for those that take part only."""
    events = Event.objects.about("project", project.public_id).filter(name__in=EVENTS).order_by("-id")
    houses = [project.lead, *(each.institution for each in project.partners.all())]
    names = {house.public_id: name_now(house.names) for house in houses}
    titles = {
        "stage": {each.position: each.title for each in project.stages.all()},
        "output": {each.position: each.title for each in project.outputs.all()},
    }

    def said(event: Event) -> tuple[str, str]:
        words, icon = EVENTS[event.name]
        what = next((known.get(event.detail[part], "") for part, known in titles.items() if part in event.detail), "")
        return icon, with_reason(": ".join(filter(None, [str(words), what])), event, with_reasons)

    return timeline(events, said, lambda event: names.get(acting(event, LEADS), ""))


SAID: dict[str, Callable[[JointProject], bool]] = {
    "complete": lambda project: project.finished_at is None,  # said once
    "confirm": lambda project: project.finished_at is not None,  # asked for when the lead has said it
}


def buttons_of(project: JointProject, open_now: Collection[str]) -> list[dict[str, Any]]:
    """The moves of the page as a whole that this person may make now."""
    offered = [name for name in open_now if SAID.get(name, lambda project: True)(project)]
    return buttons(PROJECT, MOVES, offered, lambda name: page(project, name.replace("_", "-")))


def rows_of(projects: Iterable[JointProject], own: Collection[int], on: datetime.date) -> list[dict[str, Any]]:
    """Rows of the list: what, who, whose turn, until when, and how much of the plan is done."""
    return [
        {
            "url": page(project), "title": project.title, "lead": name_now(project.lead.names),
            "partners": [name_now(each.institution.names) for each in partners_in(project, *PartnerState.values)],
            "standing": standing_of(project, own, on), "progress": progress_of(project),
            "ends": day_short(project.ends_on) if project.ends_on else "",
        }
        for project in projects
    ]  # fmt: skip
