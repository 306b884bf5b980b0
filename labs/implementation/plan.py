"""What a pre-registration says: its parts read from JSON, and everything in it that is missing or contradicts itself.

Numbers travel as strings. A threshold on a share is written in per cent (a difference in percentage points), as people
say it; `Criterion.threshold` and `Harm.worse_than` are in the unit of the figures themselves: 5 per cent is 0.05.
"""

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

CODE = re.compile(r"[a-z][a-z0-9_]{0,31}")
HUNDRED = Decimal(100)
MOST_OUTCOMES = MOST_CRITERIA = 10


class Kind(models.TextChoices):
    SHARE = "share", _("Share: so many of so many")
    MEAN = "mean", _("Mean: a sum over a number of people")


class Direction(models.TextChoices):
    UP = "up", _("More is better")
    DOWN = "down", _("Less is better")


class Measure(models.TextChoices):
    DIFFERENCE = "difference", _("Difference")
    LEVEL = "level", _("Level at the endline")


class Bound(models.TextChoices):
    AT_LEAST = "at_least", _("at least")
    AT_MOST = "at_most", _("at most")


class Comparison(models.TextChoices):
    NONE = "none", _("No comparison")
    MATCHED = "matched", _("Matched sites")
    PHASED = "phased", _("Sites that begin later")
    LOTTERY = "lottery", _("Drawn by lot")


class Compare(models.TextChoices):
    ENDLINE = "endline", _("Difference at the endline")
    CHANGE = "change", _("Difference of changes since the baseline")


class Weigh(models.TextChoices):
    POOLED = "pooled", _("Counts of all sites together")
    BY_SITE = "by_site", _("Each site counts once")


@dataclass(frozen=True)
class Outcome:
    """What is measured at each site, twice, as two numbers."""

    code: str
    name: str
    indicator: str
    instrument: str
    unit: str
    kind: str
    direction: str

    @property
    def is_share(self) -> bool:
        """Whether the numerator is a part of the denominator."""
        return self.kind == Kind.SHARE

    @property
    def sign(self) -> int:
        """1 where more is better, -1 where less is."""
        return -1 if self.direction == Direction.DOWN else 1


@dataclass(frozen=True)
class Criterion:
    """A success criterion: the difference, or the level of the treated at the endline, against a threshold."""

    outcome: str
    measure: str
    bound: str
    threshold: Decimal | None


@dataclass(frozen=True)
class Harm:
    """Harm is done when the outcome is worse than this: below it where more is better, above it where less is."""

    outcome: str
    measure: str
    worse_than: Decimal | None


@dataclass(frozen=True)
class Window:
    """From the first day to the last, both included."""

    first: datetime.date | None
    last: datetime.date | None


@dataclass(frozen=True)
class Plan:
    """All parts of a pre-registration; what is not said is empty or None. Sites are public ids of institutions."""

    hypothesis: str
    outcomes: tuple[Outcome, ...]
    criteria: tuple[Criterion, ...]
    harm: Harm
    comparison: str
    comparison_sites: tuple[str, ...]
    treated_sites: tuple[str, ...]
    baseline: Window
    endline: Window
    minimum_sample: int | None
    fidelity: Decimal | None
    exclusions: str
    compare: str
    weigh: str

    @property
    def primary(self) -> Outcome | None:
        """The outcome that decides."""
        return self.outcomes[0] if self.outcomes else None

    @property
    def has_comparison(self) -> bool:
        """Without one the verdict speaks of change, not of effect."""
        return self.comparison != Comparison.NONE

    def outcome(self, code: str) -> Outcome | None:
        """An outcome by its code."""
        return next((each for each in self.outcomes if each.code == code), None)


def read_plan(told: Mapping[str, Any]) -> Plan:
    """The parts of stored JSON; never raises: what cannot be read counts as not said."""
    analysis, comparison = _dict(told.get("analysis")), _dict(told.get("comparison"))
    outcomes = tuple(_outcome(_dict(each)) for each in _list(told.get("outcomes")))
    shares = {each.code for each in outcomes if each.is_share}
    sample = _number(told.get("minimum_sample"))
    return Plan(
        hypothesis=_text(told.get("hypothesis")),
        outcomes=outcomes,
        criteria=tuple(_criterion(_dict(each), shares) for each in _list(told.get("criteria"))),
        harm=_harm(_dict(told.get("harm")), shares),
        comparison=_text(comparison.get("rule")),
        comparison_sites=tuple(_text(each) for each in _list(comparison.get("sites"))),
        treated_sites=tuple(_text(each) for each in _list(told.get("treated"))),
        baseline=_window(_dict(told.get("baseline"))),
        endline=_window(_dict(told.get("endline"))),
        minimum_sample=int(sample) if sample is not None and sample == sample.to_integral_value() else None,
        fidelity=_number(told.get("fidelity")),
        exclusions=_text(told.get("exclusions")),
        compare=_text(analysis.get("compare")),
        weigh=_text(analysis.get("weigh")),
    )


def _outcome(told: Mapping[str, Any]) -> Outcome:
    return Outcome(**{name: _text(told.get(name)) for name in Outcome.__dataclass_fields__})


def _criterion(told: Mapping[str, Any], shares: set[str]) -> Criterion:
    outcome = _text(told.get("outcome"))
    threshold = in_figures(_number(told.get("threshold")), outcome in shares)
    return Criterion(outcome, _text(told.get("measure")), _text(told.get("bound")), threshold)


def _harm(told: Mapping[str, Any], shares: set[str]) -> Harm:
    outcome = _text(told.get("outcome"))
    return Harm(
        outcome, _text(told.get("measure")), in_figures(_number(told.get("worse_than")), outcome in shares)
    )  # fmt: skip


def in_figures(threshold: Decimal | None, is_share: bool) -> Decimal | None:
    """A threshold in the unit of the figures: per cent become parts of one."""
    return threshold / HUNDRED if threshold is not None and is_share else threshold


def _window(told: Mapping[str, Any]) -> Window:
    return Window(_day(told.get("from")), _day(told.get("until")))


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    try:
        found = Decimal(value)
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < 10**16 else None


def _day(value: Any) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(_text(value))
    except ValueError:
        return None


def thresholds(plan: Plan) -> Iterator[tuple[str, Criterion | Harm, Decimal | None]]:
    """(where it stands, who says it, the number) of every threshold in the plan."""
    for place, criterion in enumerate(plan.criteria):
        yield f"/criteria/{place}", criterion, criterion.threshold
    yield "/harm", plan.harm, plan.harm.worse_than
