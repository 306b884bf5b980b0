"""Public pages in a real browser: light on the first visit, readable without scripts, one tap to the clipboard."""

from typing import Any

import pytest

from tests.browser.test_frame import KB, first_visit

PAGES = (
    "/public/", "/public/territories/{region}/", "/public/territories/{district}/",
    "/public/institutions/{institution}/", "/public/indicators/", "/public/indicators/COV.01/", "/public/data/",
    "/public/snapshots/{snapshot}/",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_a_public_page_weighs_little_and_sets_no_cookie(open_as: Any, site: Any, path: str) -> None:
    sizes, page = first_visit(open_as, None, f"/uz{path.format(**site.landmarks)}")
    assert sum(sizes.values()) <= 90 * KB, sizes
    assert sizes.get("Script", 0) <= 20 * KB, sizes
    assert sizes["Document"] <= 15 * KB, sizes
    assert page.locator("h1").count() == 1
    assert open_as(None, f"/uz{path.format(**site.landmarks)}").context.cookies() == []


def test_the_message_for_a_chat_is_there_without_scripts_and_copied_with_them(open_as: Any) -> None:
    still = open_as(None, "/en/public/indicators/COV.01/", scripts=False)
    text = still.get_by_role("textbox", name="Copy for Telegram").input_value()
    assert "📍" in text
    assert len(text) <= 1000
    assert not still.get_by_role("button", name="Copy for Telegram").is_visible()
    page = open_as(None, "/en/public/indicators/COV.01/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy for Telegram").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").replace("\r\n", "\n") == text


def test_every_name_and_number_leads_on_by_keyboard_from_the_country_to_an_organisation(
    open_as: Any, site: Any
) -> None:
    page = open_as(None, "/en/public/")
    page.locator(f"main a[href*='/territories/{site.landmarks['region']}/']").first.press("Enter")
    page.locator(f"main a[href*='/territories/{site.landmarks['district']}/']").first.press("Enter")
    page.locator(f"main a[href*='/institutions/{site.landmarks['institution']}/']").first.press("Enter")
    page.wait_for_url(f"**/public/institutions/{site.landmarks['institution']}/")
    page.locator("main table a").first.press("Enter")
    page.wait_for_url("**/public/indicators/**")
    assert page.get_by_role("heading", name="Definition").is_visible()
