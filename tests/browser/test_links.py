"""Confirming by a personal link as partners do it: on a phone, without an account, without a script, in seconds."""

import time
from typing import Any

import pytest

from accounts.clock import now
from cooperation.activities.actions import log_activity
from cooperation.activities.links import ask_by_link
from cooperation.activities.models import Activity
from institutions.registry.models import Institution
from institutions.territory.models import Term
from tests.browser.test_frame import KB, first_visit
from tests.browser.test_pages import RULES, SIDEWAYS
from tests.browser.visits import ADMIN

Axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="browser tests not run").Axe


@pytest.fixture
def link(site: Any) -> str:
    """The address of a link about a lesson that the administrator logged with the partner."""
    admin, house = site.people[ADMIN], Institution.objects.get(public_id=site.landmarks["institution"])
    partner = Institution.objects.filter(status="verified").exclude(pk=house.pk).order_by("-pk")[0]
    kind = Term.objects.get(vocabulary="activity_type", code="open_lesson")
    pupils = Term.objects.get(vocabulary="participant_category", code="pupils")
    made = log_activity(by=admin, at=now(), type_=kind, organiser=house, partners=[partner], counts={pupils: 25})
    _link, token = ask_by_link(made, by=admin, at=now(), email="boss@firm.example")
    site.landmarks["activity_logged"] = made.public_id
    return f"/i/{token}/"


@pytest.mark.parametrize(("theme", "width"), [("light", 360), ("dark", 1280)])
def test_a_partner_confirms_with_one_tap_without_account_and_script(
    open_as: Any, site: Any, link: str, theme: str, width: int
) -> None:
    started = time.monotonic()
    page = open_as(None, f"{link}?lang=uz", width=width, theme=theme, scripts=False)
    assert page.answer.status == 200
    button = page.locator("button[value=confirm]")
    assert button.bounding_box()["height"] >= 44
    below = page.viewport_size["height"] - (button.bounding_box()["y"] + button.bounding_box()["height"])
    assert below >= 0, "the answer stands on the first screen"
    button.click()
    page.wait_for_load_state()
    assert time.monotonic() - started < 5
    assert page.locator("h1").count() == 1
    assert page.locator("button").count() == 0
    activity = Activity.objects.get(public_id=site.landmarks["activity_logged"])
    assert activity.status == "confirmed"


@pytest.mark.parametrize(("theme", "width"), [("light", 360), ("dark", 1280)])
def test_the_page_of_a_link_has_no_barriers(open_as: Any, link: str, theme: str, width: int) -> None:
    page = open_as(None, link, width=width, theme=theme)
    for summary in page.locator("summary").all():
        summary.click()
    results = Axe().run(page, options=RULES)
    assert not results.response["violations"], results.generate_report()
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate(SIDEWAYS) <= 0
    assert page.complaints == []
    assert page.locator("script").count() == 0


def test_the_page_of_a_link_keeps_to_its_weight(open_as: Any, link: str) -> None:
    sizes, _page = first_visit(open_as, None, link)
    assert sum(sizes.values()) <= 60 * KB, sizes
    assert sizes.get("Script", 0) == 0


def test_the_logging_side_asks_by_a_link_on_the_page_of_links(open_as: Any, site: Any, link: str) -> None:
    page = open_as(ADMIN, f"/uz/activities/{site.landmarks['activity_logged']}/links/", width=360)
    page.locator("input[name=email]").fill("other@firm.example")
    page.locator("section[aria-labelledby=ask] button[type=submit]").click()
    page.wait_for_selector("[data-link]")
    assert "/i/" in page.locator("[data-link]").inner_text()
    results = Axe().run(page, options=RULES)
    assert not results.response["violations"], results.generate_report()
    assert page.evaluate(SIDEWAYS) <= 0
