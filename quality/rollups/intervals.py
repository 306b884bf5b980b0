"""How far a figure may be off by chance alone (95 %): exactly for counts of events, by Wilson for shares.

The exact interval of a count holds every expectation under which the count is neither so low nor so high as to happen in
less than 2.5 % of cases (Garwood). It is worked out from the regularised incomplete gamma function.
"""

from decimal import Decimal
from functools import lru_cache
from math import exp, lgamma, log, sqrt

from quality.catalogue.models import DefinitionVersion, Method
from quality.rollups.formulas import PLACES, Z

TAIL = 0.025
ENOUGH = 1e-14
Interval = tuple[Decimal, Decimal]


def gamma_tail(shape: float, at: float) -> float:
    """The regularised upper incomplete gamma function: P(Poisson(at) < shape) for whole shapes."""
    if at <= 0:
        return 1.0
    front = exp(-at + shape * log(at) - lgamma(shape))
    if at < shape + 1:  # the series converges quickly here, the continued fraction there
        term = total = 1 / shape
        step = shape
        while term > total * ENOUGH:
            step += 1
            term *= at / step
            total += term
        return 1 - front * total
    return front * _fraction(shape, at)


def _fraction(shape: float, at: float) -> float:
    """The continued fraction of the upper tail, by Lentz."""
    b, tiny = at + 1 - shape, 1e-300
    c, d = 1 / tiny, 1 / b
    found, step, change = d, 0, 0.0
    while abs(change - 1) > ENOUGH:
        step += 1
        factor = -step * (step - shape)
        b += 2
        d = 1 / (factor * d + b or tiny)
        c = b + factor / c or tiny
        change = c * d
        found *= change
    return found


def _expectation(shape: int, tail: float) -> float:
    """The expectation under which fewer than `shape` events happen with this probability, halved down to the last bit."""
    spread = 5 * sqrt(shape + 1) + 8
    low, high = max(0.0, shape - spread), shape + spread
    for _step in range(80):
        middle = (low + high) / 2
        if gamma_tail(shape, middle) > tail:
            low = middle
        else:
            high = middle
    return (low + high) / 2


@lru_cache(maxsize=4096)
def events(count: int) -> Interval:
    """The exact interval of a number of events."""
    low = _expectation(count, 1 - TAIL) if count else 0.0
    return tuple(Decimal(edge).quantize(PLACES) for edge in (low, _expectation(count + 1, TAIL)))  # type: ignore[return-value]


def rate(count: Decimal, base: Decimal, factor: int) -> Interval | None:
    """The interval of a number of events over what it is divided by; None where they are not whole, or nothing."""
    if base <= 0 or count != int(count):
        return None
    low, high = (factor * edge / base for edge in events(int(count)))
    return low.quantize(PLACES), high.quantize(PLACES)


def interval_of(version: DefinitionVersion, top: Decimal, base: Decimal) -> Interval | None:
    """By chance alone: of a share, or of a rate of events; other quotients have none."""
    if version.method == Method.SHARE:
        return share(top, base, version.factor)
    return rate(top, base, version.factor) if is_rate(version) else None


def is_rate(version: DefinitionVersion) -> bool:
    """Whether it is a number of events over something else, as its definition says."""
    return bool(version.method == Method.RATIO and version.counts_events)


def share(part: Decimal, whole: Decimal, factor: int) -> Interval | None:
    """The interval of a share, by Wilson, as the count of cells has it."""
    if whole <= 0:
        return None
    p, square = part / whole, Z * Z
    centre = p + square / (2 * whole)
    spread = Z * (max(p * (1 - p) / whole + square / (4 * whole * whole), Decimal(0))).sqrt()
    low, high = ((centre + sign * spread) / (1 + square / whole) for sign in (-1, 1))
    return (factor * max(low, Decimal(0))).quantize(PLACES), (factor * min(high, Decimal(1))).quantize(PLACES)
