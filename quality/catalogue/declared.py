"""What things let be counted: each says it in its `indicators.py`, one entry an indicator; the engine does the rest.

A *contribution* is what one row gives: `subject` (the row's own id, counted once inside a place), `house` (the
institution that places it, by the hierarchy on the day), `numerator` and `denominator` (for a median the numerator is
the measured value). A row that several institutions share gives one contribution for each of them.
"""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet


@dataclass(frozen=True)
class Span:
    """The period that is counted, and the day that stands for it: its last one, or today while it runs."""

    starts_on: datetime.date
    ends_on: datetime.date
    day: datetime.date


@dataclass(frozen=True)
class Line:
    """One row behind a number, in words; `page_id` finds its page, `house` is the institution it belongs to."""

    subject_id: str
    title: str
    page_id: str
    house: Any = None


@dataclass(frozen=True)
class Entry:
    """How one indicator of the catalogue is counted from records.

    `contributions(span)` is a queryset of dicts {subject, house, numerator, denominator}. `of_reference`: only
    institutions active on the day and of the kinds of the definition count, and each is expected to have a value.
    `visible(user)` are the subjects a person may see, with what `line(subject)` needs to say one in words; `ordering`
    lists them, `page` names the URL of one. `heeds` maps the subject
    types of Events to a function that tells from which day on the things named by their ids may have changed the
    count (None: not at all). `since()` is the first day on which there is anything to count.
    """

    code: str
    subject_type: str
    contributions: Callable[[Span], QuerySet[Any, Any]]
    visible: Callable[[Any], QuerySet[Any]]
    line: Callable[[Any], Line]
    ordering: tuple[str, ...]
    page: str
    heeds: Mapping[str, Callable[[list[str]], datetime.date | None]]
    since: Callable[[], datetime.date | None]
    of_reference: bool = True


ENTRIES: dict[str, Entry] = {}


def counts(entry: Entry) -> Entry:
    """Registers an entry once, whatever is imported twice."""
    return ENTRIES.setdefault(entry.code, entry)


def counted_codes() -> set[str]:
    """Codes of the indicators that some thing lets be counted."""
    return set(ENTRIES)
