"""The list of disagreements: page, file, API, the link from an indicator, the note of an import."""

import csv
import io
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tests.quality.figures import a_figure, a_year, an_indicator

pytestmark = pytest.mark.django_db


@pytest.fixture
def figures(world: SimpleNamespace) -> SimpleNamespace:
    """Pupils of two years: in the first the total is 7 too high, in the second 3 too low."""
    version, first, second = an_indicator("CTX.02"), a_year(2021), a_year(2022)
    for year, whole in ((first, 107), (second, 97)):
        a_figure(version, year, world.country, whole)
        a_figure(version, year, world.north, 60)
        a_figure(version, year, world.south, 40)
    return SimpleNamespace(version=version, first=first, second=second, world=world)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_officers_read_both_figures_and_by_how_much_the_largest_first(
    figures: SimpleNamespace, page_of: Callable[[User], Client], ministry_officer: User
) -> None:
    page = text_of(page_of(ministry_officer).get("/en/discrepancies/"))
    assert "2 figures disagree" in page
    assert page.index("+7") < page.index("−3" if "−3" in page else "-3")
    for figure in ("107", "100", "97"):
        assert figure in page
    only = text_of(page_of(ministry_officer).get("/en/discrepancies/?period=2022-2023"))
    assert "1 figure disagrees" in only
    assert "+7" not in only
    other = text_of(page_of(ministry_officer).get("/en/discrepancies/?territory=91"))
    assert "Nothing was found" in other
    turned = text_of(page_of(ministry_officer).get("/en/discrepancies/?ordering=size"))
    assert turned.index("+7") > turned.index("97")


def test_where_all_fits_the_page_says_so(
    world: SimpleNamespace, page_of: Callable[[User], Client], ministry_officer: User
) -> None:
    assert "All figures fit together" in text_of(page_of(ministry_officer).get("/en/discrepancies/"))


def test_file_and_api_say_the_same_as_the_page(
    figures: SimpleNamespace, page_of: Callable[[User], Client], api_of: Callable[[User], Client], ministry_officer: User
) -> None:  # fmt: skip
    file = page_of(ministry_officer).get("/en/discrepancies/?format=csv")
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig")), delimiter=","))
    rows = rows if len(rows[0]) > 3 else list(csv.reader(io.StringIO(file.content.decode("utf-8-sig")), delimiter=";"))
    assert [[row[7], row[8], row[9]] for row in rows[1:]] == [["107", "100", "7"], ["97", "100", "-3"]]
    told = api_of(ministry_officer).get("/api/v1/discrepancies/?count=true").json()
    assert told["count"] == 2
    assert [(row["published"], row["found"], row["difference"], row["territory"]) for row in told["results"]] == [
        ("107", "100", "7", "9"), ("97", "100", "-3", "9"),
    ]  # fmt: skip
    narrowed = api_of(ministry_officer).get("/api/v1/discrepancies/?indicator=CTX.02&period=2022-2023&kind=places")
    assert [row["difference"] for row in narrowed.json()["results"]] == ["-3"]
    assert api_of(ministry_officer).get("/api/v1/discrepancies/?indicator=CTX.77").status_code == 400


def test_the_page_of_an_indicator_leads_to_its_disagreements(
    figures: SimpleNamespace, page_of: Callable[[User], Client], ministry_officer: User, institution_admin: User
) -> None:
    page = text_of(page_of(ministry_officer).get("/en/indicators/CTX.02/"))
    assert "2 figures disagree" in page
    assert "/en/discrepancies/?indicator=CTX.02" in page
    own = page_of(institution_admin)
    assert "/en/discrepancies/?indicator=CTX.02" not in text_of(own.get("/en/indicators/CTX.02/"))
    assert own.get("/en/discrepancies/").status_code == 403
