"""The same figures by the hierarchy of another day: on the page, over the API and in files."""

import csv
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


def page_of(client: Any, query: str = "") -> str:
    answer = client.get(f"/en/indicators/CTX.04/{query}")
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


def test_the_page_offers_the_boundaries_and_keeps_them_in_every_address(
    moved: SimpleNamespace, teacher: User, client: Any
) -> None:
    client.force_login(teacher)
    was = page_of(client, "?territory=92&period=2023-2024")
    now = page_of(client, "?territory=92&period=2023-2024&basis=as_is")
    assert "7 / 5" in was and "107 / 55" in now
    assert "By the boundaries of" in now and "By the boundaries of" not in was
    assert "values/?territory=92&amp;basis=as_is" in now
    assert 'name="period" value="2023-2024"' in now
    dated = page_of(client, "?territory=92&period=2024-2025&basis=as_of&as_of=2024-10-31")
    assert "8 / 5" in dated and "as_of=2024-10-31" in dated


def test_a_day_that_is_missing_is_asked_for_at_its_field(moved: SimpleNamespace, teacher: User, client: Any) -> None:
    client.force_login(teacher)
    shown = page_of(client, "?territory=92&period=2023-2024&basis=as_of")
    assert "Say by the boundaries of which day." in shown and "7 / 5" in shown


def test_a_change_is_what_is_real_and_what_only_the_boundaries_made(
    moved: SimpleNamespace, teacher: User, client: Any
) -> None:
    client.force_login(teacher)
    shown = page_of(client, "?territory=92&period=2024-2025")
    facts = [part.split("</dd>")[0] for part in shown.split('id="change"')[1].split('<dd class="number">')[1:4]]
    # 118/55 - 7/5 = 0.745…: of this 107/55 - 7/5 = 0.545… by boundaries, 118/55 - 107/55 = 0.2 real
    assert facts == ["+0.7", "+0.2", "+0.5"]


def test_files_say_what_page_and_programs_say(moved: SimpleNamespace, teacher: User, api_of: Api, client: Any) -> None:
    client.force_login(teacher)
    query = "?territory=92&basis=as_is"
    lines = api_of(teacher).get(VALUES, {"territory": "92", "basis": "as_is"}).json()["results"]
    told = {(row["period"], row["territory"]): (row["numerator"], row["basis"], row["as_of"]) for row in lines}
    for address in (f"/en/indicators/CTX.04/values.csv{query}", f"{VALUES}{query}&format=csv"):
        text = client.get(address).content.decode("utf-8-sig")
        rows = list(csv.reader(text.splitlines(), delimiter=";" if ";" in text.splitlines()[0] else ","))
        said = {(row[4], row[2]): (row[8], row[-3], row[-2]) for row in rows if len(row) > 10 and row[2] == "92"}
        assert said == told, address


def test_the_rows_behind_a_number_are_those_of_its_boundaries(
    moved: SimpleNamespace, teacher: User, api_of: Api
) -> None:
    for basis, expected in (("as_was", ["Gamma college"]), ("as_is", ["Alpha school", "Gamma college"])):
        asked = {"territory": "92", "period": "2023-2024", "basis": basis}
        answer = api_of(teacher).get("/api/v1/indicators/CTX.04/rows/", asked).json()
        assert (answer["total"], answer["hidden"] + len(answer["results"])) == (len(expected), len(expected))
