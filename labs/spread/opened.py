"""The plain figures behind a published verdict, so that any reader can repeat it: by arm and wave, never by site."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.wording import number, percent
from labs.implementation.models import Arm
from labs.implementation.plan import HUNDRED, Compare, Outcome, Plan
from labs.trials.figures import plan_of
from labs.trials.models import Trial, Wave
from labs.verdicts.effects import Pair, SiteFigures
from labs.verdicts.judging import site_figures

FEW = 5  # fewer people than this, or all but fewer, are not told


def figures_table(trial: Trial) -> dict[str, Any]:
    """Each outcome of each arm before and after, with the number of sites it is summed over."""
    plan = plan_of(trial)
    figures = site_figures(trial, plan)
    rows = [row for each in plan.outcomes for row in _rows(plan, each, figures[each.code])]
    heads = [
        {"label": _("Outcome")},
        {"label": _("Sites")},
        *({"label": str(wave.label), "figure": True} for wave in Wave),
    ]
    return {"caption": _("The figures it rests on"), "columns": heads, "rows": rows}


def _rows(plan: Plan, outcome: Outcome, sites: Sequence[SiteFigures]) -> Iterator[dict[str, Any]]:
    arms = [Arm.TREATED, Arm.COMPARISON] if plan.has_comparison else [Arm.TREATED]
    found = {arm: _sums(plan, [each for each in sites if each.treated == (arm == Arm.TREATED)]) for arm in arms}
    hidden = any(pair is not None and _is_small(outcome, pair) for _count, sums in found.values() for pair in sums)
    for arm, (count, sums) in found.items():
        cells = [_cell(outcome, wave, pair, hidden) for wave, pair in zip(Wave, sums, strict=True)]
        yield {
            "cells": [{"text": outcome.name}, {"text": f"{arm.label}: {number(count)}", "label": _("Sites")}, *cells]
        }


def _sums(plan: Plan, sites: Sequence[SiteFigures]) -> tuple[int, tuple[Pair | None, Pair | None]]:
    """Sites that count, and their two sums: where changes are compared, only sites that were measured twice."""
    changes = plan.compare == Compare.CHANGE or not plan.has_comparison
    used = [each for each in sites if each.after and (each.before or not changes)]
    return len(used), (_sum(each.before for each in used), _sum(each.after for each in used))


def _sum(pairs: Iterator[Pair | None]) -> Pair | None:
    told = [each for each in pairs if each is not None]
    return (sum(part for part, _whole in told), sum(whole for _part, whole in told)) if told else None


def _is_small(outcome: Outcome, pair: Pair) -> bool:
    part, whole = pair
    if not outcome.is_share:
        return whole < FEW
    return 0 < part < FEW or 0 < whole - part < FEW


def _cell(outcome: Outcome, wave: Wave, pair: Pair | None, hidden: bool) -> dict[str, Any]:
    cell = {"label": str(wave.label), "figure": True, "text": "", "state": "suppressed" if hidden else "missing"}
    if pair is None or hidden:
        return cell
    part, whole = (Decimal(str(each)) for each in pair)
    sums = _("%(part)s of %(whole)s") % {"part": number(part), "whole": number(whole)}
    value = percent(part / whole * HUNDRED) if outcome.is_share else number(part / whole)
    return {**cell, "text": f"{value} ({sums})", "state": "value"}
