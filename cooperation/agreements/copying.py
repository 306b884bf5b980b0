"""Last year's agreement as a new draft: the same parties and terms, the dates moved on by its own length."""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied

from cooperation.agreements.actions import draft_agreement
from cooperation.agreements.calendar import DAY, months_later
from cooperation.agreements.drafting import copy_content
from cooperation.agreements.models import Agreement
from cooperation.agreements.rules import admin_houses, can_copy, party_houses
from institutions.registry.models import Institution


def draft_or_copy(*, copy_of: Agreement | None = None, by: Any, at: datetime.datetime, **content: Any) -> Agreement:
    """A new draft, with the terms of another one where one is named."""
    if copy_of is None:
        return draft_agreement(by=by, at=at, **content)
    return copy_agreement(copy_of, by=by, at=at, **content)


def copy_agreement(
    source: Agreement, *, by: Any, at: datetime.datetime, institution: Institution | None = None, **content: Any
) -> Agreement:
    """A new draft with the terms of a concluded agreement; what is given in `content` stands instead."""
    if not can_copy(by, source) or source.concluded is None:
        raise PermissionDenied
    own = admin_houses(by) & party_houses(source)
    house = institution or Institution.objects.filter(pk__in=own).order_by("pk").first()
    taken = copy_content(source.concluded)
    starts_on, ends_on = content.get("starts_on") or next_start(source), content.get("ends_on") or next_end(source)
    moved = starts_on - source.starts_on if starts_on and source.starts_on else datetime.timedelta()
    terms = [
        {**term, "key": "", "due_on": later(term["due_on"], moved, ends_on)} for term in taken.pop("terms")
    ]  # fmt: skip
    dates = {"starts_on": starts_on, "ends_on": ends_on, "review_on": None}
    return draft_agreement(by=by, at=at, institution=house, **{**taken, "terms": terms, **dates, **content})


def next_start(source: Agreement) -> datetime.date | None:
    """The day after the last one."""
    return source.ends_on + DAY if source.ends_on else None


def next_end(source: Agreement) -> datetime.date | None:
    """As long again: whole months where it lasted whole months, else as many days."""
    starts_on, ends_on, begins = source.starts_on, source.ends_on, next_start(source)
    if starts_on is None or ends_on is None or begins is None:
        return None
    months = (begins.year - starts_on.year) * 12 + begins.month - starts_on.month
    if months > 0 and begins.day == starts_on.day:
        return months_later(begins, months) - DAY
    return ends_on + (begins - starts_on)


def later(day: datetime.date | None, moved: datetime.timedelta, last: datetime.date | None) -> datetime.date | None:
    """A due date in the new period, not after its end."""
    if day is None:
        return None
    return min(day + moved, last) if last else day + moved
