"""Figures come in as a file: dry run, all errors of every row, all or nothing, the same file twice changes nothing."""

import datetime
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from accounts.clock import now
from accounts.models import User
from exchange.jobs.running import run_waiting
from institutions.registry.models import ExternalId
from quality.catalogue.models import Period
from quality.checks.actions import submit_figures
from quality.observations.models import Observation
from quality.submissions.actions import open_submission
from tests.factories import EVER
from tests.quality.figures import a_year, an_indicator

pytestmark = [pytest.mark.django_db, pytest.mark.real_clock]
HEADS = "indicator,institution,territory,period,numerator,denominator\n"
Api = Callable[..., APIClient]


@pytest.fixture
def catalogue(world: SimpleNamespace) -> SimpleNamespace:
    an_indicator("CTX.02"), an_indicator("CTX.04", "ratio"), a_year(2021)
    ExternalId.objects.create(institution=world.a, scheme="dtm", value="1", valid=EVER)
    ExternalId.objects.create(institution=world.c, scheme="dtm", value="3", valid=EVER)
    return world


def load(api: APIClient, text: str, query: str = "") -> dict[str, Any]:
    """What the job says in the end."""
    file = SimpleUploadedFile("figures.csv", text.encode(), content_type="text/csv")
    key = f"import-{datetime.datetime.now(datetime.UTC).timestamp()}"
    made = api.post(
        f"/api/v1/imports/observations/{query}", {"file": file}, format="multipart", HTTP_IDEMPOTENCY_KEY=key
    )
    assert made.status_code == 202, made.content
    run_waiting(now)
    return dict(api.get(made["Location"]).json())


GOOD = HEADS + 'CTX.02,dtm:1,,2021-2022,120,\nCTX.04,dtm:3,,2021-2022,"12,5",10\nCTX.02,,92,2021-2022,900,\n'


def test_a_file_of_figures_comes_in_once(catalogue: SimpleNamespace, ministry_officer: User, api_of: Api) -> None:
    api = api_of(ministry_officer)
    dry = load(api, GOOD, "?dry_run=true")
    assert (dry["result"]["created"], Observation.objects.count()) == (3, 0)
    first = load(api, GOOD)
    assert (first["status"], first["result"]["created"]) == ("done", 3)
    assert Observation.objects.get(version__indicator__code="CTX.04").numerator == 12.5
    again = load(api, GOOD)
    assert (again["result"]["created"], again["result"]["unchanged"]) == (0, 3)
    changed = load(api, GOOD.replace("120", "130"))
    assert (changed["result"]["changed"], changed["result"]["unchanged"]) == (1, 2)


def test_every_error_of_every_row_is_named_and_nothing_is_written(
    catalogue: SimpleNamespace, ministry_officer: User, api_of: Api
) -> None:
    api = api_of(ministry_officer)
    text = HEADS + "CTX.02,dtm:1,,2021-2022,120,\nNO.01,dtm:9,,1900-1901,many,3\nCTX.04,dtm:3,,2021-2022,4,\n"
    job = load(api, text)
    assert (job["status"], Observation.objects.count()) == ("failed", 0)
    assert (job["result"]["refused"], job["result"]["created"]) == (2, 0)
    found = {(error["row"], error["column"], error["code"]) for error in job["errors"]}
    assert {
        (3, "indicator", "does_not_exist"),
        (3, "institution", "does_not_exist"),
        (3, "numerator", "invalid"),
    } <= found
    assert (4, "denominator", "required") in found
    partial = load(api, text, "?partial=true")
    assert (partial["result"]["created"], Observation.objects.count()) == (1, 1)


def test_figures_of_another_region_are_refused_row_by_row(
    catalogue: SimpleNamespace, regional_officer: User, api_of: Api
) -> None:
    job = load(api_of(regional_officer), HEADS + "CTX.02,dtm:1,,2021-2022,1,\nCTX.02,dtm:3,,2021-2022,1,\n")
    assert [(error["row"], error["code"]) for error in job["errors"]] == [(3, "forbidden")]


def test_a_teacher_cannot_bring_figures(catalogue: SimpleNamespace, teacher: User, api_of: Api) -> None:
    file = SimpleUploadedFile("figures.csv", GOOD.encode(), content_type="text/csv")
    refused = api_of(teacher).post(
        "/api/v1/imports/observations/", {"file": file}, format="multipart", HTTP_IDEMPOTENCY_KEY="k"
    )
    assert refused.status_code == 403


def test_a_file_in_which_figures_disagree_is_loaded_as_it_is_and_its_report_says_so(
    catalogue: SimpleNamespace, ministry_officer: User, api_of: Api, page_of: Callable[..., Any]
) -> None:
    api = api_of(ministry_officer)
    job = load(api, HEADS + "CTX.02,,92,2021-2022,40,\nCTX.02,,91,2021-2022,60,\nCTX.02,,9,2021-2022,99,\n")
    (note,) = job["result"]["notes"]
    assert "1" in note["text"]
    assert note["url"].endswith("/discrepancies/?period=2021-2022")
    page = page_of(ministry_officer).get(f"/en/imports/{job['id']}/").content.decode()
    assert note["url"] in page
    assert Observation.objects.get(territory__code="9").numerator == 99
    mended = load(api, HEADS + "CTX.02,,9,2021-2022,100,\n")
    assert mended["result"]["notes"] == []


def test_a_quotient_comes_with_its_printed_value_and_is_held_against_it(
    catalogue: SimpleNamespace, ministry_officer: User, api_of: Api
) -> None:
    api, heads = api_of(ministry_officer), HEADS.replace("\n", ",published\n")
    job = load(api, heads + 'CTX.04,,91,2021-2022,120,100,"1,2"\nCTX.04,,92,2021-2022,131,100,1.2\n')
    assert len(job["result"]["notes"]) == 1
    assert Observation.objects.get(territory__code="91").published == "1.2"
    wrong = load(api, heads + "CTX.02,,91,2021-2022,120,,1.2\nCTX.04,,92,2021-2022,131,100,many\n")
    assert {(error["column"], error["code"]) for error in wrong["errors"]} == {
        ("published", "not_empty"),
        ("published", "invalid"),
    }


def test_a_row_of_closed_figures_is_refused_and_the_others_may_come(
    catalogue: SimpleNamespace, ministry_officer: User, institution_admin: User, api_of: Api
) -> None:
    api = api_of(ministry_officer)
    load(api, GOOD)
    period = Period.objects.get(code="2021-2022")
    house = open_submission(institution=catalogue.a, period=period, by=institution_admin, at=now())
    submit_figures(house, by=institution_admin, at=now())
    assert load(api, GOOD)["result"]["unchanged"] == 3
    changed = GOOD.replace("120", "130").replace("900", "910")
    refused = load(api, changed)
    assert [(error["row"], error["column"], error["code"]) for error in refused["errors"]] == [
        (2, "institution", "closed")
    ]
    partial = load(api, changed, "?partial=true")
    assert (partial["result"]["changed"], partial["result"]["unchanged"]) == (1, 1)
    assert Observation.objects.get(version__indicator__code="CTX.02", institution=catalogue.a).numerator == 120
