"""What the calendar does to agreements: they start, are renewed by themselves, lose a party that gave notice, and end.

The days counted stand in the rows and not on the clock: a late run gives what a timely one would have given.
"""

import calendar
import datetime
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q
from django.utils import timezone

from cooperation.agreements.actions import closed, replace_revision, touched
from cooperation.agreements.conditions import LONGEST_YEARS, years_later
from cooperation.agreements.models import Agreement, AgreementParty, Revision, RevisionParty
from cooperation.agreements.rules import AGREEMENT
from cooperation.agreements.statuses import (
    AGREED,
    OPEN_REVISIONS,
    PROPOSED_REVISIONS,
    RUNNING,
    AgreementStatus,
    RevisionStatus,
)

DAY = datetime.timedelta(days=1)
LAPSES = datetime.timedelta(days=180)
ORDER = ("terminate", "start", "leave", "renew_auto", "end")


def start_and_end(on: datetime.date, *, at: datetime.datetime, limit: int = 1000) -> int:
    """Moves every agreement whose day has come by `on`, however late; returns how many were looked at.

    One transaction each, so that a failing one holds up no other and a crash loses nothing: the rest is found again.
    """
    keys = list(_due(on).order_by("pk").values_list("pk", flat=True)[:limit])
    for key in keys:
        with transaction.atomic():
            agreement = Agreement.objects.select_for_update(skip_locked=True).filter(pk=key).first()
            if agreement is not None:
                follow(agreement, on, at)
    return len(keys)


def _due(on: datetime.date) -> Any:
    ended_early = Q(status__in=AGREED, terminated_on__lte=on)
    renewed = Q(
        status=AgreementStatus.IN_FORCE,
        concluded__renewal="automatic",
        leaves_on=None,
        terminated_on=None,
        ends_on__lte=on,
    )
    return Agreement.objects.filter(
        Q(status=AgreementStatus.CONCLUDED, in_force_from__lte=on)
        | Q(status__in=RUNNING, in_force_until__lte=on)
        | Q(status__in=RUNNING, leaves_on__lte=on)
        | ended_early
        | renewed
    )


def follow(agreement: Agreement, on: datetime.date, at: datetime.datetime) -> None:
    """Makes the moves whose day has come, in the order of their days."""
    while due := [(day, ORDER.index(name), name) for name, day in _days(agreement).items() if day and day <= on]:
        day, _place, name = min(due)
        MOVES[name](agreement, day, at)
        agreement.refresh_from_db()


def _days(agreement: Agreement) -> dict[str, datetime.date | None]:
    """What may come next, and on which day."""
    bound, status = agreement.concluded, agreement.status
    if bound is None or status not in AGREED:
        return {}
    found = {"terminate": agreement.terminated_on, "renew_auto": renewal_day(agreement, bound)}
    if status == AgreementStatus.CONCLUDED:
        return {**found, "renew_auto": None, "start": agreement.in_force_from}
    return {**found, "leave": agreement.leaves_on, "end": agreement.in_force_until}


def renewal_day(agreement: Agreement, bound: Revision) -> datetime.date | None:
    """The day on which it is renewed by itself: the terms say so, nobody gave notice, and it does not grow too old."""
    if agreement.status != AgreementStatus.IN_FORCE or agreement.leaves_on or agreement.terminated_on:
        return None
    if bound.renewal != "automatic" or not bound.renewal_months or not agreement.ends_on or not agreement.starts_on:
        return None
    later = months_later(agreement.ends_on, bound.renewal_months)
    return agreement.ends_on if later <= years_later(agreement.starts_on, LONGEST_YEARS) else None


