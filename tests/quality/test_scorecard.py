"""The scorecard: every indicator at the places one level down, held against its target; one truth on page, API and file."""

import csv
import io
import re
from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import User
from quality.catalogue.models import Method
from quality.rollups.actions import recount_changed
from tests.factories import a_territory, an_institution
from tests.quality.figures import a_figure, a_target, a_year, an_indicator, the_moment

pytestmark = pytest.mark.django_db


@pytest.fixture
def figures(world: SimpleNamespace) -> SimpleNamespace:
    """Two core indicators of a year, one of which most of the south says nothing, one that nobody collects."""
    done = an_indicator("RES.04", Method.SHARE, factor=100, kinds=["school", "hei", "technikum"], is_core=True)
    load = an_indicator("CTX.04", Method.RATIO, kinds=["school", "hei", "technikum"])
    silent = an_indicator("GOV.04", is_core=True)
    year = a_year(2025)
    for house, numbers in ((world.a, (95, 100)), (world.b, (62, 100)), (world.c, (80, 100))):
        a_figure(done, year, house, *numbers)
        a_figure(load, year, house, 30, 20)
    for number in range(2):
        an_institution(world.far, f"Silent school {number}")
    recount_changed(the_moment())
    a_target(done, world.country, year, 80)
    return SimpleNamespace(done=done, load=load, silent=silent, year=year, **vars(world))


def cells(page: str, code: str) -> list[str]:
    row = next(row for row in re.findall(r"<tr role=\"row\">.*?</tr>", page, re.DOTALL) if f"{code} ·" in row)
    return re.findall(r"<td.*?</td>", row, re.DOTALL)


def test_each_cell_has_a_word_and_an_icon_with_its_colour_and_thin_data_have_none(
    figures: SimpleNamespace, ministry_officer: User, page_of: Callable[..., Client]
) -> None:
    page = page_of(ministry_officer).get("/en/scorecard/?period=2025-2026").content.decode()
    whole, north, south = cells(page, "RES.04")
    assert 'data-category="yellow"' in north and "Close to the target" in north and "#i-warning" in north
    assert "98" in north  # per cent of the target
    assert "80" in south and "from 1 of 3" in south
    assert "data-category" not in south and "target" not in south  # one of three: no colour, no comparison
    assert "data-category" in whole
    assert "GOV.04" in page and "CTX.04 ·" not in page
    below = page_of(ministry_officer).get("/en/scorecard/91/?period=2025-2026").content.decode()
    assert [re.findall(r'data-category="(\w+)"', cell) for cell in cells(below, "RES.04")[1:]] == [["green"], ["red"]]


def test_names_lead_one_level_down_and_numbers_to_their_rows(
    figures: SimpleNamespace, ministry_officer: User, page_of: Callable[..., Client]
) -> None:
    browser = page_of(ministry_officer)
    page = browser.get("/en/scorecard/?period=2025-2026&show=all").content.decode()
    assert 'href="/en/scorecard/91/?period=2025-2026' in page
    assert "CTX.04 ·" in page
    links = {link.replace("&amp;", "&") for link in re.findall(r'href="(/en/indicators/[^"]*/rows/[^"]*)"', page)}
    assert len(links) == 6
    for link in links:
        assert browser.get(link).status_code == 200


def test_page_program_and_file_say_the_same(
    figures: SimpleNamespace, teacher: User, api_of: Callable[..., APIClient], page_of: Callable[..., Client]
) -> None:
    told = api_of(teacher).get("/api/v1/scorecards/territories/9/?show=all&period=2025-2026").json()
    assert [row["indicator"] for row in told["rows"]] == ["RES.04", "CTX.04"]
    assert told["not_collected"] == ["GOV.04"]
    flat = [figure for row in told["rows"] for figure in (row["whole"], *row["figures"])]
    made = page_of(teacher).get("/en/scorecard/9/figures.csv?show=all&period=2025-2026").content.decode("utf-8-sig")
    written = list(csv.DictReader(io.StringIO(made)))
    assert len(written) == len(flat) == 6
    page = page_of(teacher).get("/en/scorecard/9/?show=all&period=2025-2026").content.decode()
    for row, figure in zip(written, flat, strict=True):
        assert (row["Indicator"], row["Territory code"]) == (figure["indicator"], figure["territory"])
        assert (row["Value"], row["Target"]) == (figure["value"] or "", figure["target"] or "")
        assert bool(row["Category"]) == bool(figure["category"])
        if figure["value"]:
            assert f">{round(Decimal(figure['value']), 1):f}".removesuffix(".0") in page


def test_it_asks_no_more_often_where_there_is_more(
    figures: SimpleNamespace, ministry_officer: User, page_of: Callable[..., Client]
) -> None:
    browser = page_of(ministry_officer)

    def asked() -> int:
        browser.get("/en/scorecard/?show=all")
        with CaptureQueriesContext(connection) as queries:
            assert browser.get("/en/scorecard/?show=all").status_code == 200
        return len(queries)

    before = asked()
    for number in range(12):
        place = a_territory(f"93{number}", figures.country)
        house = an_institution(place, f"More {number}")
        a_figure(figures.done, figures.year, house, 50, 100)
    for number in range(6):
        more: Any = an_indicator(f"XTR.{number:02}", Method.RATIO, is_core=True)
        a_figure(more, figures.year, figures.a, number, 10)
    recount_changed(the_moment())
    assert asked() == before <= 12


def test_without_a_role_there_is_no_scorecard(
    figures: SimpleNamespace, stranger: User, page_of: Callable[..., Client]
) -> None:
    for address in ("/en/scorecard/", "/en/scorecard/9/", "/en/scorecard/9/figures.csv"):
        assert page_of(stranger).get(address).status_code == 404
