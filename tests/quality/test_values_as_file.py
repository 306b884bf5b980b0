"""The list of values as a file: what the pages of JSON say, an empty cell and a state where there is no value."""

import csv
import io
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from exchange.jobs.models import Job
from exchange.jobs.running import run_waiting
from institutions.territory.models import Territory
from quality.rollups.models import Rollup
from tests.quality.test_dashboard import figures

pytestmark = pytest.mark.django_db
__all__ = ["figures"]
LIST = "/api/v1/indicators/COV.01/values/"
CSV = {"HTTP_ACCEPT": "text/csv", "HTTP_ACCEPT_LANGUAGE": "en"}
Api = Callable[..., APIClient]


def rows_of(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.content
    assert answer.headers["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize(
    "query", ["territory=9", "level=district&period=2026-10", "institution_kind=school", "from=2026-10&to=2026-10"]
)
def test_the_file_says_what_the_pages_say(figures: SimpleNamespace, teacher: User, api_of: Api, query: str) -> None:
    api = api_of(teacher)
    told = api.get(f"{LIST}?{query}&limit=200").json()["results"]
    made = rows_of(api.get(f"{LIST}?{query}", **CSV))
    assert made and len(made) == len(told)
    assert {(row["Territory code"], row["Period"], row["Value"] or None, row["State"]) for row in made} == {
        (row["territory"], row["period"], row["value"], row["state"]) for row in told
    }


def test_by_accept_by_parameter_and_by_ending_it_is_the_same_file(
    figures: SimpleNamespace, teacher: User, api_of: Api
) -> None:
    api = api_of(teacher)
    ways = [
        api.get(f"{LIST}?territory=9", **CSV),
        api.get(f"{LIST}?territory=9&format=csv", HTTP_ACCEPT_LANGUAGE="en"),
        api.get(f"{LIST.rstrip('/')}.csv?territory=9", HTTP_ACCEPT_LANGUAGE="en"),
    ]
    assert len({way.content for way in ways}) == 1 and rows_of(ways[0])
    book = api.get(f"{LIST.rstrip('/')}.xlsx?territory=9")
    assert book.status_code == 200 and book.content.startswith(b"PK")


@pytest.mark.parametrize("state", ["missing", "suppressed", "not_applicable"])
def test_what_is_no_value_leaves_its_cell_empty_and_says_its_state(
    figures: SimpleNamespace, teacher: User, api_of: Api, state: str
) -> None:
    cell = Rollup.objects.filter(version=figures.version, territory__code="92", institution_kind=None)
    cell.update(state=state, value=None)
    for row in rows_of(api_of(teacher).get(f"{LIST}?territory=92", **CSV)):
        assert (row["Value"], row["State"]) == ("", state)


def test_a_name_that_looks_like_a_formula_is_text(figures: SimpleNamespace, teacher: User, api_of: Api) -> None:
    Territory.objects.filter(code="9").update(names={"en": '=HYPERLINK("http://evil.example")'})
    row = rows_of(api_of(teacher).get(f"{LIST}?territory=9", **CSV))[0]
    assert row["Territory"].startswith("'=")


def test_values_of_one_institution_are_a_file_too(
    figures: SimpleNamespace, institution_admin: User, api_of: Api
) -> None:
    house = figures.world.a.public_id
    made = rows_of(api_of(institution_admin).get(f"/api/v1/indicators/CTX.04/values/?institution={house}", **CSV))
    assert [(row["Code"], row["Organisation"], row["Period"], row["State"]) for row in made] == [
        (house, "Alpha school", "2021-2022", "value")
    ]


def test_the_file_refuses_what_the_pages_refuse(
    figures: SimpleNamespace, teacher: User, stranger: User, api_of: Api
) -> None:
    for wrong in ("period=1999-01", "territory=nowhere", "institution=nobody", "basis=tomorrow", "unknown=1"):
        answer = api_of(teacher).get(f"{LIST}?{wrong}", **CSV)
        assert answer.status_code == 400, wrong
        assert json.loads(answer.content)["status"] == 400
    assert api_of(stranger).get(LIST, **CSV).status_code == 404
    assert api_of(None).get(LIST, **CSV).status_code == 401


def test_a_long_list_becomes_a_job_that_makes_the_same_file(
    figures: SimpleNamespace, teacher: User, api_of: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = api_of(teacher)
    short = api.get(f"{LIST}?level=district", **CSV).content
    monkeypatch.setattr("exchange.jobs.actions.AT_ONCE", 1)
    answer = api.get(f"{LIST}?level=district", **CSV)
    assert answer.status_code == 202
    assert answer.headers["Location"].startswith("/api/v1/jobs/")
    job = Job.objects.get(public_id=answer.json()["id"])
    run_waiting(timezone.now)
    job.refresh_from_db()
    assert job.status == "done", job.reason
    made = api.get(f"{answer.headers['Location']}file/")
    assert b"".join(made.streaming_content if made.streaming else [made.content]) == short
