"""Agreements of EWP made at random, and its schema."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import xmlschema
from hypothesis import strategies as st

from accounts.spelling import UnsafeText, hygiene
from cooperation.ewp.shapes import KINDS, NEEDS_LANGUAGE, OF_STUDENTS, Area, Iia, Language, Mobility, Partner

HERE = Path(__file__).parent / "ewp"
EXAMPLE = (HERE / "get-response-example.xml").read_bytes()
TYPES = {
    "https://github.com/erasmus-without-paper/ewp-specs-architecture/blob/stable-v1/common-types.xsd": "common",
    "https://github.com/erasmus-without-paper/ewp-specs-types-contact/tree/stable-v1": "contact",
    "https://github.com/erasmus-without-paper/ewp-specs-types-academic-term/tree/stable-v1": "academic-term",
}


@lru_cache(maxsize=1)
def schema() -> Any:
    """The official schema, with the types it takes from elsewhere read from this folder."""
    locations = [(space, str(HERE / "types" / f"{name}.xsd")) for space, name in TYPES.items()]
    return xmlschema.XMLSchema(str(HERE / "get-response.xsd"), locations=locations, allow="local")


def _clean(text: str) -> bool:
    try:
        return hygiene(text) == text and "\r" not in text
    except UnsafeText:
        return False


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\"\\;<&>'"), max_size=40).filter(
    _clean
)
ids = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=20)
maybe_ids = st.just("") | ids
years = st.integers(2000, 2040)
areas = st.builds(
    Area, st.from_regex(r"[0-9]{4}", fullmatch=True, alphabet="0123456789"), st.none() | texts,
    st.just("") | st.from_regex(r"[0-9]{1,3}", fullmatch=True, alphabet="0123456789"),
)  # fmt: skip
languages = st.builds(
    Language, st.sampled_from(["en", "uz", "ru", "de", "uz-Cyrl", "no"]), st.sampled_from(["", "A1", "B2", "C1"]),
    st.none() | areas, st.booleans(),
)  # fmt: skip
totals = st.just("") | st.from_regex(r"[1-9][0-9]{0,2}(\.[0-9]{1,2})?", fullmatch=True, alphabet="0123456789.")


@st.composite
def mobilities(draw: Any, ends: tuple[str, str]) -> Mobility:
    """One of any kind, either way."""
    kind, first = draw(st.sampled_from(KINDS)), draw(years)
    last = first + draw(st.integers(0, 6))
    sending, receiving = draw(st.permutations(ends))
    students = kind in OF_STUDENTS
    return Mobility(
        kind, sending, receiving, f"{first}/{first + 1}", f"{last}/{last + 1}", draw(st.integers(1, 5000)),
        draw(maybe_ids), draw(maybe_ids),
        tuple(draw(st.lists(languages, min_size=int(kind in NEEDS_LANGUAGE), max_size=3))),
        tuple(draw(st.lists(areas, max_size=3))), draw(st.none() | texts), draw(totals),
        draw(st.booleans()) if students else False,
        tuple(draw(st.lists(st.integers(1, 8), max_size=3))) if students else (), draw(st.booleans()),
    )  # fmt: skip


@st.composite
def agreements(draw: Any, ends: tuple[str, str] = ("alpha.example", "beta.example")) -> Iia:
    """Of two partners, with up to four mobilities in the order of the schema."""
    partners = tuple(
        Partner(end, draw(maybe_ids), draw(maybe_ids), draw(texts), draw(st.sampled_from(["", "2024-02-29"])))
        for end in ends
    )
    found = sorted(draw(st.lists(mobilities(ends), max_size=4)), key=lambda each: KINDS.index(each.kind))
    return Iia((partners[0], partners[1]), draw(st.booleans()), tuple(found), draw(st.booleans()), draw(maybe_ids))
