"""The frame in a real browser: keyboard, menus, theme, languages, weight, and what no page may do."""

from typing import Any

import pytest

LOGIN = "/uz/accounts/login/"
KB = 1024


def first_visit(open_as: Any, part: str | None, path: str) -> tuple[dict[str, int], Any]:
    """Bytes over the wire by kind of file, of a fresh profile."""
    page = open_as(part, "/livez")
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: dict[str, int] = {}
    kinds: dict[str, str] = {}
    session.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))
    session.on("Network.loadingFinished", lambda event: add(sizes, kinds, event))
    page.goto(path, wait_until="networkidle")
    return sizes, page


def add(sizes: dict[str, int], kinds: dict[str, str], event: dict[str, Any]) -> None:
    kind = kinds.get(event["requestId"], "Other")
    sizes[kind] = sizes.get(kind, 0) + int(event["encodedDataLength"])


def test_the_first_visit_is_light_and_stays_on_this_host(open_as: Any) -> None:
    sizes, page = first_visit(open_as, None, LOGIN)
    assert sum(sizes.values()) <= 60 * KB, sizes
    assert sizes.get("Script", 0) <= 30 * KB, sizes
    hosts = page.evaluate("performance.getEntriesByType('resource').map(entry => new URL(entry.name).host)")
    assert set(hosts) == {page.evaluate("location.host")}


def test_the_second_visit_fetches_the_page_and_nothing_else(open_as: Any) -> None:
    _sizes, page = first_visit(open_as, None, LOGIN)
    page.goto("/uz/accounts/password/reset/", wait_until="networkidle")
    fetched = page.evaluate(
        "performance.getEntriesByType('resource').filter(one => one.transferSize > 0).map(one => one.name)"
    )
    assert fetched == []


def test_static_files_have_hashed_names_and_live_for_a_year(open_as: Any) -> None:
    page = open_as(None, LOGIN)
    names = page.eval_on_selector_all(
        "link[rel=stylesheet], script[src]", "them => them.map(one => one.href || one.src)"
    )
    assert len(names) >= 6
    for name in names:
        answer = page.request.get(name)
        assert "immutable" in answer.headers["cache-control"], name
        assert answer.headers.get("content-encoding") in ("br", "gzip"), name


def test_the_first_tab_stop_skips_to_the_content(open_as: Any) -> None:
    page = open_as(None, LOGIN)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_every_tab_stop_shows_its_focus(open_as: Any) -> None:
    page = open_as("ministry_officer", "/ru/settings/")
    seen = []
    for _stop in range(40):
        page.keyboard.press("Tab")
        shown = page.evaluate(
            "() => { const e = document.activeElement; if (e === document.body) return null;"
            " const s = getComputedStyle(e);"
            " return [e.outerHTML.slice(0, 80), s.outlineStyle, parseFloat(s.outlineWidth)]; }"
        )
        if shown is None:
            break
        seen.append(shown)
    assert len(seen) > 8
    assert [stop for stop in seen if stop[1] == "none" or stop[2] < 2] == []


def test_a_menu_opens_and_closes_by_keyboard_and_gives_the_focus_back(open_as: Any) -> None:
    page = open_as(None, LOGIN)
    summary = page.locator(".tools details.menu summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("details.menu[open]").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("details.menu[open]").count() == 0
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_the_language_switch_keeps_page_and_query(open_as: Any) -> None:
    page = open_as(None, "/uz/settings/?a=1&b=2")
    page.locator(".tools details.menu summary").first.click()
    page.get_by_role("link", name="Русский", exact=True).click()
    assert page.url.endswith("/ru/settings/?a=1&b=2")
    assert page.evaluate("document.documentElement.lang") == "ru"


def test_the_theme_changes_at_once_and_is_there_at_the_next_load(open_as: Any) -> None:
    page = open_as("stranger", "/en/settings/")
    ground = "getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(ground)
    page.locator(".tools details.menu summary").last.click()
    with page.expect_response("**/settings/"):
        page.get_by_role("button", name="Dark").click()
    assert page.evaluate(ground) != before
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.locator(".tools details.menu summary").last.click()
    with page.expect_response("**/settings/"):
        page.get_by_role("button", name="As device").click()


def test_signing_in_needs_no_script_and_a_wrong_password_says_what_to_do(open_as: Any, site: Any) -> None:
    page = open_as(None, "/en/accounts/login/", scripts=False)
    page.get_by_label("E-mail").fill(site.people["stranger"].email)
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    assert page.title().startswith("Error: ")
    assert page.locator(".error-summary li").count() == 1
    assert page.get_by_label("E-mail").input_value() == site.people["stranger"].email


def test_the_error_summary_takes_the_focus_and_leads_to_the_field(open_as: Any) -> None:
    page = open_as(None, "/en/accounts/login/")
    page.get_by_role("button", name="Sign in").click()
    assert page.evaluate("document.activeElement.className") == "error-summary"
    page.locator(".error-summary a").first.click()
    assert page.evaluate("document.activeElement.name") == "login"


@pytest.mark.parametrize("path", ["/uz/accounts/login/", "/uz/settings/", "/uz/nowhere/"])
def test_the_browser_enforces_our_rules_against_inline_code(open_as: Any, path: str) -> None:
    page = open_as(None, path)
    policy = page.answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert page.locator("[style], style, script:not([src])").count() == 0
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.broken = 1\">')")
    page.wait_for_timeout(200)
    assert page.evaluate("window.broken") is None


def test_the_page_prints_on_paper_colours_without_menus(open_as: Any) -> None:
    page = open_as("ministry_officer", "/uz/settings/", theme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator(".top").is_hidden()
