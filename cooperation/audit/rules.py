"""Who audits, what is drawn, and from where on a pattern is shown: limits, never accusations."""

import datetime
import hashlib
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import MD5, Concat, Left
from django.utils import timezone

from cooperation.activities.models import Activity, ActivityStatus, Participation
from institutions.registry.models import Institution
from institutions.registry.scope import OFFICE_ROLES, Role, holds, overseen_by

PERCENT = 2
FULL = 16**8
BOUND = f"{FULL * PERCENT // 100:08x}"

PATTERN_DAYS = 90  # how far back the patterns look from the end of the month
PAIR_LEAST, PAIR_EACH_WAY = 10, 3  # a pair that confirms nobody else: so many together, so many in each direction
BURST_DAYS, BURST_LEAST, BURST_PERCENT = 3, 20, 60  # entries of the last days of a month, and their share in it
SERIES_GAP, SERIES_LEAST = datetime.timedelta(seconds=2), 10  # confirmations one after another without time to read
QUICK_LINK, QUICK_LEAST = datetime.timedelta(seconds=60), 3  # links answered while they were hardly sent


def drawn(public_id: str, month: str) -> bool:
    """Whether an activity confirmed in this month (`2026-11`) is on its audit list: a pure function, nobody chooses."""
    return _digest(f"audit:{month}:{public_id}")[:8] < BOUND


def _digest(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def drawn_rows(month: str) -> Any:
    """The same as a condition of the database: eight hexadecimal digits below the bound."""
    return Left(MD5(Concat(Value(f"audit:{month}:"), "public_id")), 8)


def bounds(month: str) -> tuple[datetime.datetime, datetime.datetime]:
    """The first moment of a month and of the next one, in the country's time. Raises ValueError."""
    year, number = (int(part) for part in month.split("-"))
    begin = datetime.datetime(year, number, 1)  # noqa: DTZ001 - made aware in the next line
    end = datetime.datetime(year + number // 12, number % 12 + 1, 1)  # noqa: DTZ001
    return timezone.make_aware(begin), timezone.make_aware(end)


def of_office(user: Any) -> Q:
    """Activities of institutions in the territory of the person's office."""
    if holds(user, Role.MINISTRY_OFFICER):
        return Q()
    houses = Institution.objects.filter(overseen_by(user, *OFFICE_ROLES))
    return Q(Exists(Participation.objects.filter(activity=OuterRef("pk"), institution__in=houses)))


def on_the_list(user: Any, *months: str) -> Any:
    """The audit lists of these months as this officer sees them."""
    rows = Activity.objects.all().visible_to(user).filter(of_office(user), status=ActivityStatus.CONFIRMED)
    listed = Q(pk__in=())
    for number, month in enumerate(months):
        begin, end = bounds(month)
        rows = rows.alias(**{f"digest{number}": drawn_rows(month)})
        listed |= Q(confirmed_at__gte=begin, confirmed_at__lt=end, **{f"digest{number}__lt": BOUND})
    return rows.filter(listed)


def month_of(moment: datetime.datetime) -> str:
    """The month a moment lies in, in the country's time."""
    return timezone.localtime(moment).strftime("%Y-%m")


def check_may_note(user: Any, activity: Activity) -> None:
    """An officer of its territory, for an activity that was drawn. Raises PermissionDenied."""
    listed = activity.confirmed_at is not None and drawn(activity.public_id, month_of(activity.confirmed_at))
    if not listed or not holds(user, *OFFICE_ROLES):
        raise PermissionDenied("audit")
    if not Activity.objects.filter(pk=activity.pk).filter(of_office(user)).exists():
        raise PermissionDenied("audit")
