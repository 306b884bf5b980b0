"""Numbers that stand out, robustly (product 6.8): few numbers raise nothing, and nothing is ever dropped.

The modified z-score is Iglewicz and Hoaglin's (1993): 0.6745 × distance from the median ÷ median absolute deviation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

ENOUGH = 8  # numbers from which a score is made
LEAST = 4  # numbers from which the widened range of the own history says something
SCORE = Decimal("3.5")
SCALE = Decimal("0.6745")
MEAN_SCALE = Decimal("0.7979")  # where more than half of the numbers agree: mean deviation instead (1 ÷ 1.2533)


@dataclass(frozen=True)
class Unlike:
    """A number that stands out: against what (`history`, `peers`, `range`), its middle or nearest bound, and out of n."""

    against: str
    usual: Decimal
    count: int


def score(number: Decimal, others: Sequence[Decimal]) -> Decimal | None:
    """The modified z-score of a number among others; None where these all agree."""
    middle = median(others)
    deviations = [abs(each - middle) for each in others]
    if spread := median(deviations):
        return SCALE * (number - middle) / spread
    mean = sum(deviations, Decimal(0)) / len(deviations)
    return MEAN_SCALE * (number - middle) / mean if mean else None


def stands_out(number: Decimal, history: Sequence[Decimal], peers: Sequence[Decimal] = ()) -> Unlike | None:
    """Whether a number is an outlier: among its own history, else among its peers, else outside its own range.

    The range is that of the history, widened by its own width on both sides: with few numbers the next one often is a
    new extreme without being odd.
    """
    for against, others in (("history", history), ("peers", peers)):
        if len(others) >= ENOUGH and (found := score(number, others)) is not None:
            return Unlike(against, median(others), len(others)) if abs(found) > SCORE else None
    if len(history) < LEAST:
        return None
    low, high = min(history), max(history)
    width = high - low
    if low - width <= number <= high + width:
        return None
    return Unlike("range", low if number < low else high, len(history))
