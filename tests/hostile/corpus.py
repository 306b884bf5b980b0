"""Hostile values by the kind of field they are sent to: at least 25 classes for each."""

from typing import Any

LONG = "a" * 100_000
TEXT: list[Any] = [
    "", " ", "\t\n", "\u00a0", "\u200b", "\u202eabc", "\ufeff", "\u0000", "\ud800", "\ufffe", "\U0010ffff", "\x1b[31m", "\x7f",
    LONG, "💣" * 5000, "e\u0301" * 3000, "‏ abc", "a\r\nSet-Cookie: x=1", "<script>alert(1)</script>", "oʻ\"><img src=x onerror=alert(1)>",
    "' OR 1=1 --", "'; DROP TABLE accounts_user; --", "\\", "%", "_", "%%%", "${7*7}", "{{7*7}}", "{% debug %}", "../../etc/passwd",
    "..%2f..%2f", "=1+1", "@SUM(A1)", "+1", "＝1+1", "null", "undefined", "true", "NaN", "None", "[]", "{}", "0", "-1", "1e999",
    "\\u0000", "%00", "javascript:alert(1)", "http://169.254.169.254/", "file:///etc/passwd", "a" * 255, "a" * 256, "(" * 1000,
    "(a+)+$", "*", "a:b:c:d", ":", ";", "&amp;", "٣", "Ⅷ", "½", "ǅ", "İ", "ß", "ﬁ", "Ω", "oʻzbek", "oʼzbek", "o'zbek", "ўзбек",
]  # fmt: skip
NUMBER: list[Any] = [
    -1, 0, -0.0, 1.5, 0.1 + 0.2, 1e308, 2**31, 2**63, 2**64, -(2**63) - 1, 10**18, 10**30, 10**400, True, False, None, "", " ", "1",
    "-1", "+1", "01", "1.", ".5", "1e3", "1E400", "NaN", "Infinity", "-Infinity", "0x10", "1_000", "1 000", "1,5", "1\u00a0000", "١٢", "Ⅷ",
    "½", "--1", "1-1", "9" * 400, "0." + "1" * 400, "-0", "0.00001", "99999999999999.99999", [], [1], {}, {"a": 1}, "\u0000",
]  # fmt: skip
DAY: list[Any] = [
    "", " ", "2026-02-29", "2026-02-30", "2026-13-01", "2026-00-10", "2026-1-5", "20261121", "2026-W47-6", "2026-325", "21.11.2026",
    "11/21/2026", "21 November 2026", "0000-01-01", "0001-01-01", "9999-12-31", "10000-01-01", "-2026-01-01", "+2026-01-01",
    "2026-11-21T00:00:00", "2026-11-21T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T23:59:60Z", "2026-11-21T00:00:00+99:00",
    "today", "now", "infinity", "-infinity", "epoch", "٢٠٢٦-١١-٢١", "２０２６-11-21", "2026‑11‑21", 0, 1, -1, 1.5, 20261121, 2**63, True,
    None, [], {}, LONG, "\u0000", "2026-11-21' OR '1'='1",
]  # fmt: skip
IDENTIFIER: list[Any] = [
    "", " ", "0", "-1", "1", "me", "None", "null", "0" * 26, "Z" * 26, "8" + "0" * 25, "01ARZ3NDEKTSV4RRFFQ69G5FAV", "01arz3ndektsv4rrffq69g5fav",
    "0" * 25, "0" * 27, LONG, "a" * 5000, "\u0000", "\ud800", "../1", "%2e%2e", "*", "' OR 1=1 --", "1;1", "1,2", "[1]", "{}", 0, 1, -1, 2**63,
    1.5, True, None, [], [[]], ["a"], {}, {"id": 1}, {"pk": 1}, "public_id", "__class__", "O", "ｏ", "٣", "<b>", "\n",
]  # fmt: skip
TRUTH: list[Any] = [
    "true", "false", "True", "FALSE", "yes", "no", "on", "off", "1", "0", "t", "f", "y", "null", "None", "", " ", "\u0000", 0, 1, -1, 2, 1.0,
    0.0, None, [], [True], {}, {"a": True}, "truе", LONG,
]  # fmt: skip
LIST: list[Any] = [
    "", "a", "[]", "a,b", 0, 1, 1.5, True, None, {}, {"0": 1}, [None], [[]], [[[[]]]], [{}], [1], [True], [1.5], [""], ["\u0000"], ["\ud800"],
    ["a"] * 201, [{}] * 500, [LONG], ["a", 1, None], [{"a": {"a": {"a": {}}}}], [{"institution": []}], [{"institution": "x", "extra": 1}],
    [{"institution": None}], [{"institution": 1}], [{"__proto__": 1}],
]  # fmt: skip
MAP: list[Any] = [
    "", "a", 0, 1, 1.5, True, None, [], [{}], {"": ""}, {"uz": None}, {"uz": 1}, {"uz": []}, {"uz": {}}, {"uz": ""}, {"uz": " "},
    {"uz": "\u0000"}, {"uz": LONG}, {"xx": "a"}, {"uz": "a", "xx": "b"}, {"UZ": "a"}, {"uz": "<script>"}, {"__class__": "a"},
    {"uz": "a" * 301}, {"uz": "\u200b"}, {"a" * 5000: "b"}, {"uz-Cyrl": 5},
]  # fmt: skip
BY_KIND = {
    "string": TEXT + IDENTIFIER, "integer": NUMBER, "number": NUMBER, "boolean": TRUTH, "array": LIST, "object": MAP, "date": DAY,
    "date-time": DAY,
}  # fmt: skip


def hostile_for(schema: dict[str, Any]) -> list[Any]:
    """Values for a field of this schema, and those of every other simple kind too where its kind is not told."""
    kind = schema.get("type")
    kind = next((each for each in kind if each != "null"), "string") if isinstance(kind, list) else kind
    return BY_KIND.get(schema.get("format", ""), BY_KIND.get(kind or "string", TEXT))


def printable(value: Any) -> str | None:
    """A hostile value as a query string carries it; None for what no address can carry."""
    text = value if isinstance(value, str) else str(value)
    return None if len(text) > 20_000 else text.encode("utf-8", "surrogatepass").decode("latin-1")
