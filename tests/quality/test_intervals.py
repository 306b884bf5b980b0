"""Intervals: exact against scipy, and wide enough on average over what they speak of."""

import random
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from scipy import stats

from quality.catalogue.models import Method
from quality.rollups.formulas import median_interval
from quality.rollups.intervals import events, gamma_tail, rate, share
from quality.values.saying import is_certain
from quality.values.shown import Value

COUNTS = [*range(60), 99, 100, 101, 250, 999, 1000, 12_345, 99_999, 1_000_000]


def test_the_interval_of_a_count_is_the_exact_one() -> None:
    for count in COUNTS:
        low, high = (float(edge) for edge in events(count))
        assert low == pytest.approx(stats.chi2.ppf(0.025, 2 * count) / 2 if count else 0, rel=1e-7, abs=1e-7)
        assert high == pytest.approx(stats.chi2.ppf(0.975, 2 * count + 2) / 2, rel=1e-7)
    for shape, at in ((1, 0.1), (1, 30), (7, 7), (500, 480), (500, 520)):
        assert gamma_tail(shape, at) == pytest.approx(stats.poisson.cdf(shape - 1, at), rel=1e-9)


def test_the_interval_of_a_rate_is_that_of_its_count_over_its_base() -> None:
    found = rate(Decimal(12), Decimal(340), 100)
    assert found is not None
    wanted = [100 * edge / 340 for edge in (stats.chi2.ppf(0.025, 24) / 2, stats.chi2.ppf(0.975, 26) / 2)]
    assert [float(edge) for edge in found] == pytest.approx(wanted)
    assert rate(Decimal(3), Decimal(0), 100) is None
    assert rate(Decimal("2.5"), Decimal(10), 100) is None


def test_the_interval_of_a_share_is_that_of_wilson() -> None:
    for whole in (1, 2, 7, 30, 1000, 250_000):
        for part in {0, 1, whole // 3, whole - 1, whole}:
            wanted = stats.binomtest(part, whole).proportion_ci(0.95, "wilson")
            found = share(Decimal(part), Decimal(whole), 1)
            assert found is not None
            assert [float(edge) for edge in found] == pytest.approx([wanted.low, wanted.high], abs=1e-6)


def covers(pairs: list[tuple[Any, float]]) -> float:
    """How often the interval holds the truth; a hair of rounding is no miss."""
    return sum(float(found[0]) - 1e-8 <= truth <= float(found[1]) + 1e-8 for found, truth in pairs) / len(pairs)


def test_nominal_intervals_cover_as_often_as_they_promise_averaged_over_the_parameter() -> None:
    dice = random.Random(2026)  # noqa: S311
    draw = dice.random
    for size in (5, 12, 30, 120):
        truths = [draw() for _n in range(1500)]
        counted = [(sum(draw() < truth for _n in range(size)), truth) for truth in truths]
        assert covers([(share(Decimal(k), Decimal(size), 1), truth) for k, truth in counted]) >= 0.93
    rates = [40 * draw() for _n in range(3000)]
    made = stats.poisson.rvs(rates, random_state=2026)
    assert covers([(events(int(k)), truth) for k, truth in zip(made, rates, strict=True)]) >= 0.95
    for size in (6, 15, 80):
        samples = [sorted(Decimal(repr(dice.expovariate(1))) for _n in range(size)) for _s in range(1500)]
        assert covers([(median_interval(sample), 0.6931471805599453) for sample in samples]) >= 0.93


def measured(k: int, n: int) -> Value:
    low, high = share(Decimal(k), Decimal(n), 100) or (None, None)
    return Value(state="value", value=Decimal(100 * k) / n, low=low, high=high, reporting=1, expected=1)


def test_two_shares_that_are_alike_are_seldom_said_to_differ() -> None:
    dice, version = random.Random(22), SimpleNamespace(method=Method.SHARE, counts_events=False)  # noqa: S311
    for size in (20, 60):
        said = 0
        for _n in range(1500):
            truth = dice.random()
            now, before = (measured(sum(dice.random() < truth for _p in range(size)), size) for _time in (0, 1))
            said += is_certain(version, now, before)  # type: ignore[arg-type]
        assert said / 1500 <= 0.07


def test_two_rates_differ_only_beyond_chance() -> None:
    version = SimpleNamespace(method=Method.RATIO, counts_events=True)

    def of(count: int) -> Value:
        low, high = rate(Decimal(count), Decimal(100), 100) or (None, None)
        return Value(state="value", value=Decimal(count), low=low, high=high, reporting=1, expected=1)

    assert not is_certain(version, of(10), of(14))  # type: ignore[arg-type]
    assert is_certain(version, of(10), of(40))  # type: ignore[arg-type]
    other = SimpleNamespace(method=Method.RATIO, counts_events=False)
    assert is_certain(other, of(10), of(14))  # type: ignore[arg-type]
