"""What moved: rate, mix and coverage add up to the change exactly, whatever the table."""

from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quality.values.decomposing import NOTHING, REST, Moment, Moved, shared_out, taken_apart
from quality.values.shown import Value
from quality.values.whatmoved import apart

small = st.integers(0, 40).map(Fraction)
figures = st.integers(0, 10**8).map(lambda number: Fraction(number, 10**4))
sums = st.tuples(small, small) | st.tuples(figures, figures) | st.tuples(figures, st.just(Fraction(0)))
tables = st.dictionaries(st.integers(0, 8), sums, max_size=8)  # children come, go, stay, or have nothing to divide by
rests = st.tuples(st.integers(-20, 20).map(Fraction), st.integers(-20, 20).map(Fraction)) | st.just(NOTHING)


def whole_of(parts: dict[int, tuple[Fraction, Fraction]], rest: tuple[Fraction, Fraction]) -> tuple[Fraction, Fraction]:
    """A whole that its parts do not quite make: shared things are counted once in it, hidden parts lie in it."""
    return sum((n for n, _d in parts.values()), rest[0]), sum((d for _n, d in parts.values()), rest[1])


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables, rests, tables, rests, st.sampled_from([1, 100]))
def test_the_parts_add_up_to_the_change_exactly(before, rest_before, after, rest_after, factor) -> None:
    first, second = Moment(whole_of(before, rest_before), before), Moment(whole_of(after, rest_after), after)
    found = taken_apart(first, second, factor)
    if not first.whole[1] or not second.whole[1]:
        assert found is None
        return
    assert found is not None
    (n0, d0), (n1, d1) = first.whole, second.whole
    assert found.whole.whole == factor * (n1 / d1 - n0 / d0)
    for reason in ("rate", "mix", "coverage"):
        assert sum(getattr(part, reason) for part in found.parts.values()) == getattr(found.whole, reason)


def table(**cells: tuple[int, int]) -> dict[str, tuple[Fraction, Fraction]]:
    return {name: (Fraction(n), Fraction(d)) for name, (n, d) in cells.items()}


def moment(**cells: tuple[int, int]) -> Moment:
    parts = table(**cells)
    return Moment(whole_of(parts, NOTHING), parts)  # type: ignore[arg-type]


def test_better_places_with_the_same_weights_are_rate_alone() -> None:
    found = taken_apart(moment(a=(2, 10), b=(9, 10)), moment(a=(4, 10), b=(9, 10)), 100)
    assert found is not None and found.whole == Moved(rate=Fraction(10))
    assert set(found.parts) == {"a"}


def test_a_good_place_that_grows_is_mix_alone() -> None:
    found = taken_apart(moment(a=(2, 10), b=(9, 10)), moment(a=(2, 10), b=(27, 30)), 100)
    assert found is not None and (found.whole.rate, found.whole.coverage) == (0, 0)
    assert found.whole.mix == Fraction(29, 40) * 100 - 55


def test_a_place_that_begins_to_report_is_coverage_alone() -> None:
    found = taken_apart(moment(a=(5, 10)), moment(a=(5, 10), b=(9, 10)), 100)
    assert found is not None and found.whole == Moved(coverage=Fraction(20))
    assert found.parts == {"b": Moved(coverage=Fraction(20))}


def test_with_nobody_at_both_moments_all_is_coverage() -> None:
    found = taken_apart(moment(a=(5, 10)), moment(b=(9, 10)), 100)
    assert found is not None and found.whole == Moved(coverage=Fraction(40))


def test_what_several_places_share_more_of_is_rate_and_told_apart_as_the_rest() -> None:
    before = Moment((Fraction(9), Fraction(20)), table(a=(5, 10), b=(5, 10)))
    after = Moment((Fraction(8), Fraction(20)), table(a=(5, 10), b=(5, 10)))
    found = taken_apart(before, after, 100)
    assert found is not None and found.parts == {REST: Moved(rate=Fraction(-5))}


@given(st.lists(st.fractions(-1000, 1000, max_denominator=997), min_size=1, max_size=8), st.integers(0, 4))
def test_decimals_of_the_parts_add_up_to_the_whole_as_it_is_said(parts, places) -> None:
    exact = sum(parts, Fraction(0))
    whole = round(Decimal(exact.numerator) / exact.denominator, places)
    said = shared_out(parts, whole, places)
    assert sum(said) == whole
    unit = Fraction(1, 10**places)
    assert all(abs(Fraction(each) - part) <= 2 * unit for each, part in zip(said, parts, strict=True))
    assert all(each == 0 for each, part in zip(said, parts, strict=True) if not part) or not any(parts)


def shown(n: int, d: int, **told: Any) -> Value:
    return Value(state="value", value=Decimal(100 * n) / d, numerator=Decimal(n), denominator=Decimal(d), **told)


SHARE: Any = SimpleNamespace(method="share", factor=100)
HIDDEN = Value(state="suppressed")


def test_what_is_hidden_at_one_moment_lies_in_the_rest_at_both() -> None:
    before, after = {1: HIDDEN, 2: shown(50, 100)}, {1: shown(20, 40), 2: shown(60, 100)}
    found = apart(SHARE, shown(52, 130), shown(80, 140), before, after)
    assert found is not None and 1 not in found.parts
    assert found.whole.coverage == 0  # it reported both times: only the reader is not told
    assert found.parts[REST].whole == found.whole.whole - found.parts[2].whole


def test_nothing_is_told_of_figures_that_do_not_stand() -> None:
    parts = {1: shown(50, 100)}
    stands, thin = shown(50, 100), shown(50, 100, reporting=2, expected=5)
    for pair in ((thin, stands), (stands, thin), (HIDDEN, stands), (stands, Value())):
        assert apart(SHARE, *pair, parts, parts) is None
    assert apart(SHARE, stands, stands, parts, parts) is not None
    assert apart(SHARE, stands, stands, {1: HIDDEN}, {1: HIDDEN}) is None
    assert apart(SimpleNamespace(method="sum", factor=1), stands, stands, parts, parts) is None  # type: ignore[arg-type]
