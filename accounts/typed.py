"""Days and numbers as people type them, in any of the languages: `1.9.26`, `1 sentabr 2026`, `1 234,5`."""

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import dates, translation

from accounts.folding import search_key

_NUMERIC = re.compile(
    r"(?P<day>\d{1,2})\s*[./-]\s*(?P<month>\d{1,2})\s*[./-]\s*(?P<year>\d{4}|\d{2})(?:\s*[a-zа-я.]{1,2})?"
)
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
_NAMED = re.compile(r"[^\W\d_]{3,}")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_CENTURY = 2000  # a year of two digits is of this century


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    """Every name of a month in every language, folded: full, in its other case, and short."""
    found: dict[str, int] = {}
    for code, _ in settings.LANGUAGES:
        with translation.override(code):
            for names in (dates.MONTHS, dates.MONTHS_ALT, dates.MONTHS_3):
                found.update({search_key(str(name)): number for number, name in names.items()})
    return found


def _built(year: str, month: int, day: str) -> date:
    return date(int(year) + (_CENTURY if len(year) == 2 else 0), month, int(day))


def read_day(text: str) -> date:
    """The day somebody typed; raises ValueError for what is no day.

    Takes day.month.year with any sign between and a year of two or four digits, ISO, and a named month in any language
    and order.
    """
    typed = text.strip().lower()
    if found := _ISO.fullmatch(typed) or _NUMERIC.fullmatch(typed):
        return _built(found["year"], int(found["month"]), found["day"])
    months = {number for word in _NAMED.findall(typed) if (number := _month(word))}
    figures = re.findall(r"\d+", typed)
    if len(months) != 1 or len(figures) != 2:
        raise ValueError(text)
    day, year = figures if len(figures[0]) <= 2 else reversed(figures)
    return _built(year, months.pop(), day)


def _month(word: str) -> int | None:
    """The month a word names, with or without an ending."""
    key = search_key(word)
    if key in _months():
        return _months()[key]
    return next((number for name, number in _months().items() if len(name) > 3 and key.startswith(name)), None)


def read_number(text: str) -> Decimal:
    """The number somebody typed; raises ValueError for what is no number or could be two.

    Blanks part thousands; a comma or a point parts the decimals; with both, the later one does.
    """
    typed = re.sub(r"\s", "", text).replace("−", "-")
    comma, point = typed.rfind(","), typed.rfind(".")
    if comma >= 0 and point >= 0:
        thousands, decimals = (",", ".") if point > comma else (".", ",")
        whole, _, rest = typed.rpartition(decimals)
        if not re.fullmatch(rf"[+-]?\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+", whole):
            raise ValueError(text)
        typed = f"{whole.replace(thousands, '')}.{rest}"
    elif re.fullmatch(r"[+-]?\d{1,3}(?:,\d{3}){2,}", typed):
        typed = typed.replace(",", "")
    typed = typed.replace(",", ".")
    if not typed.isascii() or not _NUMBER.fullmatch(typed):
        raise ValueError(text)
    return Decimal(typed)


class DayInput(forms.DateField):
    """A text box for a day."""

    def to_python(self, value: Any) -> date | None:
        """The day; raises ValidationError with the field's own `invalid` message."""
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        try:
            return read_day(value)
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class NumberInput(forms.DecimalField):
    """A text box for a number."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> Any:
        """The number; raises ValidationError with the field's own `invalid` message."""
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        try:
            return super().to_python(str(read_number(value)))
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
