"""The dashboard: one truth on card, map, table, export and API, at a flat price."""

import csv
import io
import random
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from quality.rollups.actions import recount_changed
from quality.rollups.models import Rollup
from tests.factories import a_territory, an_institution
from tests.quality.figures import (
    a_figure,
    a_month,
    a_target,
    a_year,
    an_indicator,
    concluded,
    coverage,
    in_force,
    lead_time,
    the_moment,
)

pytestmark = pytest.mark.django_db
PARTS = {"name", "value", "target", "change", "trend", "category", "how", "updated"}


@pytest.fixture
def figures(world: SimpleNamespace) -> SimpleNamespace:
    """Coverage and lead times over three months, a load coefficient of one school year, a target."""
    version, _median, ratio = (
        coverage(),
        lead_time(),
        an_indicator("CTX.04", "ratio", kinds=["school", "hei", "technikum"]),
    )
    months = [a_month(2026, month) for month in (9, 10, 11)]
    year = a_year(2021)
    houses = [an_institution(place) for place in (world.near, world.near, world.far, world.next_door)]
    in_force(world.a, houses[0], since="2026-09-10")
    in_force(houses[2], world.c, since="2026-10-10")
    concluded(world.a, world.b, proposed="2026-10-01", concluded="2026-10-05")
    for number, house in enumerate([*houses, world.a]):
        a_figure(ratio, year, house, number + 3, 4)
    a_target(version, world.country, months[-1], 50)
    recount_changed(the_moment())
    return SimpleNamespace(world=world, version=version, months=months, year=year)


def text_of(page: Any) -> str:
    return str(page.content.decode())


def test_each_card_has_exactly_its_eight_parts(
    figures: SimpleNamespace, ministry_officer: User, page_of: Callable[..., Client]
) -> None:
    page = page_of(ministry_officer).get("/en/dashboard/")
    assert page.status_code == 200
    cards = re.findall(r'<article class="card kpi".*?</article>', text_of(page), re.DOTALL)
    assert 1 <= len(cards) <= 6
    for card in cards:
        assert set(re.findall(r'data-part="([a-z]+)"', card)) == PARTS


def test_the_four_kinds_of_nothing_are_four_words(
    figures: SimpleNamespace, ministry_officer: User, page_of: Callable[..., Client]
) -> None:
    page = text_of(page_of(ministry_officer).get("/en/dashboard/9/?indicator=CTX.04&period=2021-2022"))
    assert "Load" not in page
    assert 'data-state="missing"' in page or 'data-state="value"' in page


def test_someone_without_a_role_meets_no_place(
    figures: SimpleNamespace, stranger: User, page_of: Callable[..., Client]
) -> None:
    for address in ("/en/dashboard/", "/en/dashboard/9/", "/en/indicators/COV.01/", "/en/indicators/COV.01/rows/"):
        assert page_of(stranger).get(address).status_code == 404, address


def test_an_administrator_reads_the_same_national_figures_as_the_ministry(
    figures: SimpleNamespace, ministry_officer: User, institution_admin: User, page_of: Callable[..., Client]
) -> None:
    values = [
        re.findall(r'data-value="([^"]*)"', text_of(page_of(user).get("/en/dashboard/9/")))
        for user in (ministry_officer, institution_admin)
    ]
    assert values[0] == values[1] != []


def test_a_filter_stands_in_the_address_and_every_number_opens_its_rows(
    figures: SimpleNamespace, ministry_officer: User, page_of: Callable[..., Client]
) -> None:
    browser = page_of(ministry_officer)
    page = text_of(browser.get("/en/dashboard/9/?institution_kind=school&period=2026-10"))
    links = {link.replace("&amp;", "&") for link in re.findall(r'href="(/en/indicators/[^"]*/rows/[^"]*)"', page)}
    assert links
    for link in links:
        assert "institution_kind=school" in link
        assert browser.get(link).status_code == 200
    assert browser.get("/en/dashboard/9/?period=1999-01").status_code == 400
    assert browser.get("/en/dashboard/nowhere/").status_code == 404


def test_card_table_rows_and_export_say_the_same(
    figures: SimpleNamespace, ministry_officer: User, page_of: Callable[..., Client]
) -> None:
    browser = page_of(ministry_officer)
    for code, period in (("9", "2026-10"), ("91", "2026-11"), ("92", "2026-09")):
        query = f"?period={period}"
        page = text_of(browser.get(f"/en/dashboard/{code}/{query}"))
        made = browser.get(f"/en/dashboard/{code}/figures.csv{query}").content.decode("utf-8-sig")
        written = {(row["Indicator"], row["Territory code"]): row for row in csv.DictReader(io.StringIO(made))}
        shown = re.search(r'data-card="COV.01".*?data-value="([^"]*)"', page, re.DOTALL)
        assert shown is not None
        assert written["COV.01", code]["Value"] == shown[1]
        for (indicator, place), row in written.items():
            stored = Rollup.objects.get(
                version__indicator__code=indicator,
                territory__code=place,
                period__code=row["Period"],
                institution_kind=None,
            )
            assert row["State"] == stored.state
            assert (row["Value"] or None) == (
                None if stored.value is None else f"{stored.value.normalize():f}" if stored.value else "0"
            )


