"""Templates keep to the house: small components, no inline style or script, icons that exist."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
COMPONENTS = {file.stem for file in (ROOT / "templates" / "components").glob("*.html")}
CONTRACT = {
    "badge", "breadcrumb", "button", "card", "chip", "combobox", "confirm", "diff", "empty", "error_summary", "field",
    "filters", "kpi", "map", "bars", "lines", "sparkline", "message", "moves", "number", "pagination", "progress",
    "row_card", "signature", "step_list", "summary_list", "table", "timeline", "territory_switch", "upload",
}  # fmt: skip
SPRITE = (ROOT / "templates" / "icons.html").read_text()
SYMBOLS = set(re.findall(r'<symbol id="i-([\w-]+)"', SPRITE))


def relative(file: Path) -> str:
    return str(file.relative_to(ROOT / "templates"))


@pytest.mark.parametrize("file", TEMPLATES, ids=relative)
def test_a_template_is_whole(file: Path) -> None:
    get_template(relative(file))


@pytest.mark.parametrize("file", TEMPLATES, ids=relative)
def test_a_template_has_no_inline_style_or_script(file: Path) -> None:
    text = file.read_text()
    assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=\s*[\"']|javascript:", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"(?:src|href)\s*=\s*[\"'](?:https?:)?//", text)
    assert "|safe" not in text


@pytest.mark.parametrize("file", TEMPLATES, ids=relative)
def test_a_template_shows_only_icons_of_the_sprite(file: Path) -> None:
    assert set(re.findall(r'href="#i-([a-z-]+)"', file.read_text())) <= SYMBOLS


def test_every_component_of_the_contract_is_there_and_small() -> None:
    assert COMPONENTS >= CONTRACT
    for file in (ROOT / "templates" / "components").glob("*.html"):
        assert len(file.read_text().splitlines()) <= 80, file.name
        assert "{% comment %}" in file.read_text(), f"{file.name} does not say what it takes"


def test_every_component_of_the_contract_is_on_show() -> None:
    shown = (ROOT / "templates" / "config" / "components.html").read_text()
    inside = "".join(file.read_text() for file in (ROOT / "templates" / "components").glob("*.html"))
    unseen = {
        name for name in CONTRACT if f"components/{name}.html" not in shown and f"components/{name}.html" not in inside
    }
    assert unseen == set()


def test_the_sprite_is_small() -> None:
    assert len(SYMBOLS) <= 60
    assert len(SPRITE.encode()) <= 8 * 1024


def test_scripts_are_small_and_evaluate_nothing() -> None:
    for file in (ROOT / "static" / "js").glob("*.js"):
        text = file.read_text()
        assert len(text.splitlines()) <= 150, file.name
        assert not re.search(r"\beval\(|new Function\(|document\.write", text)
