"""Pilot projects as everybody reads them: a failure in the same words and the same places as a success."""

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.names import name_now
from accounts.wording import counted, day_short, month, number, percent
from labs.implementation.plan import Compare, Comparison, Weigh, read_plan
from labs.implementation.presenting import label
from labs.laboratories.outside import works_told
from labs.pilots.describing import steps_of
from labs.pilots.models import PUBLISHED, PilotProject, PilotStatus
from labs.spread.models import EligibleSet
from labs.spread.opened import figures_table
from labs.spread.reach import Reach, reach_of
from labs.trials.models import AmendmentStatus, StepLog, Trial
from labs.verdicts.models import Value, Verdict
from labs.verdicts.presenting import badge_of, story_of
from quality.charts import charts
from quality.charts.charts import Point

RELATED = ("laboratory__site", "direction")
WITHHELD = {"tone": "neutral", "icon": "lock"}


def told_projects() -> Any:
    """Everything that has a result, was stopped or is spread; what is held back is listed too, without its result."""
    rows: Any = PilotProject.objects.filter(PilotProject.objects.all().told()) | PilotProject.objects.filter(
        status=PilotStatus.ASSESSED
    )
    return rows.select_related(*RELATED)


def page(project: PilotProject) -> str:
    return reverse("public-pilot", args=[project.public_id])


def verdict_of(project: PilotProject) -> Verdict | None:
    """The latest verdict that stands."""
    found = Verdict.objects.filter(trial__project=project, decided_at__isnull=False)
    return found.select_related("trial__preregistration", "trial__project").order_by("-trial__pk").first()


def result_of(project: PilotProject, verdict: Verdict | None) -> dict[str, Any]:
    """The result as a badge: one of the four, held back, or stopped."""
    if project.status == PilotStatus.STOPPED:
        return {"tone": "ended", "icon": "stop", "text": str(PilotStatus.STOPPED.label)}
    if project.published_at is None and project.status == PilotStatus.ASSESSED:
        day = day_short(verdict.embargo_until) if verdict and verdict.embargo_until else ""
        return {**WITHHELD, "text": _("Held back until %(day)s") % {"day": day}}
    return badge_of(verdict.value) if verdict else {"tone": "neutral", "icon": "half", "text": _("No result")}


def row_of(project: PilotProject, verdict: Verdict | None) -> dict[str, Any]:
    """A row of the public list."""
    result = result_of(project, verdict)
    decided = day_short(verdict.decided_at) if verdict and verdict.decided_at else ""
    return {"cells": [
        {"text": project.title, "url": page(project)},
        {"text": name_now(project.laboratory.site.names), "label": _("Laboratory")},
        {"text": name_now(project.direction.names) if project.direction else "", "label": _("Direction")},
        {**result, "label": _("Result")},
        {"text": decided, "label": _("Verdict of"), "figure": True},
    ]}  # fmt: skip


def latest_verdicts(projects: Iterable[PilotProject]) -> dict[int, Verdict]:
    """The latest standing verdict of each project, in one question."""
    ids = [each.pk for each in projects]
    rows = Verdict.objects.filter(trial__project__in=ids, decided_at__isnull=False).select_related("trial")
    return {each.trial.project_id: each for each in rows.order_by("trial__pk")}


def story(project: PilotProject, on: datetime.date) -> dict[str, Any]:
    """The public page of one project."""
    verdict = verdict_of(project)
    held_back = project.status == PilotStatus.ASSESSED and project.published_at is None
    shown = None if held_back else verdict
    found: dict[str, Any] = {
        "result": result_of(project, verdict), "story": story_of(shown) if shown else None,
        "facts": [
            {"label": _("Laboratory"), "text": name_now(project.laboratory.site.names)},
            {"label": _("Direction"), "text": name_now(project.direction.names) if project.direction else ""},
            {"label": _("Research object"), "text": project.object},
            {"label": _("Status"), "text": str(PilotStatus(project.status).label)},
        ],
        "steps": steps_of(project),
        "problems": [each.title for each in project.problems.order_by("pk")],
    }  # fmt: skip
    if project.published_at is not None or project.status in PUBLISHED:
        found["works"] = works_told(project)
    if shown is not None:
        found |= conduct_of(shown.trial)
        found["story"]["facts"] += trial_facts(shown.trial)
    if EligibleSet.objects.filter(project=project).exists():
        found["reach"] = reach_said(project, reach_of(project, on))
    return found


def trial_facts(trial: Trial) -> list[dict[str, Any]]:
    """When it was tried, where, against whom, and how many had to be measured."""
    plan = read_plan(trial.preregistration.plan)
    days = " – ".join(day_short(each) for each in (trial.opened_at, trial.closed_at) if each)
    arms = [len(plan.treated_sites), len(plan.comparison_sites)]
    sites = _("%(treated)s with the new practice, %(other)s as before") % {
        "treated": number(arms[0]), "other": number(arms[1]),
    }  # fmt: skip
    return [
        {"label": _("Tried"), "text": days, "number": True},
        {"label": _("Sites"), "text": sites if arms[1] else number(arms[0])},
        {"label": _("With whom it is compared"), "text": label(Comparison, plan.comparison)},
        *([{"label": _("What is compared"), "text": label(Compare, plan.compare)}] if plan.has_comparison else ()),
        {"label": _("How sites are put together"), "text": label(Weigh, plan.weigh)},
        {
            "label": _("Minimum sample"),
            "text": number(plan.minimum_sample) if plan.minimum_sample else "",
            "number": True,
        },
    ]


def conduct_of(trial: Trial) -> dict[str, Any]:
    """What was changed on the way and where the programme was not followed: both sides of every change."""
    amendments = trial.amendments.filter(status=AmendmentStatus.APPROVED).order_by("requested_at", "pk")
    logs = StepLog.objects.filter(site__trial=trial).exclude(deviation="").select_related("step").order_by("pk")
    plan = read_plan(trial.preregistration.plan)
    return {
        "amendments": [
            {"kind": each.get_kind_display(), "old": each.old, "new": each.new, "reason": each.reason,
             "day": day_short(each.settled_at)}
            for each in amendments
        ],
        "figures": figures_table(trial),
        "deviations": [
            {"step": each.step.title, "text": each.deviation, "done": each.get_done_display()} for each in logs
        ],
        "exclusions": plan.exclusions,
    }  # fmt: skip


def reach_said(project: PilotProject, reach: Reach) -> dict[str, Any]:
    """Reach in words and as a curve."""
    frozen = project.eligible_set
    points = [Point(month(day), Decimal(count)) for day, count in reach.months]
    return {
        "share": percent(reach.share) if reach.share is not None else "",
        "of": _("%(reached)s of %(all)s") % {"reached": number(reach.reached), "all": counted(reach.eligible, "institution")},
        "frozen": day_short(frozen.frozen_on), "until": day_short(frozen.window_ends_on),
        "beyond": counted(reach.beyond, "institution") if reach.beyond else "",
        "lines": charts.lines(_("Organisations of the set that use it"), [(_("Use it"), points)]) if len(points) > 1 else None,
    }  # fmt: skip


def words_of(value: str) -> str:
    """A verdict by its code, for the chip of a filter."""
    return str(dict(Value.choices).get(value, value))
