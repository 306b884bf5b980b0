"""What the pre-registered criteria make of a trial: one of four verdicts, and every figure it rests on (product 3.9).

*Inconclusive* if the sample, the endlines or the fidelity stay below the stated minimum, or the interval of the primary
outcome covers both success and no effect; else *successful* if all criteria hold without harm; *promising* if the primary
outcome moved the right way and some hold; else *not successful*. Nothing here is asked or chosen: the plan says it all.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from labs.implementation.plan import HUNDRED, Bound, Compare, Measure, Outcome, Plan, Weigh
from labs.trials.figures import as_assigned, coverage_of, fidelity_of, plan_of
from labs.trials.models import Measurement, MeasureState, Trial, TrialStatus, Wave
from labs.verdicts.effects import Effect, SiteFigures, by_site, level, pooled
from labs.verdicts.models import Value

COVERAGE = Fraction(70, 100)  # of the sites as assigned have to have an endline
PLACES = 6
Figures = Mapping[str, Sequence[SiteFigures]]


def site_figures(trial: Trial, plan: Plan) -> Figures:
    """What each site has of each outcome before and after, as the sites were assigned."""
    sites = as_assigned(trial)
    rows: Any = Measurement.objects.filter(site__trial=trial, state=MeasureState.VALUE)
    said = {
        (site, outcome, wave): (float(top), float(base))
        for site, outcome, wave, top, base in rows.values_list("site", "outcome", "wave", "numerator", "denominator")
    }
    return {
        each.code: [
            SiteFigures(
                site.arm == "treated", said.get((site.pk, each.code, Wave.BASELINE)),
                said.get((site.pk, each.code, Wave.ENDLINE)),
            )
            for site in sites
        ]
        for each in plan.outcomes
    }  # fmt: skip


def judged(trial: Trial) -> "Case":
    """The case of a closed or abandoned trial, from its locked plan and its measurements."""
    plan = plan_of(trial)
    return Case(
        plan, site_figures(trial, plan), fidelity=fidelity_of(trial), coverage=coverage_of(trial),
        abandoned=trial.status == TrialStatus.ABANDONED, amendments=trial.amendments.filter(status="approved").count(),
    )  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A plan and the plain figures of its sites: what a reader with the published plan and data can repeat."""

    plan: Plan
    figures: Figures
    fidelity: Fraction
    coverage: Fraction
    abandoned: bool = False
    amendments: int = 0

    @cached_property
    def primary(self) -> Outcome:
        return self.plan.outcomes[0]

    @cached_property
    def effects(self) -> dict[str, Effect | None]:
        """How much each outcome was moved, as the analysis rule says."""
        return {each.code: self._effect(each) for each in self.plan.outcomes}

    def _effect(self, outcome: Outcome) -> Effect | None:
        compared = self.plan.has_comparison
        changes = self.plan.compare == Compare.CHANGE or not compared
        sites = self.figures[outcome.code]
        if outcome.is_share and self.plan.weigh == Weigh.POOLED:
            return pooled(sites, changes=changes, compared=compared)
        return by_site(sites, changes=changes, compared=compared, factor=100 if outcome.is_share else 1)

    def _measured(self, code: str, measure: str) -> Effect | None:
        if measure == Measure.LEVEL:
            outcome = self.plan.outcome(code)
            return level(self.figures[code], share=bool(outcome and outcome.is_share))
        return self.effects[code]

    @cached_property
    def criteria(self) -> list[dict[str, Any]]:
        """Each criterion with what was found and whether it holds."""
        told = []
        for rule in self.plan.criteria:
            found, edge = self._measured(rule.outcome, rule.measure), self._edge(rule.outcome, rule.threshold)
            holds = found is not None and reaches(found.estimate, rule.bound, edge)
            told.append({
                "outcome": rule.outcome, "measure": rule.measure, "bound": rule.bound, "threshold": plain(edge),
                "holds": holds, **said_of(found),
            })  # fmt: skip
        return told

    @cached_property
    def harm(self) -> dict[str, Any]:
        """Whether the outcome is worse than what was called harm."""
        rule = self.plan.harm
        outcome = self.plan.outcome(rule.outcome)
        found, edge = self._measured(rule.outcome, rule.measure), self._edge(rule.outcome, rule.worse_than)
        sign = outcome.sign if outcome else 1
        done = found is not None and sign * exact(found.estimate) < sign * edge
        return {
            "outcome": rule.outcome, "measure": rule.measure, "worse_than": plain(edge), "harmed": done,
            **said_of(found),
        }  # fmt: skip

    @cached_property
    def lacking(self) -> list[str]:
        """Codes of what makes it inconclusive."""
        return list(self._lacks())

    def _lacks(self) -> Iterator[str]:
        if self.abandoned:
            yield "abandoned"
        arms = [True, False] if self.plan.has_comparison else [True]
        if any(self._people(arm) < (self.plan.minimum_sample or 0) for arm in arms):
            yield "sample"
        if self.coverage < COVERAGE:
            yield "coverage"
        if 100 * self.fidelity < Fraction(self.plan.fidelity or 0):
            yield "fidelity"
        effect = self.effects[self.primary.code]
        if effect is None or effect.low is None or effect.high is None or self._covers_both(effect.low, effect.high):
            yield "interval"

    def _people(self, treated: bool) -> float:
        sites = self.figures[self.primary.code]
        return sum(each.after[1] for each in sites if each.treated == treated and each.after)

    def _covers_both(self, low: float, high: float) -> bool:
        """The interval holds no effect, and what the first criterion on the primary outcome calls success."""
        rules = (
            each for each in self.plan.criteria
            if each.outcome == self.primary.code and each.measure == Measure.DIFFERENCE
        )  # fmt: skip
        rule = next(rules, None)
        if rule is None or not low <= 0 <= high:
            return False
        best = high if rule.bound == Bound.AT_LEAST else low
        return reaches(best, rule.bound, self._edge(rule.outcome, rule.threshold))

    @cached_property
    def value(self) -> str:
        """The verdict."""
        if self.lacking:
            return Value.INCONCLUSIVE.value
        held = [each["holds"] for each in self.criteria]
        if all(held) and not self.harm["harmed"]:
            return Value.SUCCESSFUL.value
        effect = self.effects[self.primary.code]
        good = effect is not None and self.primary.sign * effect.estimate > 0
        return Value.PROMISING.value if good and any(held) else Value.NOT_SUCCESSFUL.value

    def told(self) -> dict[str, Any]:
        """As it is kept: decimals as strings, shares in percent."""
        return {
            "value": self.value, "compared": self.plan.has_comparison, "lacking": self.lacking,
            "outcomes": [{"code": code, **said_of(effect)} for code, effect in self.effects.items()],
            "criteria": self.criteria, "harm": self.harm, "fidelity": plain(exact(100 * float(self.fidelity))),
            "coverage": plain(exact(100 * float(self.coverage))), "amendments": self.amendments,
            "abandoned": self.abandoned,
        }  # fmt: skip

    def _edge(self, code: str, threshold: Decimal | None) -> Decimal:
        """A threshold as figures are told: shares in percent."""
        outcome = self.plan.outcome(code)
        factor = HUNDRED if outcome and outcome.is_share else Decimal(1)
        return (threshold or Decimal(0)) * factor


def reaches(found: float, bound: str, edge: Decimal) -> bool:
    """Compared in decimals, so that a threshold met exactly is met."""
    value = exact(found)
    return value >= edge if bound == Bound.AT_LEAST else value <= edge


def exact(number: float) -> Decimal:
    """A figure as it is told: six places."""
    return Decimal(f"{number:.{PLACES}f}")


def plain(number: Decimal) -> str:
    """Without idle zeros; what rounds to nothing is 0."""
    found = format(number, "f")
    found = found.rstrip("0").rstrip(".") if "." in found else found
    return "0" if found in ("-0", "") else found


def said_of(effect: Effect | None) -> dict[str, Any]:
    """A figure with its interval and what it rests on; empty for nothing."""
    if effect is None:
        return {"estimate": None, "low": None, "high": None, "treated": "0", "comparison": "0"}
    edges = {name: None if edge is None else plain(exact(edge)) for name, edge in
             (("low", effect.low), ("high", effect.high))}  # fmt: skip
    return {
        "estimate": plain(exact(effect.estimate)), **edges, "treated": plain(exact(effect.treated)),
        "comparison": plain(exact(effect.comparison)),
    }  # fmt: skip
