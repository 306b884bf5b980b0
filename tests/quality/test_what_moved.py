"""What moved on page, API and file: real tables, moved boundaries, hidden cells."""

import csv
import io
from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from quality.catalogue.models import Method
from quality.observations.models import Observation
from quality.rollups.actions import recount_changed
from tests.factories import an_institution
from tests.quality.figures import a_figure, a_year, an_indicator, the_moment

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/indicators/RES.04/changes/"
REASONS = ("rate", "mix", "coverage")


@pytest.fixture
def figures(world: SimpleNamespace) -> SimpleNamespace:
    """Two years: one place becomes better, one larger, one institution begins to report."""
    version = an_indicator("RES.04", Method.SHARE, factor=100, kinds=["school", "hei", "technikum"])
    years = [a_year(2024), a_year(2025)]
    late = an_institution(world.far, "Late school")
    for house, before, after in (
        (world.a, (40, 100), (50, 100)), (world.b, (80, 100), (240, 300)), (world.c, (30, 90), (45, 130)),
    ):  # fmt: skip
        for year, (done, of) in zip(years, (before, after), strict=True):
            a_figure(version, year, house, done, of)
    a_figure(version, years[1], late, 9, 40)
    recount_changed(the_moment())
    return SimpleNamespace(version=version, years=years, **vars(world))


def asked(api: APIClient, **params: str) -> dict[str, dict[str, Any]]:
    return {row["territory"]: row for row in api.get(ADDRESS, params).json()["results"]}


def test_reasons_and_boundaries_add_up_to_the_change_place_by_place(
    figures: SimpleNamespace, teacher: User, api_of: Callable[..., APIClient]
) -> None:
    rows = asked(api_of(teacher))
    assert set(rows) == {"9", "91", "92", "911", "912", "921"}
    for row in rows.values():
        if row["rate"] is None:
            continue
        assert sum(Decimal(row[reason]) for reason in REASONS) == Decimal(row["real"])
        assert Decimal(row["real"]) + Decimal(row["boundary"]) == Decimal(row["change"])
        for reason in REASONS:
            assert sum(Decimal(part[reason]) for part in row["parts"]) == Decimal(row[reason])
    north = rows["91"]
    assert {part["territory"] for part in north["parts"]} == {"911", "912"}
    assert (Decimal(north["rate"]), north["coverage"]) == (Decimal("3.75"), "0")
    assert Decimal(north["mix"]) == Decimal(north["change"]) - Decimal("3.75")
    assert rows["9"]["rate"] is not None


def test_at_the_lowest_places_kinds_of_organisations_are_the_parts(
    figures: SimpleNamespace, teacher: User, api_of: Callable[..., APIClient]
) -> None:
    far = asked(api_of(teacher), territory="921")["921"]
    assert {part["institution_kind"] for part in far["parts"]} == {"technikum", "school"}
    assert Decimal(far["coverage"]) == round(Decimal(5400) / 170 - Decimal(4500) / 130, 8)
    alone = asked(api_of(teacher), territory="921", institution_kind="technikum")["921"]
    assert (alone["rate"], alone["parts"]) == (None, [])  # nothing lies below it that could be told apart


def test_page_and_file_say_the_same(
    figures: SimpleNamespace, teacher: User, api_of: Callable[..., APIClient], page_of: Callable[..., Client]
) -> None:
    page = page_of(teacher).get("/en/indicators/RES.04/?territory=91").content.decode()
    assert "What moved" in page and 'id="reasons"' in page
    assert "+3.8" in page or "+3.7" in page
    row = asked(api_of(teacher), territory="91")["91"]
    made = (
        api_of(teacher)
        .get("/api/v1/indicators/RES.04/changes.csv?territory=91", HTTP_ACCEPT_LANGUAGE="en")
        .content.decode("utf-8-sig")
    )
    [written] = list(csv.DictReader(io.StringIO(made)))
    told = {"Rate": "rate", "Mix": "mix", "Coverage": "coverage", "Real": "real", "In all": "change"}
    assert {head: Decimal(written[head]) for head in told} == {head: Decimal(row[name]) for head, name in told.items()}


def test_what_is_hidden_lies_in_the_rest_and_is_told_by_no_reason(
    world: SimpleNamespace, teacher: User, api_of: Callable[..., APIClient]
) -> None:
    """Whoever swaps what two hidden places have reads the same answer to the last digit."""
    version = an_indicator("RES.04", Method.SHARE, factor=100, kinds=["school"], person_based=True)
    years = [a_year(2024), a_year(2025)]
    houses = [an_institution(place) for place in (world.near, world.next_door, world.far)]
    rows = [[(3, 50), (20, 60), (40, 90)], [(2, 55), (24, 60), (41, 90)]]
    for year, given in zip(years, rows, strict=True):
        for house, (done, of) in zip(houses, given, strict=True):
            a_figure(version, year, house, done, of)
    recount_changed(the_moment())
    api = api_of(teacher)
    first = asked(api)
    assert first["911"]["value"] is None and first["911"]["rate"] is None
    assert all(part["territory"] not in ("911", "912") for row in first.values() for part in row["parts"])
    small, other = (
        Observation.objects.filter(version=version, period=years[1], institution=house) for house in houses[:2]
    )
    small.update(numerator=Decimal(4))
    other.update(numerator=Decimal(22))
    recount_changed(the_moment())
    second = asked(api)
    for place in ("9", "91"):
        assert first[place]["parts"] == second[place]["parts"]
        assert [first[place][reason] for reason in REASONS] == [second[place][reason] for reason in REASONS]


def test_a_new_definition_is_a_break_and_no_reason_is_told_across_it(
    figures: SimpleNamespace, teacher: User, api_of: Callable[..., APIClient], page_of: Callable[..., Client]
) -> None:
    old = figures.version
    day = figures.years[1].starts_on
    type(old).objects.filter(pk=old.pk).update(valid=(None, day))
    fields = {name: getattr(old, name) for name in ("numerator", "denominator", "unit", "method", "across", "levels",
              "periodicity", "kinds", "factor")}  # fmt: skip
    new = type(old).objects.create(indicator=old.indicator, version=2, valid=(day, None), **fields)
    Observation.objects.filter(version=old, period=figures.years[1]).update(version=new)
    recount_changed(the_moment())
    row = asked(api_of(teacher), territory="91")["91"]
    assert (row["rate"], row["comparable"], row["parts"]) == (None, False, [])
    page = page_of(teacher).get("/en/indicators/RES.04/?territory=91").content.decode()
    assert "data-break" in page and "What moved</h3>" not in page
    assert "Another definition begins here" in page
