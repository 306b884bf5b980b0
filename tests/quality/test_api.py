"""Values, rows, figures and dashboards over the API: the same numbers as everywhere, in the words of the contract."""

import random
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from institutions.registry.models import ExternalId
from quality.observations.models import Observation
from quality.rollups.actions import recount_changed
from quality.rollups.models import Rollup
from tests.factories import EVER
from tests.quality.figures import an_indicator, the_moment
from tests.quality.test_dashboard import figures

pytestmark = pytest.mark.django_db
__all__ = ["figures"]
VALUE_FIELDS = {
    "indicator",
    "definition_version",
    "territory",
    "institution",
    "institution_kind",
    "period",
    "basis",
    "numerator",
    "denominator",
    "value",
    "state",
    "low",
    "high",
    "reporting",
    "expected",
    "provisional",
    "computed_at",
}
Api = Callable[..., APIClient]


def test_values_are_listed_newest_first_with_decimals_as_text(
    figures: SimpleNamespace, teacher: User, api_of: Api
) -> None:
    answer = api_of(teacher).get("/api/v1/indicators/COV.01/values/?territory=9")
    assert answer.status_code == 200
    rows = answer.json()["results"]
    assert [row["period"] for row in rows] == ["2026-11", "2026-10", "2026-09"]
    assert set(rows[0]) >= VALUE_FIELDS
    assert (rows[0]["numerator"], rows[0]["denominator"], rows[0]["state"]) == ("5", "7", "value")
    assert rows[0]["value"].startswith("71.428571")
    assert isinstance(rows[0]["low"], str)


def test_values_are_filtered_by_place_level_kind_and_period(
    figures: SimpleNamespace, teacher: User, api_of: Api
) -> None:
    api = api_of(teacher)
    found = api.get("/api/v1/indicators/COV.01/values/?level=district&period=2026-10&count=true").json()
    assert {row["territory"] for row in found["results"]} == {"911", "912", "921"}
    assert found["count"] == 3
    kind = api.get(
        "/api/v1/indicators/COV.01/values/?territory=9&institution_kind=school&from=2026-10&to=2026-10"
    ).json()
    assert [(row["period"], row["institution_kind"]) for row in kind["results"]] == [("2026-10", "school")]
    for wrong in (
        "period=1999-01",
        "territory=nowhere",
        "institution_kind=none",
        "basis=tomorrow",
        "basis=as_is&as_of=2026-01-01",
        "as_of=2026-02-30",
        "unknown=1",
        "ordering=numerator",
    ):
        assert api.get(f"/api/v1/indicators/COV.01/values/?{wrong}").status_code == 400, wrong


def test_pages_of_values_join_without_a_gap(figures: SimpleNamespace, teacher: User, api_of: Api) -> None:
    api, seen = api_of(teacher), []
    url = "/api/v1/indicators/COV.01/values/?limit=4"
    while url:
        answer = api.get(url).json()
        seen += [(row["period"], row["territory"]) for row in answer["results"]]
        url = answer["next"]
    assert len(seen) == len(set(seen)) == Rollup.objects.filter(version=figures.version, institution_kind=None).count()


def test_the_rows_of_random_cells_have_the_length_of_their_numbers(
    figures: SimpleNamespace, teacher: User, api_of: Api
) -> None:
    api = api_of(teacher)
    cells = list(
        Rollup.objects.filter(version=figures.version).select_related("territory", "period", "institution_kind")
    )
    for cell in random.Random(3).sample(cells, 25):  # noqa: S311
        kind = {"institution_kind": cell.institution_kind.code} if cell.institution_kind else {}
        for part in ("numerator", "denominator"):
            params = {"territory": cell.territory.code, "period": cell.period.code, "part": part, "limit": 200, **kind}
            answer = api.get("/api/v1/indicators/COV.01/rows/", params).json()
            assert len(answer["results"]) + answer["hidden"] == getattr(cell, part)
            for row in answer["results"]:
                assert {"part", "subject_type", "subject_id", "title", "institution", "url"} <= set(row)


