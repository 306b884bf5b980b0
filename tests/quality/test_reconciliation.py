"""Stored figures and every surface say the same; a difference planted on any one of them is found."""

import datetime
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from accounts import wording
from config.packs.loading import install
from institutions.territory.models import Territory
from quality.reconciliation import surfaces
from quality.reconciliation.actions import compare_surfaces
from quality.reconciliation.models import Reconciliation
from quality.rollups.actions import recount_changed, recount_everything
from quality.rollups.models import Rollup
from tests.factories import a_member
from tests.quality.figures import the_moment

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 11, 21, 9, 0, tzinfo=datetime.UTC)
ALL = {"card", "table", "map", "export", "file", "api", "dashboard_api", "page"}


@pytest.fixture
def regions(db: None) -> None:
    """The published tables of 2021: only cells of regions, so that every surface shows each of them."""
    install("uz", NOW)
    recount_changed(the_moment())
    Rollup.objects.exclude(territory__level="region").delete()
    Rollup.objects.exclude(institution_kind=None, state="value", period__code="2021-2022").delete()


def test_every_surface_says_what_is_stored(regions: None) -> None:
    run = compare_surfaces(the_moment(), seed=7, size=6)
    assert (run.differing, run.note) == (0, "seed 7")
    assert run.compared >= 6 * 6
    again = compare_surfaces(the_moment(), seed=7, size=6)
    assert again.compared == run.compared


def on_map(drawn: Any) -> Any:
    return replace(drawn, rows=tuple(replace(row, value=Decimal("0.5")) for row in drawn.rows))


def in_line(line: Any) -> Any:
    return [*line[:6], Decimal("0.5"), *line[7:]]


def in_object(told: Any) -> Any:
    return {**told, "value": "0.5"}


PLANTS: dict[str, tuple[str, Any]] = {
    "card": ("quality.dashboards.drawing.card_of", in_object),
    "table": ("quality.dashboards.drawing.value_text", lambda text: f"{text}1"),
    "map": ("quality.charts.maps.choropleth", on_map),
    "export": ("quality.dashboards.writing.line", in_line),
    "file": ("quality.values.sheets.line_of", in_line),
    "api": ("quality.reconciliation.surfaces.value_json", in_object),
    "dashboard_api": ("quality.dashboards.saying_json.figure_json", in_object),
    "page": ("quality.reconciliation.surfaces.figures_of", in_object),
}


@pytest.mark.parametrize("surface", sorted(ALL))
def test_a_difference_on_one_surface_is_found_there(regions: None, surface: str, monkeypatch: Any) -> None:
    path, change = PLANTS[surface]
    module, _dot, name = path.rpartition(".")
    real = getattr(__import__(module, fromlist=[name]), name)
    monkeypatch.setattr(path, lambda *args, **more: change(real(*args, **more)))
    run = compare_surfaces(the_moment(), seed=7, size=3)
    assert run.differing > 0
    found = set(Reconciliation.objects.filter(run=run).values_list("surface", flat=True))
    assert found == {surface}
    row = Reconciliation.objects.filter(run=run)[0]
    assert row.expected != row.found


def test_a_stored_value_that_does_not_follow_from_its_rows_is_found_by_the_recount(regions: None) -> None:
    cell = Rollup.objects.filter(version__indicator__code="CTX.04")[0]
    Rollup.objects.filter(pk=cell.pk).update(numerator=cell.numerator + 1)
    run = recount_everything(the_moment())
    assert run is not None
    assert run.differing >= 1
    cell.refresh_from_db()
    assert Rollup.objects.get(pk=cell.pk).numerator == cell.numerator


def test_no_surface_is_forgotten_and_the_dashboard_says_how_it_went(regions: None, page_of: Any, api_of: Any) -> None:
    assert set(surfaces.SURFACES) == ALL
    officer = a_member("ministry_officer", territory=Territory.objects.get(code="17"))
    assert 'id="checked"' not in page_of(officer).get("/en/dashboard/17/").content.decode()
    assert api_of(officer).get("/api/v1/dashboards/territories/17/").json()["checked"] is None
    whole = recount_everything(the_moment())
    assert whole is not None
    checked = compare_surfaces(the_moment(), seed=1, size=2)
    assert checked.compared > whole.compared
    page = page_of(officer).get("/en/dashboard/17/").content.decode()
    with translation.override("en"):
        assert f"cells compared, {wording.number(whole.differing)} differ" in page
    told = api_of(officer).get("/api/v1/dashboards/territories/17/").json()["checked"]
    assert (told["compared"], told["differing"]) == (checked.compared, whole.differing)
