"""What the platform costs those who log: the median of minutes a person spent on entries in a month, told of nobody."""

import datetime
from statistics import median
from typing import Any

from django.core.cache import cache
from django.db.models import Sum

from accounts.wording import month, number
from cooperation.activities.models import Activity
from cooperation.entries.own import following

MONTHS, LEAST, KEPT = 12, 10, 86_400  # fewer than LEAST people in a month would say something of each


def spent_in(first: datetime.date) -> tuple[int, float]:
    """How many people logged with a known time in this month, and the median of their minutes."""
    rows = Activity.objects.filter(logged_on__gte=first, logged_on__lt=following(first), entry_seconds__isnull=False)
    found = list(rows.values("logged_by").annotate(spent=Sum("entry_seconds")).values_list("spent", flat=True))
    return len(found), median(found) / 60 if found else 0.0


def published(today: datetime.date) -> list[dict[str, Any]]:
    """The last finished months, newest first; a month with too few people is said to have too few."""
    told: list[dict[str, Any]] = []
    last = today.replace(day=1)
    for _month in range(MONTHS):
        first = (last - datetime.timedelta(days=1)).replace(day=1)
        people, minutes = cache.get_or_set(f"burden-{first}", lambda day=first: spent_in(day), KEPT) or (0, 0.0)
        shown = people >= LEAST
        told.append({
            "code": f"{first:%Y-%m}", "name": month(first), "people": number(people) if shown else "",
            "minutes": number(round(minutes, 1)) if shown else "",
        })  # fmt: skip
        last = first
    return told
