"""Public pages by themselves: nobody is ranked, every figure opens its definition, hostile addresses are refused."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import translation

from accounts.models import User
from quality.releases.public import MOST, message
from tests.quality.test_releases import figures, published, second

__all__ = ["figures", "second"]


def test_places_stand_by_name_without_ranks_and_a_message_fits_into_a_chat(
    figures: SimpleNamespace, ministry_officer: User, second: User
) -> None:
    link = published(figures.month, ministry_officer, second).permalink
    page = Client().get("/en/public/indicators/COV.01/").content.decode()
    assert "📍" in page.split("<textarea")[1].split("</textarea>")[0]
    rows = [(f"A place with a rather long name {n}", "12.3%") for n in range(300)]
    with translation.override("en"):
        text = message("A title", rows, link, "https://example.org/en/public/indicators/COV.01/")
    assert len(text) <= MOST
    assert "more" in text
    assert text.endswith("https://example.org/en/public/indicators/COV.01/")
    assert "ranking" not in page


def test_every_figure_opens_its_definition_and_pages_name_their_languages(
    figures: SimpleNamespace, ministry_officer: User, second: User
) -> None:
    published(figures.month, ministry_officer, second)
    place = Client().get("/en/public/territories/91/").content.decode()
    assert "/en/public/indicators/COV.01/?territory=91" in place
    page = Client().get("/en/public/indicators/COV.01/?territory=91").content.decode()
    assert "What is counted" in page
    for tag in ("uz-Latn", "uz-Cyrl", "ru", "en"):
        assert f'hreflang="{tag}"' in page


@pytest.mark.parametrize(
    "address",
    [
        "territories/nowhere/", "territories/%00/", "territories/9'--/", "indicators/COV.01/?territory=%27",
        "indicators/<script>/", "snapshots/999999999/", "snapshots/0/", "snapshots/1.5/", "data/1.exe", "data/0.csv",
        "institutions/../", "institutions/" + "0" * 26 + "/", "territories/9/?page=99999999999999999999",
        "territories/9/?page=-1", "territories/9/?page=²", "indicators/COV.01/?territory=" + "9" * 5000,
    ],
)  # fmt: skip
def test_hostile_addresses_are_refused_and_never_a_fault(
    figures: SimpleNamespace, ministry_officer: User, second: User, address: str
) -> None:
    published(figures.month, ministry_officer, second)
    assert Client().get(f"/en/public/{address}").status_code in (200, 302, 400, 404, 414)


def test_a_signed_in_person_sees_the_same_public_page_as_everybody(
    figures: SimpleNamespace, ministry_officer: User, second: User, page_of: Callable[..., Client]
) -> None:
    published(figures.month, ministry_officer, second)
    told = page_of(ministry_officer).get("/en/public/indicators/").content
    assert told == Client().get("/en/public/indicators/").content
