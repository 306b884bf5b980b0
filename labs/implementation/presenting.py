"""Programmes and pre-registrations in words for pages."""

import datetime
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import name_now
from accounts.wording import day_short, number, percent, points
from cooperation.pages.showing import buttons, house_page, timeline, with_reason
from institutions.registry.models import Institution
from labs.implementation.models import OPEN_STEPS, Arm, ImplementationStep, Preregistration, StepStatus
from labs.implementation.plan import (
    HUNDRED,
    Bound,
    Compare,
    Comparison,
    Criterion,
    Direction,
    Harm,
    Kind,
    Measure,
    Plan,
    Weigh,
    Window,
    read_plan,
)
from labs.implementation.rules import STEP, is_open
from labs.pilots.models import PilotProject
from lifecycle.models import Event

TONES: dict[str, tuple[str, str]] = {
    StepStatus.NEW: ("neutral", "circle"),
    StepStatus.IN_PROGRESS: ("waiting", "activity"),
    StepStatus.SUBMITTED: ("waiting", "clock"),
    StepStatus.RETURNED: ("warn", "undo"),
    StepStatus.DONE: ("ok", "tick"),
    StepStatus.CANCELLED: ("ended", "stop"),
}
MOVES: dict[str, dict[str, Any]] = {
    "begin": {"icon": "activity", "kind": "main", "ask": False},
    "submit": {"icon": "right", "kind": "main", "ask": False},
    "accept": {"icon": "tick", "kind": "main", "ask": False},
    "return": {"icon": "undo", "kind": "second", "ask": True},
    "cancel": {"icon": "stop", "kind": "bad-quiet", "ask": True},
}


def step_standing(step: ImplementationStep, on: datetime.date) -> dict[str, str]:
    """Its status; late where it should be done by now."""
    if step.status in OPEN_STEPS and step.due_on < on:
        return {"words": _("Overdue"), "tone": "warn", "icon": "warning"}
    tone, icon = TONES[step.status]
    return {"words": str(StepStatus(step.status).label), "tone": tone, "icon": icon}


def period(step: ImplementationStep) -> str:
    return f"{day_short(step.starts_on)} – {day_short(step.due_on)}"


def rows_of(steps: Iterable[ImplementationStep], on: datetime.date) -> list[dict[str, Any]]:
    """Rows of steps: what, who, until when, how far."""
    return [
        {
            "url": reverse("step-detail", args=[each.public_id]), "title": each.title, "resources": each.resources,
            "owner": name_now(each.owner.names), "project": each.project.title, "period": period(each),
            **step_standing(each, on),
        }
        for each in steps
    ]  # fmt: skip


def steps_of(project: PilotProject, on: datetime.date) -> list[dict[str, Any]]:
    """The steps of a programme in their order."""
    return rows_of(project.steps.select_related("owner", "project").order_by("position"), on)


def sites_of(project: PilotProject) -> list[dict[str, Any]]:
    """The sites and what they answered."""
    found = []
    for each in project.sites.select_related("institution").order_by("arm", "pk"):
        answer = (
            (_("Not answered yet"), "waiting", "clock") if is_open(each)
            else (_("Takes part"), "ok", "tick") if each.joined_at
            else (_("Declined"), "bad", "cross")
        )  # fmt: skip
        words, tone, icon = answer
        found.append({
            "name": name_now(each.institution.names), "url": house_page(each.institution.public_id),
            "arm": str(Arm(each.arm).label), "words": words, "tone": tone, "icon": icon,
        })  # fmt: skip
    return found


def label(choices: Any, value: str) -> str:
    """The word of a choice; what is not said is empty."""
    return str(choices(value).label) if value in choices.values else ""


def threshold_words(plan: Plan, outcome: str, measure: str, value: Decimal | None) -> str:
    """A threshold as people say it: per cent, percentage points, or the unit of the outcome."""
    found = plan.outcome(outcome)
    if value is None:
        return ""
    if found is not None and found.is_share:
        places = max(-int(Decimal(value * HUNDRED).normalize().as_tuple().exponent), 0)
        return (percent if measure == Measure.LEVEL else points)(value * HUNDRED, places)
    return " ".join(filter(None, [number(value, None), found.unit if found else ""]))


def criterion_words(plan: Plan, each: Criterion) -> str:
    """A success criterion in one line."""
    found = plan.outcome(each.outcome)
    said = [label(Measure, each.measure), label(Bound, each.bound)]
    said.append(threshold_words(plan, each.outcome, each.measure, each.threshold))
    return f"{found.name if found else each.outcome}: {' '.join(filter(None, said))}"


