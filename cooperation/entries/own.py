"""A person's own record: what they logged or had logged for them, month by month. Nobody else can ask for it."""

import datetime
from statistics import median
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import TruncMonth

from accounts.wording import counted, month
from cooperation.activities.models import Activity, ActivityStatus
from cooperation.activities.presenting import PREFETCH, RELATED, rows_of, seconds_words

MOST_MONTHS = 24


def entries_of(user: Any) -> QuerySet[Activity]:
    """The person's entries; the only list by person there is, and it takes no other person than the reader."""
    rows: QuerySet[Activity] = Activity.objects.visible_to(user).of_person(user)
    return rows


def months_of(user: Any) -> list[datetime.date]:
    """First days of the months with entries, newest first."""
    found = entries_of(user).order_by().annotate(month=TruncMonth("starts_on")).values_list("month", flat=True)
    return sorted(set(found), reverse=True)[:MOST_MONTHS]


def month_named(code: str) -> datetime.date | None:
    """The first day of a month written 2026-11; None for what is no month."""
    try:
        return datetime.date.fromisoformat(f"{code}-01")
    except ValueError:
        return None


def following(first: datetime.date) -> datetime.date:
    """The first day of the next month."""
    return (first + datetime.timedelta(days=32)).replace(day=1)


def record_of(user: Any, first: datetime.date) -> dict[str, Any]:
    """One month of the record in words and figures."""
    rows = entries_of(user).filter(starts_on__gte=first, starts_on__lt=following(first))
    found = list(rows.select_related(*RELATED).prefetch_related(*PREFETCH).order_by("-starts_on", "-pk"))
    standing = [one for one in found if one.status != ActivityStatus.WITHDRAWN]
    confirmed = [one for one in standing if one.status == ActivityStatus.CONFIRMED]
    people = sum(row.number for one in confirmed for row in one.counts.all())
    seconds = [one.entry_seconds for one in standing if one.entry_seconds is not None]
    return {
        "name": month(first),
        "code": f"{first:%Y-%m}",
        "rows": rows_of(found, False),
        "logged": counted(len(standing), "activity"),
        "confirmed": counted(len(confirmed), "activity"),
        "people": counted(people, "participant"),
        "median": seconds_words(median(seconds)) if seconds else "",
    }
