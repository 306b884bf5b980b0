"""Effects and verdicts against published figures: intervals of Newcombe (1998), Student's table, trials whose ends are known."""

import random
from fractions import Fraction
from typing import Any

import pytest

from labs.implementation.plan import Plan, read_plan
from labs.verdicts.effects import SiteFigures, by_site, pooled, student
from labs.verdicts.judging import Case

# Newcombe, Statistics in Medicine 17 (1998), table II, method 10: first and second sample, low, high
NEWCOMBE = [
    ((56, 70), (48, 80), 0.0524, 0.3339),
    ((9, 10), (3, 10), 0.1705, 0.8090),
    ((6, 7), (2, 7), 0.0582, 0.8062),
    ((5, 56), (0, 29), -0.0381, 0.1926),
    ((0, 10), (0, 20), -0.1611, 0.2775),
    ((0, 10), (0, 10), -0.2775, 0.2775),
    ((10, 10), (0, 20), 0.6791, 1.0),
    ((10, 10), (0, 10), 0.6075, 1.0),
]


def arms(treated: Any, comparison: Any = None, before: Any = (None, None)) -> list[SiteFigures]:
    """One site an arm."""
    found = [SiteFigures(True, before[0], treated)]
    return [*found, SiteFigures(False, before[1], comparison)] if comparison else found


@pytest.mark.parametrize(("one", "other", "low", "high"), NEWCOMBE)
def test_differences_of_shares_have_the_published_intervals(one, other, low, high):
    effect = pooled(arms(one, other), changes=False, compared=True)
    assert (effect.low / 100, effect.high / 100) == pytest.approx((low, high), abs=0.00006)


@pytest.mark.parametrize(
    ("freedom", "t"), [(1, 12.706), (2, 4.3027), (5, 2.5706), (10, 2.2281), (30, 2.0423), (120, 1.9799)]
)
def test_students_t_is_that_of_the_tables(freedom, t):
    assert student(freedom) == pytest.approx(t, abs=0.0005)


def test_the_interval_of_sites_holds_the_truth_nineteen_times_in_twenty():
    chance, held = random.Random(5), 0  # noqa: S311
    for _world in range(2000):
        sites = [SiteFigures(True, (0, 1), (chance.gauss(3, 2), 1)) for _site in range(7)]
        sites += [SiteFigures(False, (0, 1), (chance.gauss(1, 4), 1)) for _site in range(5)]
        effect = by_site(sites, changes=True, compared=True, factor=1)
        held += effect.low <= 2 <= effect.high
    assert 0.93 <= held / 2000 <= 0.97


def test_a_single_site_an_arm_tells_nothing_of_chance():
    effect = by_site(arms((8, 10), (5, 10)), changes=False, compared=True, factor=100)
    assert effect.estimate == pytest.approx(30)
    assert effect.low is None


def a_rule(threshold: str, measure: str = "difference") -> dict[str, str]:
    """At most so many percent, or percentage points."""
    return {"outcome": "deaths", "measure": measure, "bound": "at_most", "threshold": threshold}


def a_plan(**said: Any) -> Plan:
    """A plan with one counted outcome that shall go down by a point at least, compared at the end."""
    outcome = {"code": "deaths", "name": "Deaths", "unit": "%", "kind": "share", "direction": "down"}
    return read_plan({
        "outcomes": [outcome], "criteria": [a_rule("-1")],
        "harm": {"outcome": "deaths", "measure": "difference", "worse_than": "1"},
        "comparison": {"rule": "lottery"}, "analysis": {"compare": "endline", "weigh": "pooled"},
        "minimum_sample": "40", "fidelity": "80", **said,
    })  # fmt: skip


def verdict(plan: Plan, sites: list[SiteFigures], **held: Any) -> Case:
    facts = {"fidelity": Fraction(1), "coverage": Fraction(1), **held}
    return Case(plan, {"deaths": sites}, **facts)


# published counts of two arms: events and people, treated first
POLIO = ((57, 200745), (142, 201229))  # Francis, 1955: paralytic and other polio, vaccinated against placebo
STREPTOMYCIN = ((4, 55), (14, 52))  # Medical Research Council, 1948: deaths within six months
ARRHYTHMIA = ((63, 755), (26, 743))  # Echt and others, 1991: deaths under encainide or flecainide against placebo
ASPIRIN = ((139, 11037), (239, 11034))  # Physicians' Health Study, 1989: heart attacks under aspirin against placebo
DIGOXIN = ((1181, 3397), (1194, 3403))  # Digitalis Investigation Group, 1997: deaths under digoxin against placebo
SIMVASTATIN = ((182, 2221), (256, 2223))  # Scandinavian Simvastatin Survival Study, 1994: deaths against placebo
BETA_CAROTENE = ((474, 14560), (402, 14573))  # ATBC, 1994: lung cancers under beta carotene against none


