"""A trial in words for pages: its sites with their figures, what was done of the steps, what was changed."""

from collections.abc import Collection
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.names import name_now
from accounts.wording import day_short, number, percent
from cooperation.pages.showing import buttons, house_page, timeline, with_reason
from labs.implementation.models import Arm
from labs.implementation.plan import Plan
from labs.implementation.presenting import label, window_words
from labs.trials.figures import coverage_of, fidelity_of, latest_words, plan_of
from labs.trials.models import (
    AmendmentKind,
    AmendmentStatus,
    Done,
    Measurement,
    MeasureState,
    Trial,
    TrialAmendment,
    TrialSite,
    TrialStatus,
    Wave,
)
from labs.trials.rules import AMENDMENT, TRIAL, own_sites, stands
from lifecycle.models import Event

PERCENT = 100
TONES: dict[str, tuple[str, str]] = {
    TrialStatus.PLANNED: ("waiting", "clock"),
    TrialStatus.BASELINE: ("waiting", "pencil"),
    TrialStatus.RUNNING: ("ok", "activity"),
    TrialStatus.ENDLINE: ("waiting", "pencil"),
    TrialStatus.CLOSED: ("ok", "lock"),
    TrialStatus.ABANDONED: ("ended", "stop"),
}
DONE_TONES = {Done.DONE: ("ok", "tick"), Done.PARTLY: ("warn", "half"), Done.NOT: ("bad", "cross")}
CHANGE_TONES = {
    AmendmentStatus.REQUESTED: ("waiting", "clock"),
    AmendmentStatus.APPROVED: ("ok", "tick"),
    AmendmentStatus.REFUSED: ("bad", "cross"),
}
MOVES: dict[str, dict[str, Any]] = {
    "open": {"icon": "activity", "kind": "main", "ask": False},
    "run": {"icon": "activity", "kind": "main", "ask": False},
    "measure": {"icon": "pencil", "kind": "main", "ask": False},
    "close": {"icon": "lock", "kind": "main", "ask": False},
    "amend": {"icon": "pencil", "kind": "second", "ask": True},
    "abandon": {"icon": "stop", "kind": "bad-quiet", "ask": True},
}
EVENTS: dict[str, tuple[Any, str]] = {
    "plan": (gettext_lazy("Set up under the locked pre-registration"), "lock"),
    "open": (gettext_lazy("The baseline began"), "pencil"),
    "enter": (gettext_lazy("A site entered figures"), "pencil"),
    "run": (gettext_lazy("The practice is tried; the baseline is locked"), "activity"),
    "log": (gettext_lazy("A site told what it did of a step"), "task"),
    "amend": (gettext_lazy("A change was asked for"), "pencil"),
    "measure": (gettext_lazy("The endline began"), "pencil"),
    "close": (gettext_lazy("The trial is closed; the endline is locked"), "lock"),
    "abandon": (gettext_lazy("The trial was abandoned"), "stop"),
}


def page(trial: Trial, name: str = "detail", **place: str) -> str:
    """The address of one of the trial's pages."""
    return reverse(f"trial-{name}", kwargs={"public_id": trial.public_id, **place})


def project_page(trial: Trial) -> str:
    return reverse("pilot-detail", args=[trial.project.public_id])


def standing_of(trial: Trial) -> dict[str, str]:
    tone, icon = TONES[trial.status]
    return {"words": str(TrialStatus(trial.status).label), "tone": tone, "icon": icon}


def share(part: Fraction) -> str:
    """A part of one in per cent."""
    return percent(Decimal(part.numerator) * PERCENT / Decimal(part.denominator))


def facts_of(trial: Trial) -> list[dict[str, Any]]:
    """Of which project it is, under which lock, when it is measured, and how much was done and measured."""
    plan, told = plan_of(trial), trial.preregistration
    facts: list[dict[str, Any]] = [
        {"label": _("Pilot project"), "text": trial.project.title,
         "url": reverse("pilot-detail", args=[trial.project.public_id])},
        {"label": _("Pre-registration"), "text": told.content_hash[:16],
         "url": reverse("verify-hash", args=[told.content_hash]), "number": True},
        {"label": _("Baseline"), "text": window_words(plan.baseline), "number": True},
        {"label": _("Endline"), "text": window_words(plan.endline), "number": True},
    ]  # fmt: skip
    if trial.status not in (TrialStatus.PLANNED, TrialStatus.BASELINE):
        threshold = {"share": percent(plan.fidelity, 0)}
        done = f"{share(fidelity_of(trial))} · {_('at least %(share)s are needed') % threshold}"
        facts.append({"label": _("Fidelity: steps done of steps planned"), "text": done, "number": True})
    if trial.status in (TrialStatus.ENDLINE, TrialStatus.CLOSED, TrialStatus.ABANDONED):
        measured = share(coverage_of(trial))
        facts.append({"label": _("Sites measured at the endline"), "text": measured, "number": True})
    return facts


