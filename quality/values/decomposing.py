"""What moved: the change of a quotient between two moments taken apart into rate, mix and coverage, exactly.

A whole V = f·N/D has parts i with sums N_i and D_i; what the parts leave over of N and D is one more part, the rest.

- Parts with something to divide by at both moments are the core B, those at neither the shared Z (what several parts
  share, counted once in the whole), those at one moment only the others U. The value of the core is C = f·N_BZ/D_B.
- With weights w_i = D_i/D_B and quotients r_i = f·N_i/D_i, and R the mean of the core's values at both moments:
    rate_i     = ½(w_i0 + w_i1)·(r_i1 - r_i0)            for B; f·(N_i1/D_B1 - N_i0/D_B0) for Z
    mix_i      = (½(r_i0 + r_i1) - R)·(w_i1 - w_i0)       for B
    coverage_i = (f·N_i1 - C_1·D_i1)/D_1 - (f·N_i0 - C_0·D_i0)/D_0   for U
- Rate and mix add up to C_1 - C_0, since the w_i add up to one at each moment; coverage adds up to
  (V_1 - C_1) - (V_0 - C_0). So all three add up to V_1 - V_0, with nothing left over and nothing rounded.
- Without a core everything is coverage (C = 0).

Sums are those a reader is shown, and what is hidden lies in the rest: so nothing is told that the reader could not work
out from what is shown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

Sums = tuple[Fraction, Fraction]  # numerator, denominator
Key = Any  # of a place or a kind, however the caller knows them
REST: Key = None  # the part of what the parts leave over
NOTHING: Sums = (Fraction(0), Fraction(0))
HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Moved:
    """By how much a value changed, by reason; what the boundaries alone made is told beside it."""

    rate: Fraction = Fraction(0)
    mix: Fraction = Fraction(0)
    coverage: Fraction = Fraction(0)

    @property
    def whole(self) -> Fraction:
        return self.rate + self.mix + self.coverage


@dataclass(frozen=True)
class Moment:
    """A whole and its parts at one moment."""

    whole: Sums
    parts: Mapping[Key, Sums]

    def of(self, key: Key) -> Sums:
        if key is not REST:
            return self.parts.get(key, NOTHING)
        n, d = _sum(self.parts.values())
        return self.whole[0] - n, self.whole[1] - d


@dataclass(frozen=True)
class Change:
    """What moved in all, and by part; REST is what no part holds."""

    whole: Moved
    parts: Mapping[Key, Moved] = field(default_factory=dict)


def taken_apart(before: Moment, after: Moment, factor: int = 1) -> Change | None:
    """The change of the whole's value by reason and part; None where one of the two is no quotient."""
    if not before.whole[1] or not after.whole[1]:
        return None
    keys = [*dict.fromkeys((*before.parts, *after.parts)), REST]
    table = {key: (before.of(key), after.of(key)) for key in keys}
    core = _core(table)
    moved = {key: _moved(pair, before, after, core) for key, pair in table.items()}
    parts = {key: Moved(*(factor * part for part in each)) for key, each in moved.items() if any(each)}
    sums = (sum(each, Fraction(0)) for each in zip(*((p.rate, p.mix, p.coverage) for p in parts.values()), strict=True))
    return Change(Moved(*sums), parts)


Pair = tuple[Sums, Sums]
Core = tuple[Sums, Sums] | None


def _core(table: Mapping[Key, Pair]) -> Core:
    """Sums of what is there at both moments, with what is shared; None where that is nothing to divide by."""
    kept = [pair for pair in table.values() if bool(pair[0][1]) == bool(pair[1][1])]
    before, after = (_sum(pair[at] for pair in kept) for at in (0, 1))
    return (before, after) if before[1] and after[1] else None


def _sum(each: Iterable[Sums]) -> Sums:
    n, d = NOTHING
    for more_n, more_d in each:
        n, d = n + more_n, d + more_d
    return n, d


def _moved(pair: Pair, before: Moment, after: Moment, core: Core) -> tuple[Fraction, Fraction, Fraction]:
    (n0, d0), (n1, d1) = pair
    zero = Fraction(0)
    if core is None:
        return zero, zero, n1 / after.whole[1] - n0 / before.whole[1]
    (core_n0, core_d0), (core_n1, core_d1) = core
    c0, c1 = core_n0 / core_d0, core_n1 / core_d1
    if bool(d0) != bool(d1):
        return zero, zero, (n1 - c1 * d1) / after.whole[1] - (n0 - c0 * d0) / before.whole[1]
    if not d0:
        return n1 / core_d1 - n0 / core_d0, zero, zero
    w0, w1, r0, r1 = d0 / core_d0, d1 / core_d1, n0 / d0, n1 / d1
    return HALF * (w0 + w1) * (r1 - r0), (HALF * (r0 + r1) - HALF * (c0 + c1)) * (w1 - w0), zero


def shared_out(parts: Iterable[Fraction], whole: Decimal, places: int) -> list[Decimal]:
    """The parts as decimals that add up to the whole as it is said: each rounded down, what is left over given where most
    was cut off. A part that is nothing stays nothing while another can take what is left."""
    exact = list(parts)
    unit = Decimal(1).scaleb(-places)
    step = Fraction(unit)
    down = [part // step for part in exact]
    left = Fraction(whole) / step - sum(down)
    order = sorted(range(len(exact)), key=lambda at: (not exact[at], -(exact[at] / step - down[at]), at))
    for turn in range(abs(int(left))):
        down[order[turn % len(order)]] += 1 if left > 0 else -1
    return [number * unit for number in down]
