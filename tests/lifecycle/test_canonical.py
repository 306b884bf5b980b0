"""Canonical JSON: one spelling for one content, whoever writes it."""

import datetime
import hashlib
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecycle.canonical import canonical_json, content_hash, plain

VECTORS: list[tuple[Any, str]] = [
    ({"b": 1, "a": [True, None, "x"]}, '{"a":[true,null,"x"],"b":1}'),
    ({"\u20ac": "euro", "\r": "return", "\ufb33": "dalet", "1": "one", "\U0001f600": "face", "\x80": "control", "\xf6": "o"},
     '{"\\r":"return","1":"one","\x80":"control","\xf6":"o","\u05d3\u05bc":"dalet","\u20ac":"euro","\U0001f600":"face"}'),
    ("\u20ac$\x0f\nA'B\"\\\\\"/", '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'),
    ("e\u0301", '"\u00e9"'),
    ("o\u02bbzbek", '"o\u02bbzbek"'),
    (datetime.date(2026, 9, 1), '"2026-09-01"'),
    (Decimal("12.5000"), '"12.5"'),
    ([], "[]"),
    ({}, "{}"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "spelled"), VECTORS)
def test_vectors(content: Any, spelled: str) -> None:
    assert canonical_json(content) == spelled


@pytest.mark.parametrize(
    ("number", "text"),
    [("12.5000", "12.5"), ("0E-4", "0"), ("-0", "0"), ("-0.00", "0"), ("1E+3", "1000"), ("100", "100"), ("0.1", "0.1"), ("99999999999999.9999",) * 2],
)  # fmt: skip
def test_a_decimal_has_one_spelling(number: str, text: str) -> None:
    assert plain(Decimal(number)) == text


@pytest.mark.parametrize(
    "content",
    [
        0.1,
        float("nan"),
        {1: 2},
        {"a": object()},
        b"x",
        {"e\u0301": 1, "\u00e9": 2},
        datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
    ],
)
def test_what_has_no_one_spelling_is_refused(content: Any) -> None:
    with pytest.raises(TypeError):
        canonical_json(content)


def test_the_hash_is_sha_256_of_the_text_in_utf_8() -> None:
    assert (
        content_hash("{}")
        == hashlib.sha256(b"{}").hexdigest()
        == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    )


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
CONTENT = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | TEXT
    | st.dates()
    | st.decimals(allow_nan=False, allow_infinity=False, places=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(CONTENT)
def test_the_order_of_keys_never_matters(content: Any) -> None:
    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: turned(value[key]) for key in reversed(list(value))}
        return [turned(item) for item in value] if isinstance(value, list) else value

    try:
        spelled = canonical_json(content)
    except TypeError:
        return  # two keys became one
    assert canonical_json(turned(content)) == spelled
