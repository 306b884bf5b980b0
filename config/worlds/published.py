"""What the ministry of a world has published: the last months and the last school year, by two of its officers."""

import datetime
from typing import Any

from accounts.models import User
from quality.catalogue.models import Period
from quality.releases.actions import approve_release, draft_release, submit_release
from quality.rollups.models import Tally

LATEST = {"A": 1, "T": 1, "M": 3}


def publish_figures(people: dict[str, Any], today: datetime.date, at: datetime.datetime) -> int:
    """One release for each of these periods, by the product's own moves; how many there are."""
    first, second = (User.objects.get(email=people[key]["username"]) for key in ("ministry_officer", "second_officer"))
    found = [period for kind, count in LATEST.items() for period in ended(kind, today)[:count]]
    for period in sorted(found, key=lambda period: (period.ends_on, period.pk)):
        release = draft_release(by=first, at=at, period=period)
        submit_release(release, by=first, at=at)
        approve_release(release, by=second, at=at)
    return len(found)


def ended(kind: str, today: datetime.date) -> list[Period]:
    """Counted periods that are over, the latest first."""
    counted = Period.objects.filter(kind=kind, ends_on__lt=today, pk__in=Tally.objects.values("period"))
    return list(counted.order_by("-ends_on", "pk"))