def test_the_latest_period_is_meant_where_none_is_named(figures: SimpleNamespace, teacher: User, api_of: Api) -> None:
    answer = api_of(teacher).get("/api/v1/indicators/COV.01/rows/?territory=9").json()
    assert (answer["period"], answer["total"]) == ("2026-11", 5)


def test_rows_of_others_are_counted_as_hidden(figures: SimpleNamespace, institution_admin: User, api_of: Api) -> None:
    answer = api_of(institution_admin).get("/api/v1/indicators/CTX.04/rows/?territory=9").json()
    assert (len(answer["results"]), answer["hidden"]) == (1, 4)


def test_someone_without_a_role_finds_no_indicator_and_no_dashboard(
    figures: SimpleNamespace, stranger: User, api_of: Api
) -> None:
    api = api_of(stranger)
    for address in (
        "indicators/COV.01/",
        "indicators/COV.01/values/",
        "indicators/COV.01/rows/",
        "dashboards/territories/9/",
    ):
        assert api.get(f"/api/v1/{address}").status_code == 404, address
    assert api.get("/api/v1/indicators/").json()["results"] == []


def test_the_catalogue_says_what_is_counted(figures: SimpleNamespace, teacher: User, api_of: Api) -> None:
    api = api_of(teacher)
    listed = api.get("/api/v1/indicators/?core=true").json()["results"]
    assert [row["code"] for row in listed] == ["COV.01", "AGR.03"]
    one = api.get("/api/v1/indicators/COV.01/").json()
    assert one["definition"]["version"] == 1
    assert {"code", "name", "names", "kind", "unit", "method", "definition", "levels", "periodicity"} <= set(one)


def test_the_dashboard_says_what_the_page_shows(
    figures: SimpleNamespace, ministry_officer: User, api_of: Api, page_of: Any
) -> None:
    board = api_of(ministry_officer).get("/api/v1/dashboards/territories/9/?period=2026-10").json()
    page = page_of(ministry_officer).get("/en/dashboard/9/?period=2026-10").content.decode()
    for card in board["cards"]:
        assert f'data-card="{card["indicator"]}"' in page
        assert f'data-value="{card["value"] or ""}"' in page
    for row, spot in zip(board["rows"], board["map"], strict=True):
        stored = Rollup.objects.get(
            version=figures.version, territory__code=row["territory"], period__code="2026-10", institution_kind=None
        )
        assert (row["territory"], row["value"], row["state"]) == (spot["code"], spot["value"], spot["state"])
        assert row["state"] == stored.state
    assert board["cards"][0]["indicator"] == "COV.01"
    assert api_of(ministry_officer).get("/api/v1/dashboards/territories/9/?period=1999-01").status_code == 400


def test_an_institution_reads_its_own_values_and_no_others(
    figures: SimpleNamespace, institution_admin: User, api_of: Api
) -> None:
    api, world = api_of(institution_admin), figures.world
    own = api.get(f"/api/v1/indicators/CTX.04/values/?institution={world.a.public_id}").json()["results"]
    assert [(row["value"], row["numerator"], row["denominator"]) for row in own] == [("1.75", "7", "4")]
    assert api.get(f"/api/v1/indicators/CTX.04/values/?institution={world.c.public_id}").json()["results"] == []


def put(api: APIClient, rows: Any) -> Any:
    return api.put("/api/v1/observations/", rows, format="json")


