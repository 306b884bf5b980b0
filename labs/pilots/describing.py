"""Everything the page of a pilot project says: stages, facts, goals, group, versions, extensions, what happened."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import name_now
from accounts.wording import day_short, moment
from cooperation.pages.showing import timeline, with_reason
from labs.laboratories.models import Laboratory
from labs.pilots.compatibility import Clash, clashes_of, goals_in
from labs.pilots.models import PARTS, MemberAnswer, Part, PilotProject, PilotVersion, Raci, Sense
from labs.pilots.models import PilotStatus as S
from labs.pilots.presenting import page
from labs.pilots.rules import OPEN_GROUP, member_of
from labs.pilots.stages import OF_STATUS, STAGES
from labs.problems.models import Problem, ProblemStatus
from lifecycle.models import Event

ANSWERS: dict[str, tuple[Any, str, str]] = {
    MemberAnswer.INVITED: (gettext_lazy("Not answered yet"), "waiting", "clock"),
    MemberAnswer.AGREED: (gettext_lazy("Agreed to the tasks"), "ok", "tick"),
    MemberAnswer.DECLINED: (gettext_lazy("Declined"), "bad", "cross"),
}
PART_WORDS = dict(
    zip(PARTS, (gettext_lazy("Aim and hypothesis"), gettext_lazy("Method"), gettext_lazy("Resources"),
                gettext_lazy("Expected result")), strict=True)
)  # fmt: skip
EVENTS: dict[str, tuple[Any, str]] = {
    "open": (gettext_lazy("Opened from a problem"), "plus"),
    "save": (gettext_lazy("Description changed"), "pencil"),
    "define_object": (gettext_lazy("Research object defined"), "search"),
    "set_direction": (gettext_lazy("Direction and goals set"), "right"),
    "save_group": (gettext_lazy("The group was named or changed"), "people"),
    "agree": (gettext_lazy("A person agreed to their tasks"), "tick"),
    "decline_part": (gettext_lazy("A person declined"), "cross"),
    "approve_group": (gettext_lazy("An organisation approved the group"), "tick"),
    "complete_group": (gettext_lazy("The group is approved"), "people"),
    "start_development": (gettext_lazy("Development started"), "clock"),
    "save_version": (gettext_lazy("A version was saved"), "pencil"),
    "extend": (gettext_lazy("The deadline was put off"), "clock"),
    "deadline_near": (gettext_lazy("The deadline is near"), "clock"),
    "deadline_passed": (gettext_lazy("The deadline has passed"), "warning"),
    "submit": (gettext_lazy("Submitted for examination"), "right"),
    "examine": (gettext_lazy("Examination started"), "search"),
    "accept": (gettext_lazy("Accepted by the examination"), "tick"),
    "require_changes": (gettext_lazy("The examination asks for changes"), "undo"),
    "reject": (gettext_lazy("Rejected by the examination"), "cross"),
    "reopen_examination": (gettext_lazy("The examination begins anew"), "undo"),
    "approve_programme": (gettext_lazy("Implementation programme approved"), "task"),
    "preregister": (gettext_lazy("Pre-registration locked"), "lock"),
    "start_pilot": (gettext_lazy("Pilot testing began"), "activity"),
    "end_pilot": (gettext_lazy("Pilot testing ended"), "stop"),
    "assess": (gettext_lazy("Result assessed"), "tick"),
    "publish": (gettext_lazy("Result published"), "print"),
    "try_again": (gettext_lazy("To be tried again"), "undo"),
    "disseminate": (gettext_lazy("Spreading began"), "activity"),
    "finish": (gettext_lazy("Spreading finished"), "tick"),
    "stop": (gettext_lazy("Stopped"), "stop"),
}


def steps_of(project: PilotProject) -> list[dict[str, Any]]:
    """The nine stages: done, here, to come; of what ended early, those it reached."""
    here = OF_STATUS[S(project.status)] or reached(project)
    ended = project.status in (S.STOPPED, S.REJECTED)
    return [
        {"number": stage, "words": words, "done": stage < here, "here": stage == here and not ended,
         "ended": stage == here and ended}
        for stage, (words, _statuses) in STAGES.items()
    ]  # fmt: skip


def reached(project: PilotProject) -> int:
    """The stage in which a project ended early, by the record of acts."""
    last = Event.objects.about("pilot", project.public_id).filter(name__in=("stop", "reject")).last()
    return OF_STATUS.get(S(last.status_before), 1) if last and last.status_before else 1


def is_inside(project: PilotProject, user: Any) -> bool:
    """Whether the reader works in the laboratory or in the group: they read names and reasons."""
    works = Laboratory.objects.all().worked_in_by(user).filter(pk=project.laboratory_id).exists()
    return works or member_of(user, project) is not None


def facts_of(project: PilotProject) -> list[dict[str, Any]]:
    """Where, what is researched, in which direction, until when."""
    facts: list[dict[str, Any]] = [
        {"label": _("Laboratory"), "text": name_now(project.laboratory.site.names),
         "url": reverse("laboratory-detail", args=[project.laboratory.public_id])},
        {"label": _("Research object"), "text": project.object},
        {"label": _("Evidence of the object"), "text": project.object_evidence},
        {"label": _("Programme direction"), "text": name_now(project.direction.names) if project.direction else ""},
        {"label": _("How its goals fit the other programmes"), "text": project.compatibility},
    ]  # fmt: skip
    if project.first_deadline and project.deadline:
        facts += [
            {"label": _("First deadline"), "text": day_short(project.first_deadline), "number": True},
            {"label": _("Deadline"), "text": day_short(project.deadline), "number": True},
        ]
    if project.submitted_at:
        facts.append({"label": _("Submitted"), "text": day_short(project.submitted_at), "number": True})
    return facts


def problems_of(project: PilotProject, user: Any) -> list[dict[str, Any]]:
    """The problems it works at."""
    rows = Problem.objects.visible_to(user).filter(projects=project).order_by("pk")
    return [
        {
            "title": each.title,
            "status": ProblemStatus(each.status).label,
            "url": reverse("problem-detail", args=[each.public_id]),
        }
        for each in rows
    ]


def goals_of(project: PilotProject) -> list[dict[str, Any]]:
    """Its goals, with the indicator each is to move."""
    return [
        {"text": goal.text, "sense": str(Sense(goal.sense).label) if goal.indicator else "",
         "indicator": f"{goal.indicator.code} {name_now(goal.indicator.names)}" if goal.indicator else ""}
        for goal in sorted(project.goals.all(), key=lambda goal: goal.position)
    ]  # fmt: skip


def clash_rows(clashes: list[Clash]) -> list[dict[str, Any]]:
    """Goals of others on the same indicators, in words."""
    found = []
    for clash in clashes:
        goal, other = clash.goal, clash.project
        tone, icon, words = (
            ("bad", "warning", _("Contradicts")) if clash.against else ("waiting", "info", _("Overlaps"))
        )
        laboratory = name_now(other.laboratory.site.names)
        found.append({
            "tone": tone, "icon": icon, "words": words, "umbrella": clash.umbrella, "laboratory": laboratory,
            "title": other.title if clash.is_open else _("A project of this laboratory"),
            "url": page(other) if clash.is_open else "", "goal": goal.text if clash.is_open else "",
            "indicator": f"{goal.indicator.code} {name_now(goal.indicator.names)}" if goal.indicator else "",
            "sense": str(Sense(goal.sense).label),
        })  # fmt: skip
    return found


def map_of(project: PilotProject, user: Any) -> list[dict[str, Any]]:
    """How its goals meet those of the other projects of the cluster."""
    return clash_rows(clashes_of(project, goals_in(project), user))


def group_of(project: PilotProject, inside: bool) -> list[dict[str, Any]]:
    """Each person with field, part, responsibility, tasks and answer; names only for those inside."""
    found = []
    for place, each in enumerate(sorted(project.members.all(), key=lambda each: each.pk), start=1):
        words, tone, icon = ANSWERS[each.answer]
        found.append({
            "name": each.user.name if inside else _("Person %(number)s") % {"number": place},
            "house": name_now(each.institution.names), "field": name_now(each.field.names),
            "part": Part(each.part).label, "raci": Raci(each.raci).label, "tasks": each.tasks,
            "words": words, "tone": tone, "icon": icon,
        })  # fmt: skip
    return found


def approvals_of(project: PilotProject) -> list[dict[str, str]]:
    """Which institutions approved the group, and when."""
    return [
        {"house": name_now(each.institution.names), "when": day_short(each.approved_at)}
        for each in project.approvals.all()
    ]


def versions_of(project: PilotProject, inside: bool) -> list[dict[str, Any]]:
    """The versions, newest first, with their hash; what they say only for those inside."""
    if not inside:
        return []
    rows = project.versions.select_related("blind").order_by("-number")
    return [
        {"number": each.number, "when": moment(each.written_at), "sha256": each.sha256,
         "parts": parts_of(each), "submitted": hasattr(each, "blind")}
        for each in rows
    ]  # fmt: skip


def parts_of(version: PilotVersion) -> list[dict[str, str]]:
    """What a version says, part by part."""
    return [{"label": str(label), "text": getattr(version, name)} for name, label in PART_WORDS.items()]


def differences(one: PilotVersion, other: PilotVersion) -> list[dict[str, str]]:
    """Part by part what two versions say differently."""
    both = zip(parts_of(one), parts_of(other), strict=True)
    return [
        {"label": old["label"], "before": old["text"], "after": new["text"]}
        for old, new in both
        if old["text"] != new["text"]
    ]


def extensions_of(project: PilotProject, inside: bool) -> list[dict[str, str]]:
    """Deadlines put off, with the reason for those inside."""
    return [
        {"old": day_short(each.old), "new": day_short(each.new), "reason": each.reason if inside else ""}
        for each in project.extensions.order_by("number")
    ]


def timeline_of(project: PilotProject, inside: bool) -> list[dict[str, Any]]:
    """What happened, newest first: never which person; reasons for those inside."""
    events = Event.objects.about("pilot", project.public_id).filter(name__in=EVENTS).order_by("-id")

    def said(event: Event) -> tuple[str, str]:
        words, icon = EVENTS[event.name]
        return icon, with_reason(words, event, inside)

    return timeline(events, said)


def edit_pages(project: PilotProject, coordinates: bool) -> list[dict[str, str]]:
    """Pages on which the coordinator changes the open part."""
    if not coordinates or project.status not in OPEN_GROUP:
        return []
    found = [(_("Name the group"), page(project, "group"))]
    if project.status != S.PROBLEM_IDENTIFIED:
        found.append((_("Change the object"), page(project, "object")))
    if project.status == S.DIRECTION_SET:
        found.append((_("Change direction and goals"), page(project, "direction")))
    return [{"text": text, "url": url} for text, url in found]
