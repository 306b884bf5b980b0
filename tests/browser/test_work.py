"""Work as people do it: finding a partner, a draft that saves itself, filters, the map, and what pages weigh."""

import time
from typing import Any

import pytest

from tests.browser.test_frame import KB, first_visit
from tests.browser.visits import ADMIN, MINISTRY

Axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="browser tests not run").Axe

WEIGHTS = [
    (MINISTRY, "/uz/dashboard/", 160, 50),
    (MINISTRY, "/uz/indicators/COV.01/", 130, 50),
    (ADMIN, "/uz/agreements/?view=all", 130, 50),
    (MINISTRY, "/uz/institutions/", 130, 50),
    (ADMIN, "/uz/inbox/", 130, 50),
]


@pytest.mark.parametrize(("part", "path", "whole", "scripts"), WEIGHTS)
def test_a_page_keeps_to_its_weight(open_as: Any, part: str, path: str, whole: int, scripts: int) -> None:
    sizes, _page = first_visit(open_as, part, path)
    assert sum(sizes.values()) <= whole * KB, sizes
    assert sizes.get("Script", 0) <= scripts * KB, sizes


def test_a_partner_is_found_and_chosen_by_keyboard_alone(open_as: Any) -> None:
    page = open_as(ADMIN, "/uz/agreements/new/")
    box = page.get_by_role("combobox", name="Hamkor", exact=False).and_(page.locator("input")).first
    box.focus()
    page.keyboard.type("univ")
    page.wait_for_selector("[role=option]")
    assert box.get_attribute("aria-expanded") == "true"
    assert page.locator("#live").inner_text() != ""
    results = Axe().run(page)
    assert not results.response["violations"], results.generate_report()
    page.keyboard.press("ArrowDown")
    first = page.locator("[role=option][aria-selected=true]")
    assert box.get_attribute("aria-activedescendant") == first.get_attribute("id")
    page.keyboard.press("Enter")
    assert page.locator("main .combobox input[type=hidden]").first.input_value() != ""
    assert box.get_attribute("aria-expanded") == "false"


def test_escape_closes_the_list_and_then_clears_the_field(open_as: Any) -> None:
    page = open_as(ADMIN, "/uz/agreements/new/")
    box = page.locator("main [role=combobox]").first
    box.fill("univ")
    page.wait_for_selector("[role=option]")
    page.keyboard.press("Escape")
    assert box.get_attribute("aria-expanded") == "false"
    page.keyboard.press("Escape")
    assert box.input_value() == ""


def test_a_draft_saves_itself_and_is_there_in_another_browser(open_as: Any, site: Any) -> None:
    path = f"/uz/agreements/{site.landmarks['agreement_draft']}/edit/subject/"
    page = open_as(ADMIN, path)
    with page.expect_response("**/save/**", timeout=15_000):
        page.locator("main form input[type=text]").first.fill("Avtomatik saqlangan mavzu")
    page.close()
    again = open_as(ADMIN, path)
    assert again.locator("main form input[type=text]").first.input_value() == "Avtomatik saqlangan mavzu"


def test_a_renewal_by_copy_touches_few_fields_and_takes_less_than_a_minute(open_as: Any, site: Any) -> None:
    began = time.monotonic()
    page = open_as(ADMIN, f"/uz/agreements/{site.landmarks['agreement_in_force']}/renewal/")
    page.locator("main a[href$='/copy/']").click()
    page.wait_for_url("**/copy/")
    fields = page.locator("main form :is(input, select, textarea):visible")
    assert 0 < fields.count() <= 6
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/check/")
    assert not page.locator("#missing-head").count()
    page.locator("main form button[type=submit]").click()
    page.wait_for_function("!location.pathname.endsWith('/check/')")
    assert page.locator(".message-success").count() == 1
    assert time.monotonic() - began <= 60


def test_a_filter_applies_at_once_and_back_undoes_it(open_as: Any) -> None:
    page = open_as(MINISTRY, "/uz/institutions/")
    before = page.locator("#results").inner_text()
    choice = page.locator("form[data-filters] select[name=status]")
    choice.focus()
    choice.select_option(index=2)
    page.wait_for_url("**status=**")
    page.wait_for_function("text => document.getElementById('results').innerText !== text", arg=before)
    assert page.evaluate("document.activeElement.name") == "status"
    page.go_back()
    page.wait_for_load_state()
    assert "status=" not in page.url


def test_the_map_is_walked_by_tab_and_every_shape_tells_its_value(open_as: Any) -> None:
    page = open_as(MINISTRY, "/uz/dashboard/")
    shapes = page.locator(".map svg a[href]:not([tabindex='-1'])")
    assert shapes.count() == page.locator("#territories tbody tr").count()
    names = shapes.evaluate_all("them => them.map(one => one.getAttribute('aria-label'))")
    assert all(": " in name for name in names)
    shapes.first.focus()
    with page.expect_navigation(url="**/uz/dashboard/*/**"):
        page.keyboard.press("Enter")


def test_map_and_table_give_the_same_figures(open_as: Any) -> None:
    page = open_as(MINISTRY, "/uz/dashboard/")
    table = page.locator("#territories tbody tr").evaluate_all(
        "rows => rows.map(row => [row.querySelector('th').innerText.trim(), row.querySelector('td').innerText.trim()])"
    )
    drawn = page.locator(".map svg a[aria-label]:not([tabindex='-1'])").evaluate_all(
        "them => them.map(one => one.getAttribute('aria-label').split(': '))"
    )
    assert {tuple(pair) for pair in table} == {tuple(pair) for pair in drawn}
