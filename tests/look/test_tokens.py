"""Colours are said once, in tokens.css, and every pair that meets on a page can be read."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CSS = ROOT / "static" / "css"
TOKENS = (CSS / "tokens.css").read_text()
GROUNDS = ("page", "surface")
TEXT_PAIRS = [
    *((ink, ground) for ink in ("text", "muted", "action", "bad", "ok", "warn") for ground in GROUNDS),
    ("text", "neutral-ground"), ("muted", "neutral-ground"), ("on-action", "action"), ("page", "bad"),
    ("ok", "ok-ground"), ("warn", "warn-ground"), ("bad", "bad-ground"), ("text", "warn-ground"), ("action", "seq-1"), ("ink", "paper"),
    *((f"on-seq-{step}", f"seq-{step}") for step in range(1, 6)),
]  # fmt: skip
EDGE_PAIRS = [("edge", "page"), ("edge", "surface"), ("action", "page"), ("action", "neutral-ground"), ("text", "page")]
COLOUR = re.compile(
    r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|oklch)\(|:\s*(?:white|black|red|green|blue|grey|gray|yellow|orange|navy|teal)\b"
)


def block(start: str) -> dict[str, str]:
    """The custom properties of the rule whose selector begins so."""
    body = TOKENS[TOKENS.index(start) :].split("{", 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", body))


LIGHT = block(":root {")
DARK_CHOSEN = block(':root[data-theme="dark"] {')
DARK_DEVICE = block(':root:not([data-theme="light"]) {')
THEMES = {"light": LIGHT, "dark": {**LIGHT, **DARK_CHOSEN}}


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_can_be_read_on_its_ground(theme: str, ink: str, ground: str) -> None:
    tokens = THEMES[theme]
    assert contrast(tokens[ink], tokens[ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("edge", "ground"), EDGE_PAIRS)
def test_edges_of_controls_stand_out(theme: str, edge: str, ground: str) -> None:
    tokens = THEMES[theme]
    assert contrast(tokens[edge], tokens[ground]) >= 3


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("step", range(1, 6))
def test_the_double_border_of_a_map_stands_out_from_any_fill(theme: str, step: int) -> None:
    tokens = THEMES[theme]
    fill = tokens[f"seq-{step}"]
    assert max(contrast(tokens["text"], fill), contrast(tokens["page"], fill)) >= 3


def test_dark_by_choice_and_dark_by_device_are_the_same() -> None:
    assert DARK_CHOSEN == DARK_DEVICE
    same_in_both = {"paper", "ink"}  # the readers of the API know no dark
    assert set(DARK_CHOSEN) >= {name for name, value in LIGHT.items() if value.startswith("#")} - same_in_both


def test_the_tokens_are_those_of_the_contract() -> None:
    assert (LIGHT["action"], LIGHT["text"]) == ("#0b5cad", "#1b1f24")
    assert len(TOKENS.encode()) <= 6 * 1024


def test_no_colour_stands_outside_the_tokens() -> None:
    found = []
    for file in (*CSS.glob("*.css"), *(ROOT / "templates").rglob("*.html"), *(ROOT / "static" / "js").glob("*.js")):
        if file.name == "tokens.css":
            continue
        text = re.sub(r"/\*.*?\*/", "", file.read_text(), flags=re.DOTALL)
        text = re.sub(r"&#\w+;|href=\"#[^\"]*\"|\{#.*?#\}|url\(#[^)]*\)", "", text)
        found += [f"{file.relative_to(ROOT)}: {hit.group()}" for hit in COLOUR.finditer(text)]
    assert found == []