def test_trials_that_succeeded_are_called_successful():
    assert verdict(a_plan(), arms(*STREPTOMYCIN)).value == "successful"
    fine = [a_rule("-0.02")]
    assert verdict(a_plan(criteria=fine), arms(*POLIO)).value == "successful"


def test_a_trial_that_harmed_is_not_successful_and_says_so():
    found = verdict(a_plan(), arms(*ARRHYTHMIA))
    assert (found.value, found.harm["harmed"]) == ("not_successful", True)
    assert float(found.harm["estimate"]) == pytest.approx(4.85, abs=0.01)


def test_a_small_trial_that_could_be_anything_is_inconclusive():
    found = verdict(a_plan(), arms((3, 60), (6, 60)))
    assert (found.value, found.lacking) == ("inconclusive", ["interval"])


def test_a_clear_move_short_of_the_threshold_is_not_called_success():
    strict = [a_rule("-30")]
    assert verdict(a_plan(criteria=strict), arms((100, 1000), (300, 1000))).value == "not_successful"
    both = [*strict, a_rule("12", "level")]
    assert verdict(a_plan(criteria=both), arms((100, 1000), (300, 1000))).value == "promising"


@pytest.mark.parametrize(
    ("held", "code"),
    [
        ({"fidelity": Fraction(79, 100)}, "fidelity"),
        ({"coverage": Fraction(69, 100)}, "coverage"),
        ({"abandoned": True}, "abandoned"),
    ],
)
def test_below_a_stated_minimum_nothing_is_concluded(held, code):
    found = verdict(a_plan(), arms(*STREPTOMYCIN), **held)
    assert (found.value, found.lacking) == ("inconclusive", [code])


def test_too_few_people_in_one_arm_conclude_nothing():
    assert verdict(a_plan(minimum_sample="53"), arms(*STREPTOMYCIN)).lacking == ["sample"]


def test_a_threshold_that_is_met_exactly_is_met():
    plan = a_plan(criteria=[a_rule("-10")])
    assert verdict(plan, arms((200, 1000), (300, 1000))).value == "successful"


def test_without_a_comparison_the_change_of_the_sites_is_told_and_nobody_calls_it_an_effect():
    plan = a_plan(comparison={"rule": "none"}, analysis={"compare": "change", "weigh": "pooled"})
    found = verdict(plan, arms((100, 1000), before=((300, 1000), None)))
    assert found.value == "successful"
    assert found.told()["compared"] is False


def test_changes_are_compared_where_the_plan_says_so():
    plan = a_plan(analysis={"compare": "change", "weigh": "pooled"})
    same = verdict(plan, arms((200, 1000), (100, 1000), before=((300, 1000), (200, 1000))))
    assert same.effects["deaths"].estimate == pytest.approx(0)
    assert same.value == "inconclusive"


@pytest.mark.parametrize(
    ("figures", "threshold", "value"),
    [
        (ASPIRIN, "-0.5", "successful"),
        (SIMVASTATIN, "-2", "successful"),
        (SIMVASTATIN, "-5", "promising"),
        (DIGOXIN, "-1", "inconclusive"),
        (BETA_CAROTENE, "-0.1", "not_successful"),
    ],
)
def test_published_trials_end_as_history_judged_them(figures, threshold, value):
    """With a second criterion that holds where deaths fell at all: promising is what moved well and not far enough."""
    rules = [a_rule(threshold), a_rule("10", "level")]
    found = verdict(a_plan(criteria=rules, harm={**HARM, "worse_than": "0.3"}), arms(*figures))
    assert found.value == value
    assert found.harm["harmed"] is (figures is BETA_CAROTENE)


HARM = {"outcome": "deaths", "measure": "difference"}
# "Student", Biometrika 6 (1908): hours of sleep gained by ten patients under two drugs; R's `sleep`, Welch's test of it
FIRST = (0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0)
SECOND = (1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4)


