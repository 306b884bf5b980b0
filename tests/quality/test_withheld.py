"""Figures that their source does not tell, and totals of which only the printed quotient is known."""

import datetime
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from rest_framework.test import APIClient

from accounts.clock import now
from accounts.models import User
from institutions.registry.models import ExternalId
from quality.discrepancies.models import Discrepancy
from quality.observations.models import Observation
from quality.rollups.actions import recount_changed
from quality.rollups.counting import Moment
from quality.rollups.heeding import institutions_from
from tests.factories import EVER
from tests.quality.figures import a_year, an_indicator
from tests.quality.test_import import load

pytestmark = [pytest.mark.django_db, pytest.mark.real_clock]
HEADS = "indicator,institution,territory,period,numerator,denominator,published,state\n"
Api = Callable[..., APIClient]


@pytest.fixture
def catalogue(world: SimpleNamespace) -> SimpleNamespace:
    an_indicator("CTX.02"), an_indicator("CTX.21", "share", factor=100), a_year(2021)
    for number, house in (("1", world.a), ("2", world.b), ("3", world.c)):
        ExternalId.objects.create(institution=house, scheme="dtm", value=number, valid=EVER)
    return world


def count() -> None:
    at = now()
    recount_changed(Moment(at.date(), at))


def said(job: dict[str, Any], what: str = "errors") -> list[tuple[int, str, str]]:
    return [(line["row"], line["column"], line["code"]) for line in job[what]]


@pytest.mark.parametrize("mask", ["*", "**", "<5", "< 10", "≤4"])
def test_a_mask_of_the_source_is_a_figure_withheld_and_told(
    catalogue: SimpleNamespace, ministry_officer: User, api_of: Api, mask: str
) -> None:
    api = api_of(ministry_officer)
    job = load(api, f"{HEADS}CTX.21,dtm:1,,2021-2022,{mask},40,,\nCTX.21,DTM: 2,,2021-2022,3,4,,\n")
    assert job["errors"] == [] and said(job, "warnings") == [(2, "numerator", "withheld")]
    kept = Observation.objects.get(institution=catalogue.a)
    assert (kept.state, kept.numerator, kept.denominator) == ("suppressed", None, None)
    count()
    (cell,) = api.get("/api/v1/indicators/CTX.21/values/?territory=91").json()["results"]
    assert (cell["numerator"], cell["denominator"], cell["value"]) == ("3", "4", "75")
    assert (cell["reporting"], cell["expected"]) == (1, 2)
    (own,) = api.get(f"/api/v1/indicators/CTX.21/values/?institution={catalogue.a.public_id}").json()["results"]
    assert (own["state"], own["value"]) == ("suppressed", None)


def test_a_sign_that_may_be_a_mask_or_a_mistake_is_refused_with_what_to_write(
    catalogue: SimpleNamespace, ministry_officer: User, api_of: Api
) -> None:
    api = api_of(ministry_officer)
    job = load(api, f"{HEADS}CTX.02,dtm:1,,2021-2022,-1,,,\nCTX.02,dtm:2,,2021-2022,n/a,,,\n")
    assert said(job) == [(2, "numerator", "invalid"), (3, "numerator", "invalid")]
    assert "suppressed" in job["errors"][0]["message"]
    mended = load(api, f"{HEADS}CTX.02,dtm:1,,2021-2022,,,,suppressed\nCTX.02,dtm:2,,2021-2022,<5,,,suppressed\n")
    assert mended["result"]["created"] == 2 and mended["warnings"] == []


@pytest.mark.parametrize("written", ["6 246 491", "6\u00a0246\u00a0491", "6\u202f246\u202f491", "6246491.0"])
def test_thousands_may_be_parted_by_blanks(
    catalogue: SimpleNamespace, ministry_officer: User, api_of: Api, written: str
) -> None:
    load(api_of(ministry_officer), f"{HEADS}CTX.02,,9,2021-2022,{written},,,\n")
    assert Observation.objects.get().numerator == 6_246_491


