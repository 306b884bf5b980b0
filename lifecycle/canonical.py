"""Canonical JSON (the rules of RFC 8785, text in NFC) and its SHA-256: what the parties of an agreement sign.

Floats are refused, for their shortest form differs between languages: decimals travel as strings, dates as ISO dates.
"""

import datetime
import hashlib
import json
import unicodedata
from decimal import Decimal
from typing import Any


def canonical_json(content: Any) -> str:
    """One spelling for one content: keys in UTF-16 order, no spaces, NFC. Raises TypeError for what has no one form."""
    return json.dumps(_settle(content), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def content_hash(canonical: str) -> str:
    """SHA-256 of canonical JSON, 64 hex characters."""
    return hashlib.sha256(canonical.encode()).hexdigest()


def _settle(value: Any) -> Any:
    if isinstance(value, dict):
        named = {unicodedata.normalize("NFC", key): _settle(item) for key, item in value.items()}
        if len(named) != len(value):
            raise TypeError("two keys become one under NFC")
        return {key: named[key] for key in sorted(named, key=lambda k: k.encode("utf-16-be"))}
    if isinstance(value, list | tuple):
        return [_settle(item) for item in value]
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    return _settle_scalar(value)


def _settle_scalar(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value.isoformat()
    if value is None or isinstance(value, bool | int):
        return value
    raise TypeError(f"{type(value).__name__} has no canonical form")


def plain(number: Decimal) -> str:
    """A decimal without exponent and without idle zeros: 12.5000 → "12.5", 0E-4 → "0"."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
