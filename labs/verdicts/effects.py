"""How much a trial moved an outcome, and how far that may be off by chance alone (95 %).

Counted people (`share`) are pooled: each wave and arm is a share with its Wilson interval, and a difference of shares, or
of changes of shares, has the interval of Newcombe: the distances of the parts are squared and added. What has only sums
(`mean`), or was to be analysed `by_site`, is compared by the values of the sites: Welch's interval with Student's t.
Shares are told in percent, differences of them in percentage points; means in their own unit.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import mean, variance

Z = 1.959963984540054
TAIL = 0.025
Pair = tuple[float, float]  # numerator, denominator


@dataclass(frozen=True)
class SiteFigures:
    """One site as assigned: what it had before and has after; None where it is missing."""

    treated: bool
    before: Pair | None
    after: Pair | None


@dataclass(frozen=True)
class Effect:
    """An estimate with its interval; no interval where chance cannot be told. `units`: people or sites it rests on."""

    estimate: float
    low: float | None
    high: float | None
    treated: float
    comparison: float


def wilson(part: float, whole: float) -> tuple[float, float]:
    """The interval of a share, 0 to 1."""
    p, square = part / whole, Z * Z
    centre, spread = p + square / (2 * whole), Z * math.sqrt(p * (1 - p) / whole + square / (4 * whole * whole))
    return max((centre - spread) / (1 + square / whole), 0.0), min((centre + spread) / (1 + square / whole), 1.0)


def pooled(sites: Sequence[SiteFigures], *, changes: bool, compared: bool) -> Effect | None:
    """The difference of pooled shares in percentage points; None without figures.

    Treated after, less before where `changes` are asked for, less the same of the comparison sites where there are any.
    """
    terms: list[tuple[int, Pair]] = []
    for treated, sign in ((True, 1), (False, -1)):
        if not treated and not compared:
            continue
        rows = [each for each in sites if each.treated == treated and each.after and (each.before or not changes)]
        if not rows:
            return None
        terms.append((sign, _sum(each.after for each in rows)))
        if changes:
            terms.append((-sign, _sum(each.before for each in rows)))
    estimate = sum(sign * part / whole for sign, (part, whole) in terms)
    below = above = 0.0
    for sign, (part, whole) in terms:
        p, (low, high) = part / whole, wilson(part, whole)
        down, up = (p - low, high - p) if sign > 0 else (high - p, p - low)
        below, above = below + down**2, above + up**2
    people = [whole for _sign, (_part, whole) in terms]
    return Effect(
        100 * estimate, 100 * (estimate - math.sqrt(below)), 100 * (estimate + math.sqrt(above)),
        people[0], people[2 if changes else 1] if compared else 0.0,
    )  # fmt: skip


def by_site(sites: Sequence[SiteFigures], *, changes: bool, compared: bool, factor: int) -> Effect | None:
    """The difference of the sites' own values; `factor` 100 for shares. No interval with fewer than two sites in an arm."""
    arms = {True: _values(sites, True, changes), False: _values(sites, False, changes) if compared else []}
    if not arms[True] or (compared and not arms[False]):
        return None
    used = [arms[True], *([arms[False]] if compared else [])]
    estimate = mean(used[0]) - (mean(used[1]) if compared else 0.0)
    low = high = None
    if all(len(each) > 1 for each in used):
        errors = [variance(each) / len(each) for each in used]
        spread = math.sqrt(sum(errors)) * student(_freedom(errors, [len(each) for each in used]))
        low, high = factor * (estimate - spread), factor * (estimate + spread)
    return Effect(factor * estimate, low, high, float(len(arms[True])), float(len(arms[False])))


def level(sites: Sequence[SiteFigures], *, share: bool) -> Effect | None:
    """What the treated sites have after, pooled: a share in percent with its interval, or a mean without one."""
    rows = [each.after for each in sites if each.treated and each.after]
    if not rows:
        return None
    part, whole = _sum(rows)
    if not share:
        return Effect(part / whole, None, None, whole, 0.0)
    low, high = wilson(part, whole)
    return Effect(100 * part / whole, 100 * low, 100 * high, whole, 0.0)


def _sum(pairs: object) -> Pair:
    found = list(pairs)  # type: ignore[call-overload]
    return sum(part for part, _whole in found), sum(whole for _part, whole in found)


def _values(sites: Sequence[SiteFigures], treated: bool, changes: bool) -> list[float]:
    found = []
    for each in sites:
        if each.treated == treated and each.after and (each.before or not changes):
            before = each.before[0] / each.before[1] if changes and each.before else 0.0
            found.append(each.after[0] / each.after[1] - before)
    return found


def _freedom(errors: Sequence[float], counts: Sequence[int]) -> float:
    """Degrees of freedom by Welch and Satterthwaite."""
    total = sum(errors)
    below = sum(error**2 / (count - 1) for error, count in zip(errors, counts, strict=True))
    return total**2 / below if below else float(sum(counts) - len(counts))


@lru_cache(maxsize=1024)
def student(freedom: float) -> float:
    """Student's t at 97.5 %, halved down to the last bit: its tail is half the incomplete beta at ν/(ν+t²)."""
    low, high = 0.0, 20.0
    while _tail(high, freedom) > TAIL:
        high *= 2
    for _step in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if _tail(middle, freedom) > TAIL else (low, middle)
    return (low + high) / 2


def _tail(t: float, freedom: float) -> float:
    """P(T > t)."""
    return _beta(freedom / (freedom + t * t), freedom / 2, 0.5) / 2


def _beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, by the continued fraction of Lentz."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta(1 - x, b, a)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log(1 - x)
    ) / a  # fmt: skip
    tiny, c = 1e-300, 1.0
    d = found = 1 / ((1 - (a + b) * x / (a + 1)) or tiny)
    for step in range(1, 400):
        for top in (
            step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step)),
            -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1)),
        ):
            d, c = 1 / ((1 + top * d) or tiny), (1 + top / c) or tiny
            found *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return front * found
