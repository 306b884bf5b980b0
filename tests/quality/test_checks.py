"""Rules over figures with what they do where a number is missing; numbers that stand out, robustly."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.packs.reading import Pack, packs
from quality.catalogue.models import Method
from quality.checks.expressions import Comparison, NotUnderstood, operands, read, worth
from quality.checks.finding import breaches_of
from quality.checks.models import MissingStrategy, Operator, Severity, ValidationRule
from quality.checks.outliers import ENOUGH, LEAST, stands_out
from tests.factories import an_institution
from tests.quality.figures import a_figure, a_year, an_indicator

A, B = "CTX.02.numerator", "CTX.03.numerator"
SOME = st.decimals(min_value=0, max_value=10**6, places=2)


def rule(missing: str, left: str = A, operator: str = "<=", right: str = B) -> Comparison:
    return Comparison(read(left), operator, read(right), missing)


def some(*numbers: int) -> list[Decimal]:
    return [Decimal(number) for number in numbers]


@pytest.mark.parametrize(
    ("missing", "left", "right", "breaks"),
    [
        ("skip_if_any_missing", 7, None, False),
        ("skip_if_any_missing", None, None, False),
        ("skip_if_any_missing", 7, 3, True),
        ("skip_if_any_missing", 7, 0, True),
        ("skip_if_all_missing", 7, None, True),
        ("skip_if_all_missing", None, 3, False),
        ("skip_if_all_missing", None, None, False),
        ("treat_missing_as_zero", 7, None, True),
        ("treat_missing_as_zero", None, 3, False),
        ("treat_missing_as_zero", None, None, False),
    ],
)
def test_a_rule_says_what_to_do_with_missing_values(
    missing: str, left: int | None, right: int | None, breaks: bool
) -> None:
    figures = {A: None if left is None else Decimal(left), B: None if right is None else Decimal(right)}
    assert (rule(missing).broken_by(figures) is not None) is breaks


def test_only_counting_as_zero_checks_what_is_wholly_missing() -> None:
    found = {missing: rule(missing, operator="<").broken_by({}) is not None for missing in MissingStrategy.values}
    assert found == {"skip_if_any_missing": False, "skip_if_all_missing": False, "treat_missing_as_zero": True}


@given(st.sampled_from(MissingStrategy.values), SOME, SOME, st.sampled_from(Operator.values))
def test_with_all_numbers_there_every_strategy_says_the_same(
    missing: str, left: Decimal, right: Decimal, operator: str
) -> None:
    holds = {
        "=": left == right, "!=": left != right, "<": left < right, "<=": left <= right, ">": left > right,
        ">=": left >= right,
    }[operator]  # fmt: skip
    assert (rule(missing, operator=operator).broken_by({A: left, B: right}) is None) is holds


@given(SOME, SOME)
def test_sides_are_sums_of_products(left: Decimal, right: Decimal) -> None:
    assert worth(read(f"2 * {A} - ({B} + 1.5) * 3"), {A: left, B: right}) == 2 * left - (right + Decimal("1.5")) * 3
    assert operands(read(f"{A} + {A} * {B} - 4")) == {A, B}


@pytest.mark.parametrize(
    "text",
    ["", "1 +", "* 2", "(1", "1)", "CTX.02", "CTX.02.value", "__import__('os')", "1 / 2", "1 ** 2", "a", "1 2", "-1",
     f"{A} {B}", "1;2", "ctx.02.numerator"],
)  # fmt: skip
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(NotUnderstood):
        read(text)


@pytest.mark.parametrize("code", packs())
def test_the_rules_of_every_pack_are_understood_and_speak_of_its_indicators(code: str) -> None:
    pack = Pack.named(code)
    known = {row["code"] for row in pack.indicators()}
    for row in pack.rows("checks"):
        for side in (row["left"], row["right"]):
            assert {name.rpartition(".")[0] for name in operands(read(side))} <= known, row
        assert row["operator"] in Operator.values
        assert row["missing"] in MissingStrategy.values
        assert row["severity"] in Severity.values


def test_a_number_far_from_eight_before_it_stands_out() -> None:
    history = some(100, 102, 98, 101, 99, 103, 97, 100)
    assert stands_out(Decimal(200), history).against == "history"  # type: ignore[union-attr]
    assert stands_out(Decimal(104), history) is None


def test_one_wild_number_of_the_past_hides_nothing() -> None:
    history = some(100, 102, 98, 101, 99, 103, 97, 100_000)
    assert stands_out(Decimal(500), history) is not None


@given(st.lists(SOME, max_size=LEAST - 1), SOME)
def test_few_numbers_raise_no_outlier(history: list[Decimal], number: Decimal) -> None:
    assert stands_out(number, history) is None
    assert stands_out(number, history, history) is None


@given(st.lists(SOME, min_size=LEAST, max_size=ENOUGH - 1), SOME)
def test_below_eight_the_own_range_speaks(history: list[Decimal], number: Decimal) -> None:
    found = stands_out(number, history)
    low, high = min(history), max(history)
    if low <= number <= high:
        assert found is None
    if number > high + (high - low):
        assert (found.against, found.usual) == ("range", high)  # type: ignore[union-attr]


@given(st.lists(SOME, min_size=ENOUGH, max_size=20), SOME, st.integers(min_value=2, max_value=1000))
def test_the_unit_of_measurement_changes_nothing(history: list[Decimal], number: Decimal, unit: int) -> None:
    scaled = stands_out(number * unit, [each * unit for each in history])
    assert (stands_out(number, history) is None) is (scaled is None)


@given(SOME, st.integers(min_value=ENOUGH, max_value=20))
def test_a_number_that_never_changed_stands_out_when_it_does(number: Decimal, times: int) -> None:
    assert stands_out(number, [number] * times) is None
    assert stands_out(number + 1, [number] * times).against == "range"  # type: ignore[union-attr]


@pytest.fixture
def years(world: SimpleNamespace) -> SimpleNamespace:
    pupils, load = an_indicator("CTX.02"), an_indicator("CTX.04", Method.RATIO)
    return SimpleNamespace(pupils=pupils, load=load, periods=[a_year(2010 + n) for n in range(10)], **vars(world))


@pytest.mark.django_db
def test_an_institution_is_held_against_its_own_past(years: SimpleNamespace) -> None:
    for at, period in enumerate(years.periods[:-1]):
        a_figure(years.pupils, period, years.a, 100 + at % 3)
    a_figure(years.pupils, years.periods[-1], years.a, 1000)
    [found] = breaches_of(years.a, years.periods[-1])
    assert (found.key, found.left, found.unlike.against) == ("CTX.02", 1000, "history")  # type: ignore[union-attr]
    assert "1" in found.said


@pytest.mark.django_db
def test_quotients_are_held_against_peers_of_the_kind_and_counts_are_not(years: SimpleNamespace) -> None:
    period = years.periods[-1]
    for at in range(ENOUGH):
        house = an_institution(years.near)
        a_figure(years.load, period, house, 100 + at, 100), a_figure(years.pupils, period, house, 100 + at)
    a_figure(years.load, period, years.a, 900, 100), a_figure(years.pupils, period, years.a, 9000)
    [found] = breaches_of(years.a, period)
    assert (found.key, found.unlike.against) == ("CTX.04", "peers")  # type: ignore[union-attr]
    a_figure(years.load, period, years.c, 900, 100)  # nobody of its kind in its region
    assert breaches_of(years.c, period) == []


@pytest.mark.django_db
def test_a_rule_speaks_of_those_alone_who_are_asked_all_of_it(years: SimpleNamespace) -> None:
    an_indicator("CTX.03", kinds=["hei"])
    ValidationRule.objects.create(
        code="places", names={"en": "Places"}, left=A, operator="<=", right=B, missing="treat_missing_as_zero"
    )
    period = years.periods[-1]
    a_figure(years.pupils, period, years.a, 10), a_figure(years.pupils, period, years.b, 10)
    assert breaches_of(years.a, period) == []
    assert [found.key for found in breaches_of(years.b, period)] == ["places"]
