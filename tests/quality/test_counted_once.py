"""Joint work is counted once at every level where one of its sides lies; participations stand beside it."""

import datetime
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from quality.rollups.actions import recount_changed
from quality.rollups.models import Before, Rollup
from quality.values.rows import DENOMINATOR, NUMERATOR, Behind, present, total, visible
from tests.quality.activities import an_activity, becomes, by_hand, interdependence, types
from tests.quality.figures import a_month, a_period, the_moment

pytestmark = pytest.mark.django_db
YEAR = (datetime.date(2026, 9, 1), datetime.date(2027, 8, 31))


def cell(version: Any, period: Any, place: Any, kind: Any = None) -> Rollup:
    return Rollup.objects.get(version=version, period=period, territory=place, institution_kind=kind)


def test_an_activity_of_three_sides_is_one_in_the_country_and_three_participations(world: SimpleNamespace) -> None:
    version, october = interdependence(), a_month(2026, 10)
    mutual, plain = types()
    an_activity("2026-10-05", world.a, world.b, world.c, type_=mutual)
    an_activity("2026-10-06", world.a, world.b, type_=plain)
    recount_changed(the_moment())
    found = {
        place.code: (row.numerator, row.denominator, row.participations, row.reporting)
        for place in (world.country, world.north, world.south, world.near, world.next_door, world.far)
        for row in [cell(version, october, place)]
    }
    assert found == {
        "9": (1, 2, 5, 2), "91": (1, 2, 4, 2), "92": (1, 1, 1, 1), "911": (1, 2, 2, 2), "912": (1, 2, 2, 2),
        "921": (1, 1, 1, 1),
    }  # fmt: skip
    assert cell(version, october, world.country).value == Decimal(50)
    assert cell(version, october, world.country, world.c.kind).value == Decimal(100)


def test_what_is_not_confirmed_or_not_vouched_for_is_in_no_count(world: SimpleNamespace) -> None:
    version, october = interdependence(), a_month(2026, 10)
    for status in ("logged", "disputed", "unconfirmed", "withdrawn"):
        an_activity("2026-10-05", world.a, world.b, status=status)
    an_activity("2026-10-05", world.a, named=[world.c])
    an_activity("2026-09-30", world.c)
    recount_changed(the_moment())
    assert cell(version, october, world.country).denominator == 1
    far = cell(version, october, world.far)
    assert (far.denominator, far.state, far.value) == (0, "not_applicable", None)


def test_a_row_lies_where_the_institution_lay_on_its_own_day(world: SimpleNamespace) -> None:
    version, october = interdependence(), a_month(2026, 10)
    world.a.places.update(valid="[2000-01-01,2026-10-15)")
    world.a.places.create(territory=world.far, valid="[2026-10-15,)")
    an_activity("2026-10-10", world.a)
    an_activity("2026-10-20", world.a)
    recount_changed(the_moment())
    counts = [cell(version, october, place).denominator for place in (world.near, world.far, world.north, world.south)]
    assert counts == [1, 1, 1, 1]
    assert cell(version, october, world.country).denominator == 2


def test_a_district_that_changes_region_keeps_its_earlier_rows_there(world: SimpleNamespace) -> None:
    version = interdependence()
    year = a_period("2026-2027", "A", *YEAR)
    world.near.parents.update(valid="[2000-01-01,2026-10-15)")
    world.near.parents.create(parent=world.south, valid="[2026-10-15,)")
    an_activity("2026-10-10", world.a, world.b)
    an_activity("2026-10-20", world.a, world.b)
    recount_changed(the_moment())
    stored = {
        (row.territory.code, row.institution_kind.code if row.institution_kind else ""): (
            row.numerator, row.denominator, row.participations,
        )
        for row in Rollup.objects.select_related("territory", "institution_kind").filter(reporting__gt=0)
    }  # fmt: skip
    assert stored == by_hand(*YEAR, types()[0].pk)
    assert cell(version, year, world.north).denominator == 2
    assert cell(version, year, world.south).denominator == 1


def test_a_confirmation_is_counted_by_the_next_tick_and_a_dispute_takes_it_out(world: SimpleNamespace) -> None:
    version, october = interdependence(), a_month(2026, 10)
    an_activity("2026-10-05", world.a)
    activity = an_activity("2026-10-06", world.a, named=[world.c], status="logged")
    recount_changed(the_moment())
    assert cell(version, october, world.country).denominator == 1
    activity.participations.update(state="stands")
    becomes(activity, "confirmed")
    assert Before.objects.count() == 1
    recount_changed(the_moment())
    assert not Before.objects.exists()
    assert (cell(version, october, world.country).denominator, cell(version, october, world.far).denominator) == (2, 1)
    assert cell(version, october, world.country, world.c.kind).participations == 1
    becomes(activity, "disputed")
    recount_changed(the_moment())
    assert (cell(version, october, world.country).denominator, cell(version, october, world.far).denominator) == (1, 0)
    assert not Rollup.objects.filter(version=version, institution_kind=world.c.kind).exists()


def test_a_number_opens_into_exactly_its_distinct_rows(world: SimpleNamespace, ministry_officer: Any) -> None:
    version, october = interdependence(), a_month(2026, 10)
    mutual, plain = types()
    world.a.places.update(valid="[2000-01-01,2026-10-15)")
    world.a.places.create(territory=world.far, valid="[2026-10-15,)")
    an_activity("2026-10-10", world.a, world.b, world.c, type_=mutual)
    an_activity("2026-10-20", world.a, world.c, type_=plain)
    an_activity("2026-10-21", world.b, named=[world.c], type_=plain)
    recount_changed(the_moment())
    for row in Rollup.objects.select_related("territory", "institution_kind"):
        behind = Behind(version, october, october.ends_on, row.territory, kind=row.institution_kind)
        whole, top = replace(behind, part=DENOMINATOR), replace(behind, part=NUMERATOR)
        assert (total(whole), total(top)) == (row.denominator, row.numerator), row.territory
        assert visible(whole, ministry_officer).count() == row.denominator
    lines = present(whole, list(visible(replace(whole, territory=world.country, kind=None), ministry_officer)))
    assert [line.title for line in lines] == [
        "seminar · 21.10.2026",
        "seminar · 20.10.2026",
        "joint_lesson · 10.10.2026",
    ]
    assert [line.subject_type for line in lines] == ["activity"] * 3


def test_page_card_and_api_show_distinct_beside_participations_and_say_why(
    world: SimpleNamespace, ministry_officer: Any, page_of: Any, api_of: Any
) -> None:
    interdependence()
    a_month(2026, 10)
    an_activity("2026-10-05", world.a, world.b, world.c)
    an_activity("2026-10-06", world.a, world.c)
    recount_changed(the_moment())
    page = page_of(ministry_officer)
    for address in ("/en/indicators/ACT.03/?territory=9", "/en/dashboard/9/"):
        text = page.get(address).content.decode()
        assert "Distinct: 2, participations: 5." in text, address
        assert "counted once in every place where one of them lies" in text
    (line,) = api_of(ministry_officer).get("/api/v1/indicators/ACT.03/values/?territory=9").json()["results"]
    assert (line["denominator"], line["reporting"], line["participations"]) == ("2", 2, 5)
    rows = api_of(ministry_officer).get("/api/v1/indicators/ACT.03/rows/?territory=9&part=denominator").json()
    assert (rows["total"], rows["hidden"], len(rows["results"])) == (2, 0, 2)