def harm_words(plan: Plan, harm: Harm) -> str:
    """The harm criterion in one line."""
    found = plan.outcome(harm.outcome)
    if harm.worse_than is None:
        return ""
    told = {
        "outcome": found.name if found else harm.outcome, "measure": label(Measure, harm.measure),
        "threshold": threshold_words(plan, harm.outcome, harm.measure, harm.worse_than),
    }  # fmt: skip
    return _("%(outcome)s: %(measure)s worse than %(threshold)s") % told


def window_words(window: Window) -> str:
    days = (window.first, window.last)
    return " – ".join(day_short(each) if each else "…" for each in days) if any(days) else ""


def plan_groups(found: Preregistration) -> list[dict[str, Any]]:
    """Every part of a pre-registration as groups of facts."""
    plan = read_plan(found.plan)
    names = dict(
        Institution.objects.filter(public_id__in=[*plan.treated_sites, *plan.comparison_sites]).values_list(
            "public_id", "names"
        )
    )

    def houses(keys: Iterable[str]) -> str:
        return "\n".join(name_now(names[key]) if key in names else key for key in keys)

    rows: list[tuple[Any, list[tuple[Any, str]]]] = [
        (gettext_lazy("What is expected"), [(_("Hypothesis"), plan.hypothesis), (_("Exclusions"), plan.exclusions)]),
        (gettext_lazy("Outcomes"), [*_outcome_rows(plan)]),
        (gettext_lazy("Success and harm"), [
            (_("Success criteria"), "\n".join(criterion_words(plan, each) for each in plan.criteria)),
            (_("Harm criterion"), harm_words(plan, plan.harm)),
        ]),
        (gettext_lazy("Sites and comparison"), [
            (_("Tries the new practice"), houses(plan.treated_sites)),
            (_("With whom you compare"), label(Comparison, plan.comparison)),
            (_("Goes on as before"), houses(plan.comparison_sites)),
        ]),
        (gettext_lazy("Days and numbers"), [
            (_("Baseline"), window_words(plan.baseline)), (_("Endline"), window_words(plan.endline)),
            (_("Minimum sample"), number(plan.minimum_sample)), (_("Fidelity threshold"), percent(plan.fidelity, 0)),
        ]),
        (gettext_lazy("Analysis"), [
            (_("What is compared"), label(Compare, plan.compare)),
            (_("How sites are put together"), label(Weigh, plan.weigh)),
        ]),
    ]  # fmt: skip
    return [{"title": title, "rows": [{"label": name, "text": text} for name, text in facts]} for title, facts in rows]


def _outcome_rows(plan: Plan) -> list[tuple[str, str]]:
    found = []
    for place, each in enumerate(plan.outcomes):
        words = _("Primary outcome") if place == 0 else _("Further outcome")
        said = [
            each.name, label(Kind, each.kind), each.unit, label(Direction, each.direction), each.indicator,
            each.instrument,
        ]  # fmt: skip
        found.append((words, "\n".join(filter(None, said))))
    return found or [(_("Primary outcome"), "")]


def lock_facts(found: Preregistration) -> list[dict[str, Any]]:
    """When it was locked, under which code, and where anybody can check it."""
    code = found.content_hash
    return [
        {"label": _("Locked"), "text": day_short(found.locked_at), "number": True},
        {"label": _("Code of this text"), "text": code, "url": reverse("verify-hash", args=[code]), "number": True},
    ]


EVENTS: dict[str, tuple[Any, str]] = {
    "begin": (gettext_lazy("Work has begun"), "activity"),
    "submit": (gettext_lazy("Reported as done"), "right"),
    "return": (gettext_lazy("Returned"), "undo"),
    "accept": (gettext_lazy("Accepted as done"), "tick"),
    "cancel": (gettext_lazy("Cancelled"), "stop"),
}


def step_timeline(step: ImplementationStep, with_reasons: bool) -> list[dict[str, Any]]:
    """What happened to a step, newest first; reasons for those who take part only."""
    events = Event.objects.about("step", step.public_id).filter(name__in=EVENTS).order_by("-id")

    def said(event: Event) -> tuple[str, str]:
        words, icon = EVENTS[event.name]
        return icon, with_reason(words, event, with_reasons)

    return timeline(events, said)


def step_buttons(step: ImplementationStep, user: Any, page: Callable[[str], str]) -> list[dict[str, Any]]:
    """The moves of a step that this person may make now."""
    return buttons(STEP, MOVES, STEP.available(step, user), page)


def project_page(project: PilotProject) -> str:
    return reverse("pilot-detail", args=[project.public_id])
