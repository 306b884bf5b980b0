"""The same figures by the hierarchy of another day: on the page, over the API and in files."""

import datetime
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from rest_framework.test import APIClient

from accounts.models import User
from institutions.registry.models import Institution
from institutions.territory.models import Territory
from quality.rollups.actions import recount_changed
from tests.quality.figures import a_figure, a_year, an_indicator, the_moment

pytestmark = pytest.mark.django_db
Api = Callable[..., APIClient]
VALUES = "/api/v1/indicators/CTX.04/values/"


def goes(house: Institution, place: Territory, on: str) -> None:
    """From a day on it lies elsewhere."""
    day = datetime.date.fromisoformat(on)
    row = house.places.get(valid__contains=day)
    house.places.filter(pk=row.pk).update(valid=DateRange(row.valid.lower, day))
    house.places.create(territory=place, valid=DateRange(day, row.valid.upper))


@pytest.fixture
def moved(world: SimpleNamespace) -> SimpleNamespace:
    """Alpha reported in two years and moved to the other region in between; Beta and Gamma stayed."""
    version = an_indicator("CTX.04", "ratio")
    years = [a_year(2023), a_year(2024)]
    for house, figures in (
        (world.a, ((100, 50), (110, 50))),
        (world.b, ((30, 20), (33, 20))),
        (world.c, ((7, 5), (8, 5))),
    ):
        for year, (top, base) in zip(years, figures, strict=True):
            a_figure(version, year, house, top, base)
    goes(world.a, world.far, "2024-11-01")
    recount_changed(the_moment())
    return SimpleNamespace(world=world, version=version, years=years)


def sums(answer: Any) -> dict[tuple[str, str], str]:
    return {(row["period"], row["territory"]): row["numerator"] for row in answer.json()["results"]}


def test_as_it_is_today_lays_earlier_figures_where_their_institutions_lie_now(
    moved: SimpleNamespace, teacher: User, api_of: Api
) -> None:
    api = api_of(teacher)
    was = sums(api.get(VALUES, {"level": "region"}))
    now = sums(api.get(VALUES, {"level": "region", "basis": "as_is"}))
    assert was == {
        ("2023-2024", "91"): "130", ("2023-2024", "92"): "7", ("2024-2025", "91"): "33", ("2024-2025", "92"): "118",
    }  # fmt: skip
    assert now == {
        ("2023-2024", "91"): "30", ("2023-2024", "92"): "107", ("2024-2025", "91"): "33", ("2024-2025", "92"): "118",
    }  # fmt: skip
    line = api.get(VALUES, {"territory": "92", "period": "2023-2024", "basis": "as_is"}).json()["results"][0]
    assert (line["basis"], line["as_of"], line["comparable"]) == ("as_is", "2026-11-21", True)
    assert (line["value"], line["denominator"]) == ("1.94545455", "55")