def a_plan_of_sleep(threshold: str, rule: str = "lottery") -> Plan:
    outcome = {"code": "deaths", "name": "Sleep", "unit": "hours", "kind": "mean", "direction": "up"}
    gain = {"outcome": "deaths", "measure": "difference", "bound": "at_least", "threshold": threshold}
    return a_plan(
        outcomes=[outcome], criteria=[gain], harm={**HARM, "worse_than": "-1"}, comparison={"rule": rule},
        analysis={"compare": "endline", "weigh": "by_site"}, minimum_sample="10",
    )  # fmt: skip


def test_means_of_two_groups_have_the_published_interval_of_welch():
    """t = 1.8608, 17.776 degrees of freedom, 95 % from -0.2055 to 3.3655; the means are 0.75 and 2.33 hours."""
    sites = [SiteFigures(True, None, (hours, 1)) for hours in SECOND]
    sites += [SiteFigures(False, None, (hours, 1)) for hours in FIRST]
    found = verdict(a_plan_of_sleep("1"), sites)
    effect = found.effects["deaths"]
    assert (effect.estimate, effect.low, effect.high) == pytest.approx((1.58, -0.2054832, 3.3654832), abs=1e-6)
    assert (found.value, found.lacking) == ("inconclusive", ["interval"])


@pytest.mark.parametrize(("threshold", "value"), [("1", "successful"), ("2.4", "not_successful")])
def test_the_change_of_one_group_has_the_published_interval_of_student(threshold, value):
    """The second drug alone, without a comparison: 2.33 hours, 95 % from 0.8977 to 3.7623 (t 2.2622, 9 degrees of freedom)."""
    sites = [SiteFigures(True, (0, 1), (hours, 1)) for hours in SECOND]
    found = verdict(a_plan_of_sleep(threshold, "none"), sites)
    effect = found.effects["deaths"]
    assert (effect.estimate, effect.low, effect.high) == pytest.approx((2.33, 0.8976775, 3.7623225), abs=1e-4)
    assert (found.value, found.told()["compared"]) == (value, False)


# published values of two groups, with the means' difference and the interval by Welch as textbooks print them
EXTRA_SLEEP = (  # Student, 1908: hours of sleep gained under two drugs by the same ten people
    [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0],
    [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4],
)
PLANTS = (  # Dobson, 1983: dry weights of plants, control and first treatment
    [4.17, 5.58, 5.18, 6.11, 4.50, 4.61, 5.17, 4.53, 5.33, 5.14],
    [4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69],
)
CARS = (  # Henderson and Velleman, 1981: miles per gallon, manual and automatic
    [21.0, 21.0, 22.8, 32.4, 30.4, 33.9, 27.3, 26.0, 30.4, 15.8, 19.7, 15.0, 21.4],
    [21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2, 10.4, 10.4, 14.7, 21.5, 15.5, 15.2, 13.3, 19.2],
)


@pytest.mark.parametrize(
    ("groups", "told"),
    [(EXTRA_SLEEP, (-1.58, -3.3655, 0.2055)), (PLANTS, (0.371, -0.2875, 1.0295)), (CARS, (7.2449, 3.2097, 11.2802))],
)
def test_differences_of_means_have_the_published_intervals(groups, told):
    sites = [SiteFigures(place == 0, None, (each, 1)) for place, group in enumerate(groups) for each in group]
    found = by_site(sites, changes=False, compared=True, factor=1)
    assert (found.estimate, found.low, found.high) == pytest.approx(told, abs=0.00006)


def test_a_change_without_comparison_has_the_published_interval_of_paired_values():
    sites = [SiteFigures(True, (before, 1), (after, 1)) for before, after in zip(*EXTRA_SLEEP, strict=True)]
    found = by_site(sites, changes=True, compared=False, factor=1)
    assert (found.estimate, found.low, found.high) == pytest.approx((1.58, 0.7001, 2.4599), abs=0.00006)


def test_a_difference_at_the_baseline_is_taken_off():
    """Card and Krueger, 1994, table 3: jobs a restaurant before and after, in the state that raised its minimum wage and beside it."""
    sites = [SiteFigures(True, (20.44, 1), (21.03, 1)), SiteFigures(False, (23.33, 1), (21.17, 1))]
    found = by_site(sites, changes=True, compared=True, factor=1)
    assert found.estimate == pytest.approx(2.76, abs=0.015)  # printed from means that were not rounded
    assert found.low is None