def test_a_comma_before_three_figures_is_not_guessed(
    catalogue: SimpleNamespace, ministry_officer: User, api_of: Api
) -> None:
    job = load(
        api_of(ministry_officer), f'{HEADS}CTX.02,dtm:1,,2021-2022,"1,234",,,\nCTX.02,dtm:2,,2021-2022,"1,5",,,\n'
    )
    assert said(job) == [(2, "numerator", "ambiguous")]


def test_figures_withheld_are_put_over_the_api_too(
    catalogue: SimpleNamespace, ministry_officer: User, api_of: Api
) -> None:
    api, row = api_of(ministry_officer), {"indicator": "CTX.21", "period": "2021-2022"}
    rows = [{**row, "institution": "dtm:1", "state": "suppressed"}, {**row, "territory": "91", "published": "75.0"}]
    answer = api.put("/api/v1/observations/", rows, format="json")
    assert (answer.status_code, answer.json()["created"]) == (200, 2)
    states = Observation.objects.order_by("published").values_list("state", "published")
    assert list(states) == [("suppressed", ""), ("missing", "75.0")]
    alone = api.put("/api/v1/observations/", [{**row, "institution": "dtm:1", "published": "75"}], format="json")
    assert alone.status_code == 400


def put(api: APIClient, *rows: str) -> None:
    job = load(api, HEADS + "".join(f"CTX.21,{row}\n" for row in rows))
    assert job["status"] == "done", job["errors"]
    count()


def listed() -> list[tuple[Any, ...]]:
    rows = Discrepancy.objects.order_by("territory__code")
    return [(r.territory.code, r.kind, r.part, str(r.said.normalize()), str(r.difference)) for r in rows if r.territory]


def test_a_printed_share_alone_is_held_against_the_ratio_of_sums_and_never_against_the_mean(
    catalogue: SimpleNamespace, ministry_officer: User, api_of: Api
) -> None:
    api = api_of(ministry_officer)
    put(api, "dtm:1,,2021-2022,8,10,,", "dtm:2,,2021-2022,18,20,,", ",91,2021-2022,,,86.7%,")
    assert listed() == []  # 26 / 30
    put(api, ",91,2021-2022,,,87,")
    assert listed() == []
    put(api, ",91,2021-2022,,,85.0,")  # the mean of 80 and 90
    assert listed() == [("91", "institutions", "value", "85", "-1.66666667")]
    cell = api.get("/api/v1/indicators/CTX.21/values/?territory=91").json()["results"][0]
    assert (cell["numerator"], cell["denominator"], cell["value"][:7]) == ("26", "30", "86.6666")
    found = api.get("/api/v1/discrepancies/?period=2021-2022").json()["results"]
    assert (found[0]["published"], found[0]["found"], found[0]["parts"]) == ("85", "86.66666667", 2)


def test_where_an_organisation_withholds_its_figure_a_printed_share_is_not_judged(
    catalogue: SimpleNamespace, ministry_officer: User, api_of: Api
) -> None:
    put(api_of(ministry_officer), "dtm:1,,2021-2022,8,10,,", "dtm:2,,2021-2022,*,*,,", ",91,2021-2022,,,99,")
    assert listed() == []


def test_a_printed_share_of_a_country_is_held_against_its_regions(
    catalogue: SimpleNamespace, ministry_officer: User, api_of: Api
) -> None:
    api = api_of(ministry_officer)
    put(api, ",91,2021-2022,8,10,80.0,", ",92,2021-2022,18,20,90.0,", ",9,2021-2022,,,86.67,")
    assert listed() == []
    put(api, ",9,2021-2022,,,86.68,")
    assert listed() == [("9", "places", "value", "86.68", "0.01333333")]


def test_institutions_that_arrive_without_a_first_day_are_expected_in_what_was_counted_before(
    catalogue: SimpleNamespace, ministry_officer: User, api_of: Api
) -> None:
    house = catalogue.a
    house.spells.update(valid=DateRange(None, None))
    assert institutions_from([house.public_id]) == datetime.date.min
