"""Every address × language × theme × width: no axe violation, no sideways scroll, no complaint in the console."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

LANGUAGES = ("uz", "uz-cyrl", "ru", "en")
ADDRESSES = (
    (None, "/accounts/login/"),
    (None, "/accounts/password/reset/"),
    (None, "/settings/"),
    (None, "/nowhere/"),
    ("staff", "/settings/components/"),
    ("stranger", "/accounts/password/change/"),
)
LOOKS = [("light", 1280), ("dark", 360), ("dark", 1280), ("light", 360)]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def cases() -> list[Any]:
    """Each address once, languages and looks rotated."""
    found = []
    for number, (part, path) in enumerate(ADDRESSES):
        language = LANGUAGES[number % 4]
        theme, width = LOOKS[(number // 2) % 4]
        found.append(pytest.param(part, f"/{language}{path}", theme, width, id=f"{language}{path}-{theme}-{width}"))
    return found


@pytest.mark.parametrize(("part", "path", "theme", "width"), cases())
def test_a_page_has_no_barriers_and_fits_its_screen(open_as: Any, part: Any, path: str, theme: str, width: int) -> None:
    page = open_as(part, path, theme=theme, width=width)
    results = Axe().run(page, options=RULES)
    assert not results.response["violations"], results.generate_report()
    assert page.evaluate(SIDEWAYS) <= 0
    expected = [text for text in page.complaints if "404" not in text]
    assert expected == []