def test_the_count_of_the_list_is_the_number_that_was_clicked(
    figures: SimpleNamespace, ministry_officer: User, page_of: Callable[..., Client]
) -> None:
    browser = page_of(ministry_officer)
    cells = list(
        Rollup.objects.filter(version=figures.version).select_related("territory", "period", "institution_kind")
    )
    for cell in random.Random(7).sample(cells, min(len(cells), 40)):  # noqa: S311
        kind = f"&institution_kind={cell.institution_kind.code}" if cell.institution_kind else ""
        address = f"/en/indicators/COV.01/rows/?territory={cell.territory.code}&period={cell.period.code}{kind}"
        for part, number in (("numerator", cell.numerator), ("denominator", cell.denominator)):
            page = browser.get(f"{address}&part={part}")
            assert page.context["whole"] == int(number)
            assert page.context["seen"] + page.context["hidden"] == int(number)


def queries_of(browser: Client, address: str) -> int:
    browser.get(address)  # the first visit of a session writes down where it came from
    with CaptureQueriesContext(connection) as seen:
        assert browser.get(address).status_code == 200
    return len(seen.captured_queries)


@pytest.mark.parametrize("code", ["9", "91", "911"])
def test_the_price_of_a_dashboard_does_not_grow(
    figures: SimpleNamespace, ministry_officer: User, page_of: Callable[..., Client], code: str
) -> None:
    browser = page_of(ministry_officer)
    before = queries_of(browser, f"/en/dashboard/{code}/")
    for number in range(6):
        place = a_territory(f"91{number + 3}", figures.world.north)
        for _each in range(3):
            in_force(an_institution(place), an_institution(figures.world.near), since="2026-09-01")
    recount_changed(the_moment())
    assert queries_of(browser, f"/en/dashboard/{code}/") <= before
    assert before <= 12


@pytest.mark.parametrize("who", ["ministry_officer", "regional_officer", "institution_admin"])
def test_dashboards_ask_the_database_twelve_times_at_most_and_a_page_of_one_indicator_fifteen(
    figures: SimpleNamespace, request: pytest.FixtureRequest, page_of: Callable[..., Client], who: str
) -> None:
    browser = page_of(request.getfixturevalue(who))
    addresses = (
        "dashboard/", "dashboard/9/", "dashboard/91/", "dashboard/911/", "dashboard/911/?indicator=AGR.03",
        "dashboard/9/?institution_kind=school&period=2026-10", "dashboard/9/?indicator=CTX.04",
        "dashboard/911/?indicator=CTX.04", "indicators/COV.01/", "indicators/COV.01/?territory=911",
    )  # fmt: skip
    asked = {address: queries_of(browser, f"/en/{address}") for address in addresses}
    most = {address: 12 if address.startswith("dashboard") else 15 for address in addresses}
    assert not {address: count for address, count in asked.items() if count > most[address]}


def test_a_district_says_of_each_organisation_whether_it_counts(
    figures: SimpleNamespace, ministry_officer: User, page_of: Callable[..., Client]
) -> None:
    page = text_of(page_of(ministry_officer).get("/en/dashboard/911/"))
    said = re.findall(r'data-label="Counted" class="figure">(yes|no)<', page)
    stored = Rollup.objects.get(
        version=figures.version, territory__code="911", period__code="2026-11", institution_kind=None
    )
    assert said.count("yes") == stored.numerator
    assert len(said) == stored.denominator


def test_a_fresh_site_says_why_there_is_nothing(
    world: SimpleNamespace, ministry_officer: User, page_of: Callable[..., Client]
) -> None:
    page = page_of(ministry_officer).get("/en/dashboard/")
    assert page.status_code == 200
    assert "Nothing has been counted here yet" in text_of(page)


def test_every_page_of_figures_opens(
    figures: SimpleNamespace, ministry_officer: User, page_of: Callable[..., Client]
) -> None:
    browser = page_of(ministry_officer)
    for address in (
        "/en/indicators/", "/en/indicators/COV.01/", "/en/indicators/AGR.03/?territory=91", "/en/indicators/CTX.04/",
        "/en/indicators/COV.01/values.xlsx?territory=9", "/en/indicators/COV.01/values.csv?territory=9",
        "/en/indicators/CTX.04/rows/?part=denominator", "/en/dashboard/9/figures.xlsx", "/en/dashboard/911/",
        "/en/dashboard/go/?territory=91", "/en/dashboard/9/?show=red", "/en/dashboard/9/?ordering=-name",
    ):  # fmt: skip
        assert browser.get(address).status_code in (200, 302), address
