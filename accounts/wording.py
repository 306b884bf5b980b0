"""Numbers, dates, periods and counts in the words of the reader's language."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext, gettext_lazy, ngettext_lazy, pgettext

from accounts.names import name_now

MINUS = "−"
UNKNOWN = gettext_lazy("There is no such id.")  # of what may not be seen, and of what is not
_PERIOD = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d))?|-Q(?P<quarter>[1-4])|-H(?P<half>[12])"
    r"|-(?P<until>\d{4})(?:-T(?P<term>[1-4]))?)?"
)
NOUNS = {
    "agreement": ngettext_lazy("%(count)s agreement", "%(count)s agreements", "n"),
    "obligation": ngettext_lazy("%(count)s obligation", "%(count)s obligations", "n"),
    "signature": ngettext_lazy("%(count)s signature", "%(count)s signatures", "n"),
    "party": ngettext_lazy("%(count)s party", "%(count)s parties", "n"),
    "partner": ngettext_lazy("%(count)s partner", "%(count)s partners", "n"),
    "institution": ngettext_lazy("%(count)s organisation", "%(count)s organisations", "n"),
    "school": ngettext_lazy("%(count)s school", "%(count)s schools", "n"),
    "territory": ngettext_lazy("%(count)s territory", "%(count)s territories", "n"),
    "district": ngettext_lazy("%(count)s district", "%(count)s districts", "n"),
    "activity": ngettext_lazy("%(count)s activity", "%(count)s activities", "n"),
    "remark": ngettext_lazy("%(count)s remark", "%(count)s remarks", "n"),
    "target": ngettext_lazy("%(count)s target", "%(count)s targets", "n"),
    "release": ngettext_lazy("%(count)s release", "%(count)s releases", "n"),
    "project": ngettext_lazy("%(count)s joint project", "%(count)s joint projects", "n"),
    "pilot": ngettext_lazy("%(count)s pilot project", "%(count)s pilot projects", "n"),
    "practice": ngettext_lazy("%(count)s practice", "%(count)s practices", "n"),
    "resource": ngettext_lazy("%(count)s shared resource", "%(count)s shared resources", "n"),
    "cluster": ngettext_lazy("%(count)s cluster", "%(count)s clusters", "n"),
    "laboratory": ngettext_lazy("%(count)s laboratory", "%(count)s laboratories", "n"),
    "problem": ngettext_lazy("%(count)s problem", "%(count)s problems", "n"),
    "work": ngettext_lazy("%(count)s work", "%(count)s works", "n"),
    "examination": ngettext_lazy("%(count)s examination", "%(count)s examinations", "n"),
    "task": ngettext_lazy("%(count)s assignment", "%(count)s assignments", "n"),
    "step": ngettext_lazy("%(count)s step", "%(count)s steps", "n"),
    "indicator": ngettext_lazy("%(count)s indicator", "%(count)s indicators", "n"),
    "value": ngettext_lazy("%(count)s value", "%(count)s values", "n"),
    "file": ngettext_lazy("%(count)s file", "%(count)s files", "n"),
    "row": ngettext_lazy("%(count)s row", "%(count)s rows", "n"),
    "programme": ngettext_lazy("%(count)s joint programme", "%(count)s joint programmes", "n"),
    "use": ngettext_lazy("%(count)s use", "%(count)s uses", "n"),
    "record": ngettext_lazy("%(count)s record", "%(count)s records", "n"),
    "error": ngettext_lazy("%(count)s error", "%(count)s errors", "n"),
    "item": ngettext_lazy("%(count)s item", "%(count)s items", "n"),
    "result": ngettext_lazy("%(count)s result", "%(count)s results", "n"),
    "day": ngettext_lazy("%(count)s day", "%(count)s days", "n"),
    "hour": ngettext_lazy("%(count)s hour", "%(count)s hours", "n"),
    "minute": ngettext_lazy("%(count)s minute", "%(count)s minutes", "n"),
    "month": ngettext_lazy("%(count)s month", "%(count)s months", "n"),
    "year": ngettext_lazy("%(count)s year", "%(count)s years", "n"),
    "person": ngettext_lazy("%(count)s person", "%(count)s people", "n"),
    "teacher": ngettext_lazy("%(count)s teacher", "%(count)s teachers", "n"),
    "pupil": ngettext_lazy("%(count)s pupil", "%(count)s pupils", "n"),
    "student": ngettext_lazy("%(count)s student", "%(count)s students", "n"),
    "participant": ngettext_lazy("%(count)s participant", "%(count)s participants", "n"),
}


def _decimal(value: Any) -> Decimal | None:
    """An exact number, or None for what is no number; a float is taken as it is written."""
    if value is None or isinstance(value, bool):
        return None
    try:
        found = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def number(value: Any, places: int | None = None) -> str:
    """1 234 567,89; exactly `places` decimals, or at most two and no idle noughts; empty for no number."""
    exact = _decimal(value)
    if exact is None:
        return ""
    rounded = exact.quantize(Decimal(1).scaleb(-(2 if places is None else places)), ROUND_HALF_UP)
    whole, _, rest = f"{abs(rounded):f}".partition(".")
    if places is None:
        rest = rest.rstrip("0")
    groups = formats.get_format("THOUSAND_SEPARATOR").join(
        whole[max(end - 3, 0) : end] for end in range(len(whole) % 3 or 3, len(whole) + 1, 3)
    )
    sign = MINUS if rounded < 0 else ""
    return sign + groups + (formats.get_format("DECIMAL_SEPARATOR") + rest if rest else "")


def _signed(value: Any, places: int) -> str:
    exact = _decimal(value)
    if exact is None:
        return ""
    said = number(exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))
    return said if said == "0" or said.startswith(MINUS) else f"+{said}"


def _percent(said: str) -> str:
    return formats.get_format("PERCENT_FORMAT").format(said) if said else ""


def percent(value: Any, places: int = 1) -> str:
    """12,3 % of a number already in per cent; empty for no number."""
    exact = _decimal(value)
    return "" if exact is None else _percent(number(exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)))


def change(value: Any, places: int = 1) -> str:
    """+4,1 %: a relative change in per cent, always with its sign."""
    return _percent(_signed(value, places))


def difference(value: Any, places: int = 2) -> str:
    """+41: by how much, always with its sign."""
    return _signed(value, places)


def points(value: Any, places: int = 1) -> str:
    """−0,8 percentage points: the difference of two percentages, always with its sign."""
    said = _signed(value, places)
    return gettext("%(points)s pp") % {"points": said} if said else ""


def money(value: Any, currency: Mapping[str, str]) -> str:
    """An amount in whole units; the pack gives the currency's pattern in each language, such as `{amount} €`."""
    said = number(value, 0)
    return name_now(currency).replace("{amount}", said) if said else ""