def site_rows(trial: Trial, user: Any) -> list[dict[str, Any]]:
    """Each site in its arm with its figures, and what its people can do now."""
    plan, own, open_now = plan_of(trial), own_sites(user, trial), TRIAL.available(trial, user)
    figures: dict[int, list[Measurement]] = {}
    for each in Measurement.objects.filter(site__trial=trial).order_by("wave", "outcome"):
        figures.setdefault(each.site_id, []).append(each)
    rows = []
    for site in sorted(trial.sites.all(), key=lambda one: (one.arm != Arm.TREATED, one.pk)):
        mine = site.institution_id in own
        rows.append({
            "name": name_now(site.institution.names), "url": house_page(site.institution.public_id),
            "arm": str(Arm(site.arm).label), "left": "" if stands(site) else day_short(site.valid.upper),
            "figures": [_figure(plan, each) for each in figures.get(site.pk, [])],
            "enter": page(trial, "enter", site=site.public_id) if mine and "enter" in open_now else "",
            "log": page(trial, "log", site=site.public_id)
            if mine and "log" in open_now and site.arm == Arm.TREATED else "",
        })  # fmt: skip
    return rows


def _figure(plan: Plan, row: Measurement) -> dict[str, str]:
    outcome = plan.outcome(row.outcome)
    if row.state == MeasureState.MISSING:
        text = _("missing: %(reason)s") % {"reason": row.reason}
    else:
        text = _("%(part)s of %(whole)s") % {"part": number(row.numerator), "whole": number(row.denominator)}
        if outcome is not None and not outcome.is_share:
            text = f"{number(row.numerator / row.denominator)} ({text})"  # type: ignore[operator]
        elif outcome is not None:
            text = f"{percent(row.numerator / row.denominator * PERCENT)} ({text})"  # type: ignore[operator]
    name = outcome.name if outcome else row.outcome
    return {"label": f"{label(Wave, row.wave)} · {name}", "text": text}


def step_rows(trial: Trial) -> list[dict[str, Any]]:
    """What each treated site did of each step."""
    words = latest_words(trial)
    sites = [each for each in trial.sites.all() if each.arm == Arm.TREATED]
    return [
        {"title": step.title, "sites": [_done(site, words.get((site.pk, step.pk))) for site in sites]}
        for step in trial.project.steps.order_by("position")
    ]


def _done(site: TrialSite, said: Any) -> dict[str, str]:
    name = name_now(site.institution.names)
    if said is None:
        return {"name": name, "words": _("Nothing told"), "tone": "neutral", "icon": "circle", "deviation": ""}
    tone, icon = DONE_TONES[said.done]
    return {
        "name": name, "words": str(Done(said.done).label), "tone": tone, "icon": icon, "deviation": said.deviation,
    }  # fmt: skip


def change_rows(trial: Trial, user: Any) -> list[dict[str, Any]]:
    """Each change: as it was, as it shall be, why, who approved, and what the reader may say."""
    rows = trial.amendments.select_related("institution").prefetch_related("approvals__institution").order_by("-pk")
    return [change_row(trial, each, user) for each in rows]


def change_row(trial: Trial, change: TrialAmendment, user: Any) -> dict[str, Any]:
    change.trial = trial
    tone, icon = CHANGE_TONES[AmendmentStatus(change.status)]
    of_site = change.institution is not None
    name, kind = (name_now(change.institution.names) if change.institution else ""), AmendmentKind(change.kind).label
    open_now = AMENDMENT.available(change, user) if trial.status == TrialStatus.RUNNING else []
    return {
        "label": f"{kind}: {name}" if of_site else str(kind), "words": str(AmendmentStatus(change.status).label),
        "tone": tone, "icon": icon, "reason": change.reason, "when": day_short(change.requested_at),
        "changes": [{
            "label": _("What changes"), "before": label(Arm, change.old) or change.old, "after": label(Arm, change.new) or change.new,
        }],
        "approved": [name_now(each.institution.names) for each in change.approvals.all()],
        "approve": page(trial, "approve", change=change.public_id) if "approve" in open_now else "",
        "refuse": page(trial, "refuse", change=change.public_id) if "refuse" in open_now else "",
    }  # fmt: skip


def timeline_of(trial: Trial, with_reasons: bool) -> list[dict[str, Any]]:
    """What happened, newest first: which institution, never which person."""
    events = Event.objects.about("trial", trial.public_id).filter(name__in=EVENTS).order_by("-id")
    names = {each.institution.public_id: name_now(each.institution.names) for each in trial.sites.all()}

    def said(event: Event) -> tuple[str, str]:
        words, icon = EVENTS[event.name]
        return icon, with_reason(words, event, with_reasons)

    return timeline(events, said, lambda event: names.get(event.detail.get("institution", ""), ""))


def buttons_of(trial: Trial, open_now: Collection[str]) -> list[dict[str, Any]]:
    """The moves of the trial as a whole that this person may make now."""
    return buttons(TRIAL, MOVES, open_now, lambda name: page(trial, name))
