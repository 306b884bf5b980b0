"""Every address × language × theme × width: no axe violation, no sideways scroll, no complaint in the console.

A subset by default (each address once, languages and looks rotated); the whole matrix with HK_BROWSER_FULL=1.
"""

import itertools
import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.browser.visits import ELSEWHERE, VISITS

Axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="browser tests not run").Axe

LANGUAGES = ("uz", "uz-cyrl", "ru", "en")
LOOKS = (("light", 1280), ("dark", 360), ("dark", 1280), ("light", 360))
FULL = bool(os.environ.get("HK_BROWSER_FULL"))
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CLIPPED = """() => [...document.querySelectorAll('main a, main button, main th, main h1, main h2, main label, .badge')]
    .filter(one => one.clientWidth && one.scrollWidth > one.clientWidth + 1)
    .filter(one => getComputedStyle(one).overflow !== 'visible')
    .map(one => one.outerHTML.slice(0, 100))"""


def cases() -> Iterator[Any]:
    """(visit, language, theme, width)."""
    for number, name in enumerate(VISITS):
        once = [(LANGUAGES[number % 4], LOOKS[(number + number // 4) % 4])]
        chosen = itertools.product(LANGUAGES, LOOKS) if FULL else once
        for language, (theme, width) in chosen:
            yield pytest.param(name, language, (theme, width), id=f"{name}-{language}-{theme}-{width}")


@pytest.mark.parametrize(("name", "language", "look"), list(cases()))
def test_a_page_has_no_barriers_and_fits_its_screen(
    open_as: Any, site: Any, name: str, language: str, look: tuple[str, int]
) -> None:
    visit, (theme, width) = VISITS[name], look
    path = visit.path(site)
    if path is None:
        pytest.skip(f"the world of this run has nothing to show at {name}")
    page = open_as(visit.part, f"/{language}{path}", theme=theme, width=width)
    assert page.answer.status == visit.status
    results = Axe().run(page, options=RULES)
    assert not results.response["violations"], results.generate_report()
    assert page.evaluate(SIDEWAYS) <= 0
    assert page.evaluate(CLIPPED) == []
    assert page.locator("h1").count() == 1
    assert [text for text in page.complaints if f"{visit.status}" not in text] == []
    if width == 360:
        page.set_viewport_size({"width": 320, "height": 640})
        assert page.evaluate(SIDEWAYS) <= 0


def page_names(patterns: Any, inside: bool = False) -> Iterator[str]:
    """Names of all addresses that carry a language prefix."""
    for pattern in patterns:
        prefixed = inside or type(pattern.pattern).__name__ == "LocalePrefixPattern"
        if isinstance(pattern, URLResolver):
            yield from page_names(pattern.url_patterns, prefixed)
        elif isinstance(pattern, URLPattern) and prefixed and pattern.name:
            yield pattern.name


def test_every_page_of_the_site_map_is_visited_or_said_to_be_no_page() -> None:
    names = set(page_names(get_resolver().url_patterns))
    assert len(names) > 20
    forgotten = sorted(name for name in names if name not in VISITS and not name.startswith(ELSEWHERE))
    assert forgotten == []
