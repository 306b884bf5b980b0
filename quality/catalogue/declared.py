"""What things let be counted: each says it in its `indicators.py`, one entry an indicator; the engine does the rest.

A *contribution* is what one row gives: `subject` (the row's own id, counted once inside a place), `house` (the
institution that places it, by the hierarchy on the day), `numerator` and `denominator` (for a median the numerator is
the measured value). A row that several institutions share gives one contribution for each of them; a `shared` entry also
gives `day` after `house`, the day by whose hierarchy the row is placed there.
"""

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
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
    """One row behind a number, in words; `page_id` finds its page, `house` is the institution it belongs to, `figure`
    what it adds where that is not one."""

    subject_id: str
    title: str
    page_id: str
    house: Any = None
    figure: Decimal | None = None


@dataclass(frozen=True)
class Base:
    """Other rows by which a shared numerator is divided: `rows(span)` are dicts {subject, house, denominator}, one an
    institution. Of the reference set each is expected to have one: who has none adds nothing to either sum.
    """

    subject_type: str
    rows: Callable[[Span], QuerySet[Any, Any]]
    visible: Callable[[Any], QuerySet[Any]]
    line: Callable[[Any], Line]
    ordering: tuple[str, ...]
    page: str


@dataclass(frozen=True)
class Entry:
    """How one indicator of the catalogue is counted from records.

    `contributions(span)` is a queryset of dicts {subject, house, numerator, denominator}. `of_reference`: only
    institutions active on the day and of the kinds of the definition count, and each is expected to have a value.
    `visible(user)` are the subjects a person may see, with what `line(subject)` needs to say one in words; `ordering`
    lists them, `page` names the URL of one. `heeds` maps the subject
    types of Events to a function that tells from which day on the things named by their ids may have changed the
    count (None: not at all). `since()` is the first day on which there is anything to count. `shared`: rows of several
    institutions, each once in every place where one of them lay on the row's day.

    `trail` names the rows whose changes the database notes (see Trail): a change is counted in every period that
    holds the row's day, or ends less than `reach` days after it. With `before(images)`, which gives the contributions of
    the noted images, only what changed is counted; else such a period is counted whole. `base`: see Base.
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
    shared: bool = False
    trail: str = ""
    reach: int = 0
    before: Callable[[QuerySet[Any]], QuerySet[Any, Any]] | None = None
    base: Base | None = None


@dataclass(frozen=True)
class Trail:
    """Rows of which triggers note, in the transaction that changes them, how they were counted before (rollups.Before).

    `days(keys)`: the present days of the rows with these primary keys.
    """

    subject_type: str
    days: Callable[[list[int]], Iterable[datetime.date]]


ENTRIES: dict[str, Entry] = {}
TRAILS: dict[str, Trail] = {}


def counts(entry: Entry) -> Entry:
    """Registers an entry once, whatever is imported twice."""
    return ENTRIES.setdefault(entry.code, entry)


def follows(trail: Trail) -> Trail:
    """Registers a trail once."""
    return TRAILS.setdefault(trail.subject_type, trail)


def counted_codes() -> set[str]:
    """Codes of the indicators that some thing lets be counted."""
    return set(ENTRIES)