def test_a_bulk_put_is_all_or_nothing_and_the_same_list_changes_nothing(
    figures: SimpleNamespace, regional_officer: User, api_of: Api
) -> None:
    an_indicator("CTX.02")
    ExternalId.objects.create(institution=figures.world.b, scheme="dtm", value="301", valid=EVER)
    api, world = api_of(regional_officer), figures.world
    rows = [
        {"indicator": "CTX.02", "institution": world.a.public_id, "period": "2021-2022", "numerator": "12.5"},
        {"indicator": "CTX.02", "institution": "dtm:301", "period": "2021-2022", "numerator": 7},
        {"indicator": "CTX.04", "territory": "912", "period": "2021-2022", "numerator": "4", "denominator": "8"},
    ]
    assert put(api, rows).json() == {"created": 3, "changed": 0, "unchanged": 0}
    assert put(api, rows).json() == {"created": 0, "changed": 0, "unchanged": 3}
    rows[0]["numerator"] = "13"
    assert put(api, rows).json() == {"created": 0, "changed": 1, "unchanged": 2}
    recount_changed(the_moment())
    assert api.get("/api/v1/indicators/CTX.02/values/?territory=91").json()["results"][0]["value"] == "20"
    before = Observation.objects.count()
    foreign = {"indicator": "CTX.02", "institution": world.c.public_id, "period": "2021-2022", "numerator": "1"}
    assert put(api, [*rows, foreign]).status_code == 403
    wrong = put(
        api, [{**rows[0], "numerator": "99"}, {**rows[1], "period": "1900-1901"}, {**rows[2], "denominator": None}]
    )
    assert wrong.status_code == 400
    pointers = {error["pointer"] for error in wrong.json()["errors"]}
    assert any("1" in pointer and "period" in pointer for pointer in pointers)
    assert any("2" in pointer and "denominator" in pointer for pointer in pointers)
    assert Observation.objects.count() == before
    assert Observation.objects.get(institution=world.a, version__indicator__code="CTX.02").numerator == 13


@pytest.mark.parametrize(
    "change",
    [
        {"numerator": "1e5"},
        {"numerator": "NaN"},
        {"numerator": -1},
        {"numerator": 1.5},
        {"numerator": True},
        {"state": "suppressed"},
        {"state": "missing"},
        {"numerator": None},
        {"denominator": "3"},
        {"indicator": "COV.01"},
        {"indicator": "NO"},
        {"institution": None},
        {"territory": "91"},
        {"extra": 1},
        {"period": "2026-10"},
        {"numerator": "123456789012345"},
    ],
    ids=str,
)
def test_a_figure_that_is_not_one_is_refused(
    figures: SimpleNamespace, institution_admin: User, api_of: Api, change: dict[str, Any]
) -> None:
    an_indicator("CTX.02")
    row = {"indicator": "CTX.02", "institution": figures.world.a.public_id, "period": "2021-2022", "numerator": "5"}
    assert put(api_of(institution_admin), [{**row, **change}]).status_code == 400
    assert not Observation.objects.filter(version__indicator__code="CTX.02").exists()


def test_who_may_not_enter_figures_is_told_at_the_door(figures: SimpleNamespace, teacher: User, api_of: Api) -> None:
    assert put(api_of(teacher), []).status_code == 403


def test_observations_are_listed_for_who_oversees_them(
    figures: SimpleNamespace, institution_admin: User, ministry_officer: User, api_of: Api
) -> None:
    own = api_of(institution_admin).get("/api/v1/observations/?indicator=CTX.04").json()["results"]
    assert [row["institution"] for row in own] == [figures.world.a.public_id]
    assert len(api_of(ministry_officer).get("/api/v1/observations/?period=2021-2022").json()["results"]) == 5


def test_a_target_is_set_by_an_office_inside_its_territory(
    figures: SimpleNamespace, regional_officer: User, institution_admin: User, api_of: Api
) -> None:
    body = {"indicator": "COV.01", "territory": "91", "period": "2026-11", "value": "60"}
    made = api_of(regional_officer).post("/api/v1/targets/", body, format="json", HTTP_IDEMPOTENCY_KEY="t1")
    assert made.status_code == 201
    assert (made.json()["value"], made.json()["status"], made.json()["moves"]) == ("60", "proposed", ["decline"])
    outside = api_of(regional_officer).post(
        "/api/v1/targets/", {**body, "territory": "92"}, format="json", HTTP_IDEMPOTENCY_KEY="t2"
    )
    assert outside.status_code == 403
    own = api_of(institution_admin).post("/api/v1/targets/", body, format="json", HTTP_IDEMPOTENCY_KEY="t3")
    assert own.status_code == 403