def months_later(day: datetime.date, months: int) -> datetime.date:
    """The same day so many months later; the last one of a month stays the last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    was_last = day.day == calendar.monthrange(day.year, day.month)[1]
    return datetime.date(year, month + 1, last if was_last else min(day.day, last))


def bind_until(agreement: Agreement, until: datetime.date | None, *parties: int) -> None:
    """The parties that are bound (or those given) are so until that day."""
    rows = AgreementParty.objects.filter(agreement=agreement)
    rows = rows.filter(institution__in=parties) if parties else rows.exclude(institution__in=gone(agreement))
    for row in rows.select_for_update().order_by("pk"):
        begins = row.valid.lower or agreement.in_force_from
        AgreementParty.objects.filter(pk=row.pk).update(
            valid=DateRange(begins, max(begins, until) if begins and until else until)
        )


def gone(agreement: Agreement) -> list[int]:
    """Institutions that have left."""
    left = RevisionParty.objects.filter(revision=agreement.concluded_id, left_on__isnull=False)
    return list(left.values_list("institution_id", flat=True))


def _start(agreement: Agreement, day: datetime.date, at: datetime.datetime) -> None:
    _apply("start", agreement, day, at)


def _renew(agreement: Agreement, day: datetime.date, at: datetime.datetime) -> None:
    """The end moves by the agreed period; the terms stay those that were signed. What was decided about the end before
    is over with it.
    """
    months = agreement.concluded.renewal_months if agreement.concluded else None
    Revision.objects.filter(agreement=agreement, status=RevisionStatus.CONCLUDED).update(decision="", decided_on=None)
    until = months_later(day, months or 0)
    bind_until(agreement, until + DAY)
    _apply("renew_auto", agreement, day, at, {"ends_on": until, "in_force_until": until + DAY}, until=str(until))


def _leave(agreement: Agreement, day: datetime.date, at: datetime.datetime) -> None:
    """A notice takes effect: the party goes and the others go on where the terms say so, else the agreement ends."""
    going = AgreementParty.objects.filter(agreement=agreement, leaves_on=day)
    houses = set(going.values_list("institution_id", flat=True))
    bound = agreement.concluded
    staying = set() if bound is None else set(
        bound.parties.filter(signs=True, left_on=None).values_list("institution_id", flat=True)
    ) - houses  # fmt: skip
    keys = sorted(going.values_list("institution__public_id", flat=True).distinct())
    if bound is None or not bound.survives_exit or len(staying) < 2:
        return _terminate(agreement, day, at, notice_of=keys)
    lapsed = _let_lapse(agreement)
    bind_until(agreement, day, *houses)
    RevisionParty.objects.filter(revision=bound, institution__in=houses).update(left_on=day)
    going.update(leaves_on=None)
    return _apply("leave", agreement, day, at, {"leaves_on": next_exit(agreement), **lapsed}, left=keys)


def next_exit(agreement: Agreement) -> datetime.date | None:
    """The first day on which a notice takes effect."""
    given = AgreementParty.objects.filter(agreement=agreement, leaves_on__isnull=False).order_by("leaves_on")
    return given.values_list("leaves_on", flat=True).first()


def _end(agreement: Agreement, day: datetime.date, at: datetime.datetime) -> None:
    _apply("end", agreement, day, at, {**_let_lapse(agreement), "leaves_on": None, "suspended_on": None})


def _terminate(agreement: Agreement, day: datetime.date, at: datetime.datetime, **detail: Any) -> None:
    stop(agreement, "terminate", day, day, at, **detail)


def stop(
    agreement: Agreement, name: str, until: datetime.date, day: datetime.date, at: datetime.datetime, **detail: Any
) -> None:
    """Over before its time: `until` is the first day on which it no longer held."""
    over = max(until, agreement.in_force_from or until)
    lapsed = _let_lapse(agreement)
    bind_until(agreement, over)
    AgreementParty.objects.filter(agreement=agreement).update(leaves_on=None)
    change = {**lapsed, "in_force_until": over, "terminated_on": day, "leaves_on": None, "suspended_on": None}
    _apply(name, agreement, day, at, change, **detail)


def _let_lapse(agreement: Agreement) -> dict[str, Any]:
    """What was still open lapses with the agreement, or with a party that it named."""
    if agreement.latest is None or agreement.latest.status not in OPEN_REVISIONS:
        return {}
    replace_revision(agreement.latest, RevisionStatus.LAPSED)
    return closed(agreement)


def lapse_unanswered(on: datetime.date, *, at: datetime.datetime, limit: int = 1000) -> int:
    """Proposals on which nobody has moved for half a year lapse; what was concluded stays in force."""
    since = timezone.make_aware(datetime.datetime.combine(on, datetime.time.min)) - LAPSES
    rows = Agreement.objects.filter(modified_at__lt=since, latest__status__in=PROPOSED_REVISIONS)
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:limit])
    for key in keys:
        with transaction.atomic():
            agreement = Agreement.objects.select_for_update(skip_locked=True).filter(pk=key).first()
            if agreement is not None and agreement.latest is not None and agreement.modified_at < since:
                detail = {"revision": agreement.latest.number}
                change = {**touched(at), **_let_lapse(agreement)}
                AGREEMENT.apply("lapse", agreement, by=None, at=at, change=change, detail=detail)
    return len(keys)


MOVES = {"terminate": _terminate, "start": _start, "leave": _leave, "renew_auto": _renew, "end": _end}


def _apply(
    name: str, agreement: Agreement, day: datetime.date, at: datetime.datetime, change: Any = None, **detail: Any
) -> None:
    AGREEMENT.apply(
        name, agreement, by=None, at=at, change={**touched(at), **(change or {})}, detail={"on": str(day), **detail}
    )