def _local(value: Any) -> Any:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


def _dated(value: Any, shape: str) -> str:
    if isinstance(value, str) and value:
        value = datetime.fromisoformat(value) if len(value) > 10 else date.fromisoformat(value)
    return formats.date_format(_local(value), shape) if value else ""


def day(value: Any) -> str:
    """21 November 2026, as the language writes a day in full."""
    return _dated(value, "DATE_FORMAT")


def day_short(value: Any) -> str:
    """21.11.2026."""
    return _dated(value, "SHORT_DATE_FORMAT")


def moment(value: Any) -> str:
    """21.11.2026 14:05, on the clock of the country."""
    return _dated(value, "SHORT_DATETIME_FORMAT")


def month(value: Any) -> str:
    """November 2026."""
    return _dated(value, "YEAR_MONTH_FORMAT")


def school_year(value: Any) -> str:
    """2026/2027 school year, from its code, its first calendar year or a day in it (it begins in September)."""
    if not value:
        return ""
    first = value.year - (value.month < 9) if isinstance(value, date) else int(str(value)[:4])
    return gettext("%(first)s/%(last)s school year") % {"first": first, "last": first + 1}


def _part(figure: str) -> str:
    """The number of a part of a year: Roman where the language writes it so."""
    return ("", "I", "II", "III", "IV")[int(figure)] if formats.get_format("ROMAN_PARTS") is True else figure


def _in_school_year(first: int, last: str, term: str | None) -> str:
    """A school year, or a term of it."""
    if not term:
        return school_year(first)
    named = {"first": first, "last": last, "term": _part(term)}
    return gettext("%(first)s/%(last)s school year, term %(term)s") % named


def period_name(period: Any) -> str:
    """The words for a period, given itself or its code: a day, month, quarter, half-year, year, school year or term."""
    code = str(getattr(period, "code", period) or "")
    found = _PERIOD.fullmatch(code)
    if not found:
        return code
    part = found.groupdict()
    year = int(part["year"])
    if part["until"]:
        said = _in_school_year(year, part["until"], part["term"])
    elif part["quarter"]:
        named = {"year": year, "quarter": _part(part["quarter"])}
        said = pgettext("quarter of a year", "Q%(quarter)s %(year)s") % named
    elif part["half"]:
        said = pgettext("half of a year", "H%(half)s %(year)s") % {"year": year, "half": _part(part["half"])}
    elif part["day"]:
        said = day(code)
    elif part["month"]:
        said = month(date(year, int(part["month"]), 1))
    else:
        said = formats.date_format(date(year, 1, 1), "YEAR_FORMAT")
    return said


def counted(count: Any, noun: str) -> str:
    """A count with its noun, in the grammar of the language: 52 teachers."""
    exact = _decimal(count) or Decimal(0)
    # A fraction takes the plural; only whole numbers pick a form.
    words = NOUNS[noun] % {"n": int(exact), "count": number(exact)}
    return str(words)
