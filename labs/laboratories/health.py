"""How a laboratory has rated itself, quarter by quarter: lines for those who work there, never beside another's."""

import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.wording import number, period_name
from labs.laboratories.models import SCORES, HealthCheck, Laboratory
from quality.charts import charts

LEVELS = {
    1: gettext_lazy("1: missing"),
    2: gettext_lazy("2: in places"),
    3: gettext_lazy("3: mostly there"),
    4: gettext_lazy("4: firmly there"),
}
MEANING = {
    "trust": gettext_lazy("We say openly what does not work."),
    "rigour": gettext_lazy("What we claim, we have measured."),
    "support": gettext_lazy("Our organisations give time and means."),
    "capacity": gettext_lazy("We have the people and skills we need."),
    "value": gettext_lazy("Practice is better for what we do."),
}


def quarters(first: datetime.date, last: datetime.date) -> list[datetime.date]:
    """The first days of all quarters from one to another."""
    found = [first]
    while found[-1] < last:
        year, month = divmod(found[-1].year * 12 + found[-1].month + 2, 12)
        found.append(datetime.date(year, month + 1, 1))
    return found


def code_of(quarter: datetime.date) -> str:
    """A quarter as periods are written."""
    return f"{quarter.year}-Q{(quarter.month + 2) // 3}"


def trend_of(laboratory: Laboratory) -> charts.Lines | None:
    """A line for each of the five; a quarter that nobody rated is a gap."""
    checks = {check.quarter: check for check in laboratory.health_checks.order_by("quarter")}
    if not checks:
        return None
    days = quarters(min(checks), max(checks))
    series = [(word_of(score), points(days, checks, score)) for score in SCORES]
    return charts.lines(_("How we rate ourselves, 1 to 4"), series)


def word_of(score: str) -> str:
    """What one of the five is called."""
    field: Any = HealthCheck._meta.get_field(score)
    return str(field.verbose_name)


def points(days: list[datetime.date], checks: dict[datetime.date, HealthCheck], score: str) -> list[charts.Point]:
    """One of the five over the quarters."""
    found = []
    for day in days:
        value = getattr(checks[day], score) if day in checks else None
        found.append(charts.Point(period_name(code_of(day)), None if value is None else Decimal(value), number(value)))
    return found


def notes_of(laboratory: Laboratory) -> list[dict[str, str]]:
    """What was noted beside the scores, the latest first."""
    rows = laboratory.health_checks.exclude(note="").order_by("-quarter")
    return [{"label": period_name(code_of(check.quarter)), "text": check.note} for check in rows]
