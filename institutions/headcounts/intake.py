"""Reading head counts as they are given, by a program or a file: everything wrong with a row is said at once."""

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from exchange.sheets import day_of
from institutions.headcounts.models import Category
from institutions.registry.models import Institution
from institutions.registry.reading import houses_named

NUMBER = re.compile(r"[0-9]{1,7}\Z")
LONGEST = 300
EARLIEST = datetime.date(1900, 1, 1)
Key = tuple[int, str, datetime.date]


@dataclass(frozen=True)
class Given:
    """One count of one institution, ready to be written."""

    institution: Institution
    category: str
    on_date: datetime.date
    number: int
    source: str = ""

    @property
    def key(self) -> Key:
        return self.institution.pk, self.category, self.on_date


@dataclass(frozen=True)
class Wrong:
    """What is wrong with one field of a row."""

    field: str
    code: str
    message: Any


class Intake:
    """Finds the institutions that rows name in as many queries for one row as for fifty thousand."""

    def __init__(self, rows: Sequence[Mapping[str, str]], user: Any, today: datetime.date) -> None:
        self.today = today
        self.houses = houses_named({row.get("institution") or "" for row in rows} - {""}, user)

    def read(self, row: Mapping[str, str]) -> Given | list[Wrong]:
        """The count of a row, or everything that is wrong with it."""
        wrong: list[Wrong] = []
        house = self.houses.get(row.get("institution") or "")
        if house is None:
            wrong.append(Wrong("institution", "does_not_exist", _("There is no such id.")))
        category = row.get("category") or ""
        if category not in Category.values:
            known = ", ".join(Category.values)
            wrong.append(Wrong("category", "unknown", _("Choose one of: %(known)s.") % {"known": known}))
        on_date = self._day(row.get("on_date") or "", wrong)
        number = row.get("number") or ""
        if not NUMBER.match(number):
            wrong.append(
                Wrong("number", "invalid", _("A whole number of at most 7 digits is expected, not below zero."))
            )
        source = " ".join((row.get("source") or "").split())
        if len(source) > LONGEST:
            message = _("A cell has at most %(most)s characters.") % {"most": LONGEST}
            wrong.append(Wrong("source", "too_long", message))
        if wrong or house is None or on_date is None:
            return wrong
        return Given(house, category, on_date, int(number), source)

    def _day(self, text: str, wrong: list[Wrong]) -> datetime.date | None:
        try:
            day = day_of(text)
        except ValueError:
            day = None
        if day is None:
            wrong.append(Wrong("on_date", "invalid", _("Write the day as 2026-09-01.")))
        elif not EARLIEST <= day <= self.today:
            wrong.append(Wrong("on_date", "future", _("The day of a count is not in the future, nor before 1900.")))
        return day
