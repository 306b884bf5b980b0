"""Is a plan whole and free of contradictions? Every part that is missing or fights another, each with its place."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from labs.implementation.models import Arm
from labs.implementation.plan import (
    CODE,
    HUNDRED,
    Bound,
    Compare,
    Comparison,
    Criterion,
    Direction,
    Kind,
    Measure,
    Outcome,
    Plan,
    Weigh,
    thresholds,
)
from lifecycle.transitions import Condition
from quality.catalogue.models import Indicator

FEWEST_BY_SITE = 2


def problems_of(plan: Plan, project: Any) -> list[Condition]:
    """All that keeps this plan of this project from being locked."""
    return [
        *_words(plan),
        *_outcomes(plan),
        *_criteria(plan),
        *_thresholds(plan),
        *_harm(plan),
        *_comparison(plan),
        *_sites(plan, project),
        *_windows(plan),
        *_numbers(plan),
        *_analysis(plan),
    ]


def _words(plan: Plan) -> Iterator[Condition]:
    if not plan.hypothesis:
        yield Condition("hypothesis", _("Hypothesis: say what you expect to happen, and why."), "/hypothesis")
    if not plan.exclusions:
        yield Condition("exclusions", _("Exclusions: say who is left out, or that nobody is."), "/exclusions")


def _outcomes(plan: Plan) -> Iterator[Condition]:
    if not plan.outcomes:
        yield Condition("outcomes", _("Outcomes: name at least the primary outcome."), "/outcomes")
    codes = [each.code for each in plan.outcomes]
    known = set(Indicator.objects.filter(code__in=[o.indicator for o in plan.outcomes]).values_list("code", flat=True))
    for place, each in enumerate(plan.outcomes):
        at = f"/outcomes/{place}"
        yield from _named(each, known, at)
        if not CODE.fullmatch(each.code):
            message = _("Outcome: give it a short code of small Latin letters and digits, for example reading.")
            yield Condition("outcome_code", message, f"{at}/code")
        elif codes.count(each.code) > 1:
            yield Condition("outcome_twice", _("Outcome: two outcomes have the same code."), f"{at}/code")
        if each.kind not in Kind.values:
            yield Condition("outcome_kind", _("Outcome: choose whether it is a share or a mean."), f"{at}/kind")
        if each.direction not in Direction.values:
            message = _("Outcome: choose whether more is better or less.")
            yield Condition("outcome_direction", message, f"{at}/direction")


def _named(outcome: Outcome, known: set[str], at: str) -> Iterator[Condition]:
    """What is measured, with what, and in which unit."""
    if not outcome.name:
        yield Condition("outcome_name", _("Outcome: say in words what is measured."), f"{at}/name")
    if not outcome.indicator and not outcome.instrument:
        message = _("Outcome: name the indicator, or describe the instrument it is measured with.")
        yield Condition("outcome_instrument", message, f"{at}/instrument")
    if outcome.indicator and outcome.indicator not in known:
        yield Condition("outcome_indicator", _("Outcome: there is no such indicator."), f"{at}/indicator")
    if not outcome.unit:
        yield Condition("outcome_unit", _("Outcome: say what is counted, for example pupils."), f"{at}/unit")


def _criteria(plan: Plan) -> Iterator[Condition]:
    if not plan.criteria:
        yield Condition("criteria", _("Success criteria: give at least one, on the primary outcome."), "/criteria")
    elif plan.primary and plan.criteria[0].outcome != plan.primary.code:
        message = _("Success criteria: the first one is on the primary outcome.")
        yield Condition("criterion_primary", message, "/criteria/0/outcome")
    said = [(each.outcome, each.measure) for each in plan.criteria]
    for place, each in enumerate(plan.criteria):
        if said.count((each.outcome, each.measure)) > 1:
            message = _("Success criteria: two of them speak of the same measure of the same outcome.")
            yield Condition("criterion_twice", message, f"/criteria/{place}/outcome")
        yield from _bound(plan, each, f"/criteria/{place}")


def _bound(plan: Plan, criterion: Criterion, at: str) -> Iterator[Condition]:
    """Whether the criterion looks the way its outcome is better."""
    outcome = plan.outcome(criterion.outcome)
    if criterion.bound not in Bound.values:
        yield Condition("criterion_bound", _("Success criteria: choose at least or at most."), f"{at}/bound")
    elif outcome and (criterion.bound == Bound.AT_LEAST) != (outcome.direction == Direction.UP):
        message = _("Success criteria: where more is better a success is at least so much, else at most.")
        yield Condition("criterion_direction", message, f"{at}/bound")
    elif (
        outcome and outcome == plan.primary and criterion.measure == Measure.DIFFERENCE
        and criterion.threshold is not None and criterion.threshold * outcome.sign < 0
    ):  # fmt: skip
        message = _("Success criteria: a change for the worse of the primary outcome is no success.")
        yield Condition("criterion_worse", message, f"{at}/threshold")


def _thresholds(plan: Plan) -> Iterator[Condition]:
    """Each threshold is a number that its measure can take, on an outcome that exists."""
    for at, each, number in thresholds(plan):
        outcome, last = plan.outcome(each.outcome), "threshold" if isinstance(each, Criterion) else "worse_than"
        if outcome is None:
            message = _("Threshold: choose one of the outcomes named above.")
            yield Condition("threshold_outcome", message, f"{at}/outcome")
        if each.measure not in Measure.values:
            yield Condition("threshold_measure", _("Threshold: choose difference or level."), f"{at}/measure")
        elif each.measure == Measure.DIFFERENCE and not plan.has_comparison and plan.compare == Compare.ENDLINE:
            message = _(
                "Threshold: without a comparison there is no difference at the endline, only a level or a change."
            )
            yield Condition("threshold_no_comparison", message, f"{at}/measure")
        if number is None:
            yield Condition("threshold", _("Threshold: give a number, for example 5 or 0.5."), f"{at}/{last}")
        elif outcome and outcome.is_share and not _possible(number, each.measure):
            message = _("Threshold: a share lies between 0 and 100 per cent.")
            yield Condition("threshold_share", message, f"{at}/{last}")


def _possible(number: Decimal, measure: str) -> bool:
    return (0 if measure == Measure.LEVEL else -1) <= number <= 1


def _harm(plan: Plan) -> Iterator[Condition]:
    """What is harm cannot be success at the same time."""
    outcome, bad = plan.outcome(plan.harm.outcome), plan.harm.worse_than
    if outcome is None or bad is None:
        return
    for each in plan.criteria:
        same = (each.outcome, each.measure) == (plan.harm.outcome, plan.harm.measure)
        if same and each.threshold is not None and bad * outcome.sign >= each.threshold * outcome.sign:
            message = _("Harm criterion: what counts as harm lies on the worse side of what counts as success.")
            yield Condition("harm_success", message, "/harm/worse_than")


def _comparison(plan: Plan) -> Iterator[Condition]:
    if plan.comparison not in Comparison.values:
        yield Condition("comparison", _("Comparison: choose with whom you compare."), "/comparison/rule")
    elif plan.has_comparison and not plan.comparison_sites:
        message = _("Comparison: this rule needs comparison sites.")
        yield Condition("comparison_sites", message, "/comparison/sites")
    elif not plan.has_comparison and plan.comparison_sites:
        message = _("Comparison: there are comparison sites, but the rule says that nothing is compared.")
        yield Condition("comparison_none", message, "/comparison/sites")


def _sites(plan: Plan, project: Any) -> Iterator[Condition]:
    """The plan names exactly the sites that joined, each in the arm it joined for."""
    joined: dict[str, set[str]] = {arm: set() for arm in Arm.values}
    for site in project.sites.filter(joined_at__isnull=False).select_related("institution"):
        joined[site.arm].add(site.institution.public_id)
    if not plan.treated_sites:
        yield Condition("treated", _("Sites: name at least one that tries the new practice."), "/treated")
    for arm, named, pointer in (
        (Arm.TREATED, plan.treated_sites, "/treated"),
        (Arm.COMPARISON, plan.comparison_sites, "/comparison/sites"),
    ):
        if len(set(named)) != len(named):
            yield Condition("site_twice", _("Sites: name each organisation once."), pointer)
        if set(named) - joined[arm]:
            yield Condition("site_not_joined", _("Sites: an organisation named here has not joined for it."), pointer)
        if joined[arm] - set(named):
            yield Condition("site_left_out", _("Sites: an organisation that joined is not named here."), pointer)


def _windows(plan: Plan) -> Iterator[Condition]:
    for name, window in (("baseline", plan.baseline), ("endline", plan.endline)):
        if window.first is None:
            yield Condition(f"{name}_from", _WINDOWS[name, "from"], f"/{name}/from")
        if window.last is None:
            yield Condition(f"{name}_until", _WINDOWS[name, "until"], f"/{name}/until")
        elif window.first is not None and window.last < window.first:
            message = _("Days: the last day of a window cannot be before its first.")
            yield Condition(f"{name}_order", message, f"/{name}/until")
    if plan.baseline.last and plan.endline.first and plan.endline.first <= plan.baseline.last:
        message = _("Endline: it begins after the baseline has ended.")
        yield Condition("endline_early", message, "/endline/from")


_WINDOWS = {
    ("baseline", "from"): _("Baseline: give the first day on which it is measured."),
    ("baseline", "until"): _("Baseline: give the last day on which it is measured."),
    ("endline", "from"): _("Endline: give the first day on which it is measured."),
    ("endline", "until"): _("Endline: give the last day on which it is measured."),
}


def _numbers(plan: Plan) -> Iterator[Condition]:
    if plan.minimum_sample is None or plan.minimum_sample < 1:
        message = _("Minimum sample: give a whole number, for example 60.")
        yield Condition("minimum_sample", message, "/minimum_sample")
    if plan.fidelity is None or not 0 <= plan.fidelity <= HUNDRED:
        message = _("Fidelity: give the share of steps that must be done, from 0 to 100 per cent.")
        yield Condition("fidelity", message, "/fidelity")


def _analysis(plan: Plan) -> Iterator[Condition]:
    if plan.compare not in Compare.values:
        yield Condition("analysis_compare", _("Analysis: choose what is compared."), "/analysis/compare")
    if plan.weigh not in Weigh.values:
        yield Condition("analysis_weigh", _("Analysis: choose how sites are put together."), "/analysis/weigh")
    judged = {plan.harm.outcome, *(each.outcome for each in plan.criteria)}
    if plan.weigh == Weigh.POOLED and any(each.kind == Kind.MEAN for each in plan.outcomes if each.code in judged):
        message = _("Analysis: only shares can be counted together; for a mean each site counts once.")
        yield Condition("analysis_pooled", message, "/analysis/weigh")
    arms: list[tuple[str, ...]] = [plan.treated_sites, *([plan.comparison_sites] if plan.has_comparison else [])]
    if plan.weigh == Weigh.BY_SITE and any(0 < len(arm) < FEWEST_BY_SITE for arm in arms):
        message = _("Analysis: where each site counts once, each side has at least two sites.")
        yield Condition("analysis_by_site", message, "/analysis/weigh")
