"""What a trial's figures must look like, how faithfully its steps were done, and how much of it was measured."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from labs.implementation.models import Arm
from labs.implementation.plan import Outcome, Plan, read_plan
from labs.trials.models import Done, Measurement, MeasureState, StepLog, Trial, TrialSite, Wave

WORTH = {Done.DONE.value: Fraction(1), Done.PARTLY.value: Fraction(1, 2), Done.NOT.value: Fraction(0)}


def plan_of(trial: Trial) -> Plan:
    """What was pre-registered for this trial."""
    return read_plan(trial.preregistration.plan)


def as_assigned(trial: Trial, arm: str = "") -> list[TrialSite]:
    """The sites that the pre-registration assigned (to this arm), whatever they did then; not those that joined later."""
    plan = plan_of(trial)
    named = {Arm.TREATED.value: set(plan.treated_sites), Arm.COMPARISON.value: set(plan.comparison_sites)}
    sites = trial.sites.select_related("institution").order_by("pk")
    return [each for each in sites if each.institution.public_id in named[each.arm] and (not arm or each.arm == arm)]


def latest_words(trial: Trial) -> dict[tuple[int, int], StepLog]:
    """The last word of each site on each step, by (site, step)."""
    rows = StepLog.objects.filter(site__trial=trial).order_by("site", "step", "-pk").distinct("site", "step")
    return {(each.site_id, each.step_id): each for each in rows}


def fidelity_of(trial: Trial) -> Fraction:
    """Steps done out of steps planned, over the sites assigned to try the practice; partly done is worth a half.

    A step of which a site said nothing was not done, and one that was cancelled later was planned all the same.
    """
    steps = set(trial.project.steps.values_list("pk", flat=True))
    sites = {each.pk for each in as_assigned(trial, Arm.TREATED)}
    planned = len(steps) * len(sites)
    words = latest_words(trial).values()
    done = sum((WORTH[each.done] for each in words if each.site_id in sites and each.step_id in steps), Fraction(0))
    return done / planned if planned else Fraction(0)


def coverage_of(trial: Trial) -> Fraction:
    """Sites with a value of the primary outcome at the endline out of sites as assigned."""
    sites, primary = {each.pk for each in as_assigned(trial)}, plan_of(trial).primary
    if not sites or primary is None:
        return Fraction(0)
    measured = Measurement.objects.filter(
        site__in=sites, wave=Wave.ENDLINE, outcome=primary.code, state=MeasureState.VALUE
    )
    return Fraction(measured.count(), len(sites))


def faults_of(figures: Sequence[Mapping[str, Any]], plan: Plan) -> Iterator[tuple[str, str]]:
    """(place, words) of whatever in these figures cannot be."""
    said = [each["outcome"] for each in figures]
    for place, figure in enumerate(figures):
        outcome = plan.outcome(figure["outcome"])
        if outcome is None or said.count(figure["outcome"]) > 1:
            yield f"figures/{place}/outcome", _("Outcome: name each of those that were pre-registered once.")
        else:
            yield from ((f"figures/{place}/{name}", words) for name, words in faults_of_one(figure, outcome))


def faults_of_one(figure: Mapping[str, Any], outcome: Outcome) -> Iterator[tuple[str, str]]:
    """(field, words) of what cannot be in one figure."""
    upper, lower = figure.get("numerator"), figure.get("denominator")
    name = {"outcome": outcome.name}
    if upper is None and lower is None:
        if not (figure.get("reason") or "").strip():
            yield "reason", _("%(outcome)s: enter the two numbers, or say why they are missing.") % name
    elif upper is None or lower is None:
        field = "numerator" if upper is None else "denominator"
        yield field, _("%(outcome)s: both numbers are needed.") % name
    elif lower <= 0:
        yield "denominator", _("%(outcome)s: the number of those measured is more than zero.") % name
    elif outcome.is_share and not 0 <= upper <= lower:
        yield "numerator", _("%(outcome)s: the part lies between zero and the whole.") % name
