"""ACT.01: activities per 100 teaching staff, missing where nobody was counted, its two lists of rows, its own words."""

from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from quality.rollups.actions import recount_changed
from quality.rollups.models import Rollup, Tally
from quality.values.rows import DENOMINATOR, NUMERATOR, Behind, present, total, visible
from quality.values.single import values_of_institution
from tests.quality.activities import an_activity, heads, per_head
from tests.quality.figures import a_month, the_moment

pytestmark = pytest.mark.django_db


@pytest.fixture
def counted(world: SimpleNamespace) -> SimpleNamespace:
    """Two activities; a and b have head counts, c has none."""
    version, october = per_head(), a_month(2026, 10)
    heads(world.a, october.starts_on, 40)
    heads(world.b, october.starts_on, 10)
    an_activity("2026-10-05", world.a, world.b, world.c)
    an_activity("2026-10-06", world.c)
    recount_changed(the_moment())
    day = Tally.objects.get(version=version).day
    return SimpleNamespace(world=world, version=version, period=october, behind=Behind(version, october, day))


def cell(counted: SimpleNamespace, place: Any) -> Rollup:
    return Rollup.objects.get(version=counted.version, territory=place, institution_kind=None)


def test_who_has_no_head_count_adds_to_neither_sum_and_is_told(counted: SimpleNamespace) -> None:
    whole = cell(counted, counted.world.country)
    assert (whole.numerator, whole.denominator, whole.value) == (1, 50, Decimal(2))
    assert (whole.reporting, whole.expected, whole.participations) == (2, 3, 2)
    alone = cell(counted, counted.world.c.territory)
    assert (alone.state, alone.value, alone.numerator, alone.denominator) == ("missing", None, None, None)
    assert (alone.reporting, alone.expected) == (0, 1)


def test_both_parts_open_into_their_rows(counted: SimpleNamespace, ministry_officer: Any) -> None:
    country = replace(counted.behind, territory=counted.world.country)
    assert total(replace(country, part=NUMERATOR)) == 1
    over = replace(country, part=DENOMINATOR)
    lines = present(over, list(visible(over, ministry_officer)))
    assert [(line.subject_type, line.figure) for line in lines] == [("headcount", 40), ("headcount", 10)]
    assert total(over) == 2


def test_page_and_api_say_from_how_many_organisations(
    counted: SimpleNamespace, ministry_officer: Any, page_of: Any, api_of: Any
) -> None:
    text = page_of(ministry_officer).get("/en/indicators/ACT.01/?territory=9").content.decode()
    assert "Distinct: 1, participations: 2. From 2 of 3 organisations." in text
    rows = api_of(ministry_officer).get("/api/v1/indicators/ACT.01/rows/?territory=9&part=denominator").json()
    assert [line["value"] for line in rows["results"]] == ["40", "10"]


def test_an_institution_without_a_head_count_has_no_value_rather_than_nought(
    counted: SimpleNamespace, ministry_officer: Any
) -> None:
    def said(house: Any) -> tuple[Any, ...]:
        (line,) = values_of_institution(counted.version.indicator, house, ministry_officer, "")
        return line["state"], line["value"], line["numerator"], line["denominator"]

    assert said(counted.world.a) == ("value", "2.5", "1", "40")
    assert said(counted.world.c) == ("missing", None, None, None)
