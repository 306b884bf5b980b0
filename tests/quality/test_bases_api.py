"""The same figures by the hierarchy of another day: on the page, over the API and in files."""

import csv
import datetime
from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from rest_framework.test import APIClient

from accounts.models import User
from institutions.registry.models import Institution
from institutions.territory.models import Territory
from quality.rollups.actions import recount_changed
from tests.factories import an_institution
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


@pytest.fixture
def split(world: SimpleNamespace, regional_officer: User, api_of: Api) -> SimpleNamespace:
    """Alpha reported, then closed; Beta and a neighbour took it over by stated shares, or not."""
    version, year = an_indicator("CTX.04", "ratio", person_based=False), a_year(2023)
    other = an_institution(world.near, "Epsilon school")
    for house, top in ((world.a, 100), (world.b, 10), (other, 5)):
        a_figure(version, year, house, top, 10)
    recount_changed(the_moment())

    def closed(**shares: Any) -> Any:
        body = {
            "reason": "Ministry order 12",
            "on": "2026-09-01",
            "kind": "split",
            "heirs": [world.b.public_id, other.public_id],
        }
        address = f"/api/v1/institutions/{world.a.public_id}/moves/close/"
        return api_of(regional_officer).post(
            address, {**body, **shares}, format="json", HTTP_IDEMPOTENCY_KEY=str(shares)
        )

    return SimpleNamespace(world=world, other=other, closed=closed, api=api_of(regional_officer))


def test_a_split_follows_its_stated_shares(split: SimpleNamespace) -> None:
    assert split.closed(shares=["0.3", "0.7"]).status_code == 200
    found = sums(split.api.get(VALUES, {"basis": "as_is"}))
    assert [found["2023-2024", code] for code in ("911", "912", "91", "9")] == ["75", "40", "115", "115"]


def test_a_split_without_shares_is_not_comparable_where_it_matters(split: SimpleNamespace) -> None:
    assert split.closed().status_code == 200
    lines = {row["territory"]: row for row in split.api.get(VALUES, {"basis": "as_is"}).json()["results"]}
    assert {code: row["comparable"] for code, row in lines.items()} == {
        "9": True, "91": True, "92": True, "911": False, "912": False, "921": True,
    }  # fmt: skip
    assert (lines["91"]["numerator"], lines["911"]["numerator"]) == ("115", "105")


@pytest.mark.parametrize("shares", [["0.3"], ["0.7", "0.4"], ["0", "1"], ["1.1", "0.1"]])
def test_shares_that_do_not_fit_are_refused_at_their_field(split: SimpleNamespace, shares: list[str]) -> None:
    answer = split.closed(shares=shares)
    assert answer.status_code in (400, 422) and "shares" in answer.content.decode()


def test_the_series_of_an_institution_follows_its_lineage_and_marks_the_break(split: SimpleNamespace) -> None:
    split.closed(shares=["0.3", "0.7"])
    beta = {"institution": split.world.b.public_id}
    own, inherited = (
        split.api.get(VALUES, {**beta, "basis": basis}).json()["results"][0] for basis in ("as_was", "as_is")
    )
    assert (own["numerator"], own["inherited"]) == ("10", [])
    assert (inherited["numerator"], inherited["denominator"]) == ("40", "13")
    assert inherited["inherited"] == [split.world.a.public_id]


def test_by_the_boundaries_of_a_period_s_own_day_everything_is_as_it_was(
    moved: SimpleNamespace, teacher: User, api_of: Api
) -> None:
    api = api_of(teacher)
    for year in moved.years:
        was = api.get(VALUES, {"period": year.code}).json()["results"]
        of_day = {"period": year.code, "basis": "as_of", "as_of": year.ends_on.isoformat()}
        same = api.get(VALUES, of_day).json()["results"]
        own = ("basis", "as_of", "pooled")
        assert [{k: v for k, v in row.items() if k not in own} for row in same] == [
            {k: v for k, v in row.items() if k not in own} for row in was
        ]
    today = [api.get(VALUES, asked).json()["results"] for asked in ({"basis": "as_is"}, {"as_of": "2026-11-21"})]
    assert [row["numerator"] for row in today[0]] == [row["numerator"] for row in today[1]]


def test_pages_of_a_list_by_other_boundaries_follow_one_another(
    moved: SimpleNamespace, teacher: User, api_of: Api
) -> None:
    api, asked = api_of(teacher), {"basis": "as_is", "ordering": "-value"}
    whole = api.get(VALUES, {**asked, "count": "true"}).json()
    first = api.get(VALUES, {**asked, "limit": 5}).json()
    second = api.get(first["next"]).json()
    assert whole["count"] == len(whole["results"]) == 12
    assert [*first["results"], *second["results"]] == whole["results"][:10]
    assert api.get(second["previous"]).json()["results"] == first["results"]


def test_changes_add_up_exactly_place_by_place(moved: SimpleNamespace, teacher: User, api_of: Api) -> None:
    lines = api_of(teacher).get("/api/v1/indicators/CTX.04/changes/").json()["results"]
    assert {row["territory"] for row in lines} == {"9", "91", "92", "911", "912", "921"}
    for row in lines:
        if row["real"] is not None:
            assert Decimal(row["real"]) + Decimal(row["boundary"]) == Decimal(row["change"])
    south = next(row for row in lines if row["territory"] == "92")
    assert (south["since"], south["period"], south["real"], south["boundary"]) == (
        "2023-2024", "2024-2025", "0.2", "0.54545455",
    )  # fmt: skip
    country = next(row for row in lines if row["territory"] == "9")
    assert country["boundary"] == "0"


def test_changes_between_named_periods_are_refused_where_there_is_none(
    moved: SimpleNamespace, teacher: User, api_of: Api
) -> None:
    api, address = api_of(teacher), "/api/v1/indicators/CTX.04/changes/"
    assert (
        len(api.get(address, {"period": "2024-2025", "since": "2023-2024", "level": "region"}).json()["results"]) == 2
    )
    for wrong in ({"since": "2024-2025"}, {"since": "1999"}, {"period": "x"}, {"basis": "as_is"}):
        assert api.get(address, wrong).status_code == 400
