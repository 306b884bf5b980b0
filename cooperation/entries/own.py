"""A person's own record: what they logged or had logged for them, month by month. Nobody else can ask for it."""

import datetime
from statistics import median
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import TruncMonth

from accounts.names import name_now
from accounts.wording import counted, day_short, month, number
from cooperation.activities.models import Activity, ActivityStatus, Thanks
from cooperation.activities.presenting import PREFETCH, RELATED, rows_of, seconds_words
from cooperation.trainings.models import Certificate
from cooperation.trainings.presenting import told
from institutions.registry.scope import houses

MOST_MONTHS = 24


def entries_of(user: Any) -> QuerySet[Activity]:
    """The person's entries; the only list by person there is, and it takes no other person than the reader."""
    rows: QuerySet[Activity] = Activity.objects.visible_to(user).of_person(user)
    return rows


def certificates_of(user: Any) -> QuerySet[Certificate]:
    """The person's own certificates that hold."""
    rows: QuerySet[Certificate] = Certificate.objects.of_person(user).standing()
    return rows.select_related("place__activity")


def months_of(user: Any) -> list[datetime.date]:
    """First days of the months with entries or certificates, newest first."""
    found = entries_of(user).order_by().annotate(month=TruncMonth("starts_on")).values_list("month", flat=True)
    learned = certificates_of(user).values_list("place__activity__starts_on", flat=True)
    return sorted({*found, *(day.replace(day=1) for day in learned)}, reverse=True)[:MOST_MONTHS]


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
    seconds = [one.entry_seconds for one in standing if one.entry_seconds is not None]
    return {
        "name": month(first),
        "code": f"{first:%Y-%m}",
        "rows": rows_of(found, False),
        "logged": counted(len(standing), "activity"),
        "confirmed": counted(len(confirmed), "activity"),
        **_reached(confirmed, houses(user)),
        "median": seconds_words(median(seconds)) if seconds else "",
        "thanks": thanks_in(user, first),
        "certificates": [told(each) for each in certificates_in(user, first)],
    }


def _reached(confirmed: list[Activity], own: set[int]) -> dict[str, str]:
    """Whom and what the confirmed ones reached: people, hours, other institutions."""
    people = sum(row.number for one in confirmed for row in one.counts.all())
    hours = sum(one.hours for one in confirmed if one.hours is not None)
    others = {row.institution_id for one in confirmed for row in one.participations.all()} - own
    return {
        "people": counted(people, "participant"), "hours": number(hours) if hours else "",
        "houses": counted(len(others), "institution"),
    }  # fmt: skip


def thanks_in(user: Any, first: datetime.date) -> list[dict[str, str]]:
    """The kind words of a month, each with the side that said it."""
    rows = Thanks.objects.visible_to(user).filter(
        activity__starts_on__gte=first, activity__starts_on__lt=following(first)
    )
    told_by = rows.select_related("institution", "activity__type").order_by("-said_at", "-pk")
    return [
        {"text": each.text, "who": name_now(each.institution.names), "day": day_short(each.activity.starts_on),
         "what": name_now(each.activity.type.names)}
        for each in told_by
    ]  # fmt: skip


def certificates_in(user: Any, first: datetime.date) -> QuerySet[Certificate]:
    """The certificates for trainings of a month."""
    rows = certificates_of(user).filter(
        place__activity__starts_on__gte=first, place__activity__starts_on__lt=following(first)
    )
    return rows.order_by("-place__activity__starts_on", "-pk")


def month_shown(user: Any, asked: str | None, today: datetime.date) -> datetime.date | None:
    """The month that was asked for; without a word this one, or the latest with anything in it; None for no month."""
    if asked:
        return month_named(asked)
    months, first = months_of(user), today.replace(day=1)
    return first if first in months or not months else months[0]


def month_chips(user: Any, shown: datetime.date) -> list[dict[str, Any]]:
    """The months to choose from."""
    return [{"text": month(each), "url": f"?month={each:%Y-%m}", "current": each == shown} for each in months_of(user)]
