"""What moved between two periods at a place, as one reader may know it: by the places right below, else by kinds.

The earlier moment is the earlier period by the boundaries of the later one, so that what boundaries alone made stands
beside rate, mix and coverage, and all four add up to the change.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from quality.catalogue.models import DefinitionVersion, Method
from quality.observations.models import ValueState
from quality.values.decomposing import NOTHING, Change, Key, Moment, Sums, shared_out, taken_apart
from quality.values.shown import MISSING, Value

PLACES = 8  # decimals of a stored value
REASONS = ("rate", "mix", "coverage")
Parts = Mapping[Key, Value]


def apart(version: DefinitionVersion, earlier: Value, later: Value, before: Parts, after: Parts) -> Change | None:
    """The change of a quotient by reason; None where there is none to tell, or where one of the two does not stand."""
    keys = [key for key in {**before, **after} if all(_told(found.get(key, MISSING)) for found in (before, after))]
    stands = earlier.is_comparable and later.is_comparable
    if version.method not in (Method.SHARE, Method.RATIO) or not (stands and keys):
        return None
    first, second = (
        Moment(_sums(whole), {key: _sums(found.get(key, MISSING)) for key in keys})
        for whole, found in ((earlier, before), (later, after))
    )
    return taken_apart(first, second, version.factor)


def as_said(found: Change, real: Decimal, places: int = PLACES) -> dict[str, Decimal]:
    """Rate, mix and coverage with so many decimals, adding up to the real change as it is said."""
    exact = [getattr(found.whole, reason) for reason in REASONS]
    return dict(zip(REASONS, shared_out(exact, real, places), strict=True))


def by_part(found: Change, said: Mapping[str, Decimal], places: int = PLACES) -> dict[Key, dict[str, Decimal]]:
    """The same of each part, each reason adding up to what is said of it; what no part holds comes last."""
    told: dict[Key, dict[str, Decimal]] = {key: {} for key in found.parts}
    for reason in REASONS:
        exact = [getattr(part, reason) for part in found.parts.values()]
        for key, figure in zip(found.parts, shared_out(exact, said[reason], places), strict=True):
            told[key][reason] = figure
    return told


def _told(value: Value) -> bool:
    """Whether a reader is told its sums, or that there are none; what is hidden lies in the rest."""
    return value.state != ValueState.SUPPRESSED and value.divisible


def _sums(value: Value) -> Sums:
    if value.numerator is None or value.denominator is None:
        return NOTHING
    return Fraction(value.numerator), Fraction(value.denominator)
