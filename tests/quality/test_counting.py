"""Cells equal what a plain reading of the rows gives, level by level and kind by kind."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from quality.rollups.actions import recount_changed, recount_everything
from quality.rollups.models import Rollup
from tests.factories import an_institution
from tests.quality.figures import (
    a_figure,
    a_month,
    a_year,
    an_indicator,
    concluded,
    coverage,
    in_force,
    lead_time,
    the_moment,
)

pytestmark = pytest.mark.django_db


def cell(version: Any, period: Any, place: Any, kind: Any = None) -> Rollup:
    return Rollup.objects.get(version=version, period=period, territory=place, institution_kind=kind)


def test_coverage_counts_each_institution_once_at_every_level_and_for_every_kind(world: SimpleNamespace) -> None:
    version, october = coverage(), a_month(2026, 10)
    an_institution(world.near, "Delta school")
    in_force(world.a, world.b, since="2026-01-10")
    in_force(world.a, world.c, since="2026-02-10", until="2026-05-01")
    recount_changed(the_moment())
    found = {
        place.code: (cell(version, october, place).numerator, cell(version, october, place).denominator)
        for place in (world.country, world.north, world.south, world.near, world.next_door, world.far)
    }
    assert found == {"9": (2, 4), "91": (2, 3), "92": (0, 1), "911": (1, 2), "912": (1, 1), "921": (0, 1)}
    assert cell(version, october, world.country).value == Decimal(50)
    assert cell(version, october, world.country, world.a.kind).value == Decimal(50)
    assert cell(version, october, world.country, world.b.kind).value == Decimal(100)
    assert cell(version, october, world.far).state == "value"
    assert cell(version, october, world.far).value == 0


def test_an_observer_and_an_institution_that_was_closed_that_day_are_not_counted(world: SimpleNamespace) -> None:
    version, october = coverage(), a_month(2026, 10)
    in_force(world.a, since="2026-01-10", signs=False)
    in_force(world.b, since="2026-01-10")
    world.b.spells.update(valid="[2000-01-01,2026-10-31)")
    recount_changed(the_moment())
    assert (cell(version, october, world.country).numerator, cell(version, october, world.country).denominator) == (
        0,
        2,
    )
    assert cell(version, october, world.next_door).state == "not_applicable"


def test_a_place_counts_as_of_the_day_of_the_row(world: SimpleNamespace) -> None:
    version, october, november = coverage(), a_month(2026, 10), a_month(2026, 11)
    in_force(world.a, world.c, since="2026-01-10")
    place = world.a.places.get()
    place.valid = "[2000-01-01,2026-11-05)"
    place.save()
    world.a.places.create(territory=world.far, valid="[2026-11-05,)")
    recount_changed(the_moment())
    assert cell(version, october, world.south).denominator == 1
    assert cell(version, november, world.south).denominator == 2
    assert cell(version, november, world.near).state == "not_applicable"


def test_a_median_is_recomputed_from_the_rows_of_each_place(world: SimpleNamespace) -> None:
    version, october = lead_time(), a_month(2026, 10)
    concluded(world.a, world.b, proposed="2026-10-01", concluded="2026-10-05")
    concluded(world.a, world.c, proposed="2026-10-01", concluded="2026-10-11")
    concluded(world.b, world.c, proposed="2026-09-01", concluded="2026-10-31")
    recount_changed(the_moment())
    medians = {
        place.code: cell(version, october, place).value for place in (world.country, world.north, world.near, world.far)
    }
    assert medians == {"9": 10, "91": 10, "911": 7, "921": 35}
    assert cell(version, october, world.country).reporting == 3
    assert cell(version, october, world.country).participations == 6


def test_a_ratio_is_the_ratio_of_sums_and_never_the_mean_of_ratios(world: SimpleNamespace) -> None:
    version, year = an_indicator("CTX.04", "ratio", factor=100), a_year(2021)
    a_figure(version, year, world.a, 8, 10)
    a_figure(version, year, world.b, 18, 20)
    recount_changed(the_moment())
    found = cell(version, year, world.north)
    assert round(found.value, 2) == Decimal("86.67")
    assert (found.reporting, found.expected) == (2, 2)
    assert cell(version, year, world.country).expected == 3
    assert cell(version, year, world.far).state == "missing"


def test_a_total_feeds_upwards_only_where_nothing_is_known_below(world: SimpleNamespace) -> None:
    version, year = an_indicator(), a_year(2021)
    a_figure(version, year, world.country, 1000)
    a_figure(version, year, world.north, 100)
    a_figure(version, year, world.south, 50)
    recount_changed(the_moment())
    assert cell(version, year, world.country).numerator == 150
    assert cell(version, year, world.near).state == "missing"
    a_figure(version, year, world.a, 7)
    recount_changed(the_moment())
    assert cell(version, year, world.north).numerator == 7
    assert cell(version, year, world.country).numerator == 57
    recount_everything(the_moment())
    assert cell(version, year, world.country).numerator == 57


@pytest.mark.parametrize("told", ["region", "district"])
def test_who_is_let_off_inside_a_place_known_by_its_total_is_taken_off_once(world: SimpleNamespace, told: str) -> None:
    version, year = an_indicator("CTX.02"), a_year(2021)
    a_figure(version, year, world.north if told == "region" else world.near, 500)
    a_figure(version, year, world.a, None, state="not_applicable")
    recount_everything(the_moment())
    found = {
        place.code: (cell.numerator, cell.reporting, cell.expected, cell.excused)
        for place in (world.country, world.north, world.near, world.next_door)
        for cell in [Rollup.objects.get(version=version, period=year, territory=place, institution_kind=None)]
    }
    if told == "region":  # b beside it is told by the total, c of the other region is expected
        assert found == {"9": (500, 1, 2, 1), "91": (500, 1, 1, 1), "911": (None, 0, 0, 1), "912": (None, 0, 0, 0)}
    else:
        assert found == {"9": (500, 1, 3, 1), "91": (500, 1, 2, 1), "911": (500, 1, 1, 1), "912": (None, 0, 1, 0)}
    own = Rollup.objects.get(version=version, period=year, territory=world.near, institution_kind=world.a.kind)
    assert (own.expected, own.excused) == (0, 1)
