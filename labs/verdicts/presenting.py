"""A verdict in words: every criterion with what was found and how far that may be chance; a failure is told like a success."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from accounts.wording import day_short, number, percent, points
from labs.implementation.plan import Measure, Outcome, Plan, read_plan
from labs.verdicts.judging import COVERAGE
from labs.verdicts.models import Value, Verdict

RELATED = ("trial__project__laboratory__host", "trial__project__laboratory__cluster", "trial__preregistration")
TONES = {
    Value.SUCCESSFUL: ("ok", "tick"),
    Value.PROMISING: ("waiting", "up"),
    Value.NOT_SUCCESSFUL: ("bad", "cross"),
    Value.INCONCLUSIVE: ("neutral", "half"),
}
LACKING = {
    "abandoned": _l("The trial was abandoned."),
    "sample": _l("Fewer people were measured than the plan asks for."),
    "coverage": _l("Less than 70 % of the sites have a value at the end."),
    "fidelity": _l("Less of the programme was done than the plan asks for."),
    "interval": _l("By chance alone the result could be a success, and could be nothing."),
}
UNTOLD = _l("There are too few figures to tell a result from chance.")


def badge_of(value: str) -> dict[str, str]:
    """One of the four verdicts as a badge."""
    tone, icon = TONES[Value(value)]
    return {"tone": tone, "icon": icon, "text": str(Value(value).label)}


def page(verdict: Verdict) -> str:
    """The page of the verdict."""
    return reverse("verdict-detail", args=[verdict.public_id])


def figure(outcome: Outcome | None, measure: str, value: str | None) -> str:
    """A figure in the unit of its outcome: percent, percentage points, or its own."""
    if value is None:
        return ""
    amount = Decimal(value)
    if outcome is not None and outcome.is_share:
        return percent(amount, 2) if measure == Measure.LEVEL else points(amount, 2)
    return " ".join(filter(None, [number(amount), outcome.unit if outcome else ""]))


def interval(outcome: Outcome | None, measure: str, found: dict[str, Any]) -> str:
    """What chance alone could make of it, nineteen times in twenty."""
    if found.get("low") is None or found.get("high") is None:
        return ""
    between = {name: figure(outcome, measure, found[name]) for name in ("low", "high")}
    return _("could be between %(low)s and %(high)s") % between


def moved(plan: Plan) -> str:
    """What a difference is called: an effect only where others went on as before."""
    return _("Effect") if plan.has_comparison else _("Change")


def measured(plan: Plan, measure: str) -> str:
    """What a criterion looks at."""
    return _("Level at the end") if measure == Measure.LEVEL else moved(plan)


def outcomes_table(plan: Plan, findings: dict[str, Any]) -> dict[str, Any]:
    """How much each outcome moved."""
    rows = []
    for found in findings["outcomes"]:
        outcome = plan.outcome(found["code"])
        rows.append({"cells": [
            {"text": outcome.name if outcome else found["code"]},
            {"text": figure(outcome, Measure.DIFFERENCE, found["estimate"]), "figure": True, "label": moved(plan),
             "state": "missing" if found["estimate"] is None else "value"},
            {"text": interval(outcome, Measure.DIFFERENCE, found), "figure": True, "label": _("By chance alone")},
            {"text": _rests_on(plan, found), "label": _("Measured")},
        ]})  # fmt: skip
    heads = [{"label": _("Outcome")}, {"label": moved(plan), "figure": True},
             {"label": _("By chance alone"), "figure": True}, {"label": _("Measured")}]  # fmt: skip
    return {"caption": _("What was measured"), "columns": heads, "rows": rows}


def _rests_on(plan: Plan, found: dict[str, Any]) -> str:
    treated, other = number(Decimal(found["treated"])), number(Decimal(found["comparison"]))
    if not plan.has_comparison:
        return treated
    return _("%(treated)s with the new practice, %(other)s as before") % {"treated": treated, "other": other}


def criteria_table(plan: Plan, findings: dict[str, Any]) -> dict[str, Any]:
    """Each criterion that was written down before, and whether it held; harm last."""
    rows = [_criterion(plan, rule) for rule in findings["criteria"]]
    rows.append(_harm(plan, findings["harm"]))
    heads = [{"label": _("Written down before")}, {"label": _("Threshold"), "figure": True},
             {"label": _("Found"), "figure": True}, {"label": _("Result")}]  # fmt: skip
    return {"caption": _("Criteria"), "columns": heads, "rows": rows}


def _criterion(plan: Plan, rule: dict[str, Any]) -> dict[str, Any]:
    outcome = plan.outcome(rule["outcome"])
    sign = "≥" if rule["bound"] == "at_least" else "≤"
    held = ("ok", "tick", _("Held")) if rule["holds"] else ("warn", "cross", _("Not held"))
    return {"cells": [
        {"text": f"{outcome.name if outcome else rule['outcome']}: {measured(plan, rule['measure'])}"},
        {"text": f"{sign} {figure(outcome, rule['measure'], rule['threshold'])}", "figure": True, "label": _("Threshold")},
        {"text": figure(outcome, rule["measure"], rule["estimate"]), "figure": True, "label": _("Found"),
         "state": "missing" if rule["estimate"] is None else "value"},
        {"tone": held[0], "icon": held[1], "text": held[2], "label": _("Result")},
    ]}  # fmt: skip


def _harm(plan: Plan, rule: dict[str, Any]) -> dict[str, Any]:
    outcome = plan.outcome(rule["outcome"])
    done = ("bad", "warning", _("Harm found")) if rule["harmed"] else ("ok", "tick", _("No harm found"))
    name = outcome.name if outcome else rule["outcome"]
    sign = ">" if outcome is not None and outcome.sign < 0 else "<"
    return {"cells": [
        {"text": _("Harm: %(name)s") % {"name": f"{name}: {measured(plan, rule['measure'])}"}},
        {"text": f"{sign} {figure(outcome, rule['measure'], rule['worse_than'])}", "figure": True, "label": _("Threshold")},
        {"text": figure(outcome, rule["measure"], rule["estimate"]), "figure": True, "label": _("Found"),
         "state": "missing" if rule["estimate"] is None else "value"},
        {"tone": done[0], "icon": done[1], "text": done[2], "label": _("Result")},
    ]}  # fmt: skip


def facts_of(plan: Plan, findings: dict[str, Any]) -> list[dict[str, Any]]:
    """How well the trial was carried out."""
    return [
        {"label": _("Hypothesis"), "text": plan.hypothesis},
        {"label": _("Programme done"), "text": _against(findings["fidelity"], plan.fidelity)},
        {"label": _("Sites with a value at the end"), "text": _against(findings["coverage"], 100 * COVERAGE)},
        {"label": _("Amendments"), "text": number(findings["amendments"])},
    ]  # fmt: skip


def _against(found: str, least: Any) -> str:
    """What was done, beside what was asked for."""
    return _("%(found)s, at least %(least)s was asked for") % {
        "found": percent(Decimal(found)), "least": percent(Decimal(int(least or 0))),
    }  # fmt: skip


def grounds_of(findings: dict[str, Any]) -> list[str]:
    """What the verdict of the figures rests on, one sentence each; and what no comparison means."""
    told = findings["outcomes"][0]["low"] is not None
    found = [str(LACKING[code] if told or code != "interval" else UNTOLD) for code in findings["lacking"]]
    held = [rule["holds"] for rule in findings["criteria"]]
    found.append(_("Criteria held: %(held)s of %(all)s.") % {"held": number(sum(held)), "all": number(len(held))})
    if findings["harm"]["harmed"]:
        found.append(_("It came out worse than what was called harm before the trial."))
    if not findings["compared"]:
        found.append(_("No sites went on as before: this is a change, and what caused it is not known."))
    return found


def story_of(verdict: Verdict) -> dict[str, Any]:
    """Everything of a verdict that its readers see, whoever they are."""
    plan = read_plan(verdict.trial.preregistration.plan)
    return {
        "computed": badge_of(verdict.computed), "said": badge_of(verdict.value) if verdict.value else None,
        "differs": bool(verdict.value) and verdict.value != verdict.computed, "reason": verdict.reason,
        "outcomes": outcomes_table(plan, verdict.findings), "criteria": criteria_table(plan, verdict.findings),
        "between": any(each["low"] is not None for each in verdict.findings["outcomes"]),
        "facts": facts_of(plan, verdict.findings), "grounds": grounds_of(verdict.findings),
        "hash": verdict.trial.preregistration.content_hash,
        "locked": day_short(verdict.trial.preregistration.locked_at),
        "decided": day_short(verdict.decided_at) if verdict.decided_at else "",
        "embargo": day_short(verdict.embargo_until) if verdict.embargo_until else "",
    }  # fmt: skip


def seats_of(verdict: Verdict) -> Sequence[dict[str, Any]]:
    """Who sits on the panel and who agreed: for the coordinator and the panel alone."""
    rows = sorted(verdict.seats.all(), key=lambda seat: (str(seat.user), seat.pk))
    return [
        {"name": str(seat.user), "agreed": bool(seat.agreed_hash) and seat.agreed_hash == verdict.words_hash}
        for seat in rows
    ]
