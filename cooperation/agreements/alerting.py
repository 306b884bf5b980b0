"""The end that comes near: told to every party ninety, sixty, thirty and fifteen days before, until one of them decides.

Of an agreement without an end it is the day of its review. Each step is an Event, told once for a day; of several that
a missed run left behind only the last is told.
"""

import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from cooperation.agreements.calendar import renewal_day
from cooperation.agreements.models import Agreement
from cooperation.agreements.rules import AGREEMENT
from cooperation.agreements.statuses import RUNNING
from lifecycle.models import Event

STEPS = (15, 30, 60, 90)  # days before
ENDS, RENEWS, REVIEW = "ends", "renews", "review"


def alert(on: datetime.date, *, at: datetime.datetime) -> int:
    """Tells of every end and review that is near on that day; returns how many were told."""
    return sum(_tell(pk, on, at) for pk in _near(on))


def step_of(left: int) -> int | None:
    """The step on which so many days before the end stand: the last one that has come; None while it is far."""
    return next((step for step in STEPS if 0 <= left <= step), None)


def due_day(agreement: Agreement) -> datetime.date | None:
    """The day the alerts count to: the last day, without one the day of review."""
    return agreement.ends_on or agreement.review_on


def is_decided(agreement: Agreement) -> bool:
    """Whether a party has said what becomes of the present end."""
    return agreement.concluded is not None and agreement.concluded.decided_on is not None


def what_comes(agreement: Agreement) -> str:
    """What happens on that day: it ends, is renewed by itself, or is to be looked at again."""
    if agreement.ends_on is None:
        return REVIEW
    bound = agreement.concluded
    return RENEWS if bound is not None and renewal_day(agreement, bound) else ENDS


def _near(on: datetime.date) -> list[int]:
    """Keys of agreements for which a step has come that was not told; whether it is still to be told is asked later."""
    found: list[int] = []
    last = -1
    stays = Q(leaves_on=None) | Q(concluded__survives_exit=True)
    for step in STEPS:
        days = (on + datetime.timedelta(days=last + 1), on + datetime.timedelta(days=step))
        rows = Agreement.objects.filter(stays, concluded__decided_on=None, status__in=RUNNING, terminated_on=None)
        rows = rows.filter(Q(ends_on__range=days) | Q(ends_on=None, review_on__range=days))
        rows = rows.annotate(due=Coalesce("ends_on", "review_on"))
        rows = rows.filter(in_force_from__lte=F("due") - datetime.timedelta(days=step))
        told = Event.objects.annotate(of=KeyTextTransform("due", "detail")).filter(
            subject_type="agreement", subject_id=OuterRef("public_id"), name="alert", detail__days=step,
            of=Cast(OuterRef("due"), TextField()),
        )  # fmt: skip
        found += rows.filter(~Exists(told)).order_by("pk").values_list("pk", flat=True)
        last = step
    return found


@transaction.atomic
def _tell(pk: int, on: datetime.date, at: datetime.datetime) -> bool:
    """Whether it was told now; of a row that somebody else holds the next run tells."""
    rows = Agreement.objects.select_for_update(skip_locked=True, of=("self",)).select_related("concluded")
    agreement = rows.filter(pk=pk, status__in=RUNNING).first()
    due = due_day(agreement) if agreement else None
    step = step_of((due - on).days) if due else None
    if agreement is None or due is None or step is None or is_decided(agreement):
        return False
    if told_before(agreement, due, step):
        return False
    detail: dict[str, Any] = {"due": str(due), "days": step, "what": what_comes(agreement)}
    AGREEMENT.tell("alert", agreement, by=None, at=at, detail=detail)
    return True


def told_before(agreement: Agreement, due: datetime.date, step: int) -> bool:
    """Whether this step before this day is in the record."""
    events = Event.objects.about("agreement", agreement.public_id)
    return events.filter(name="alert", detail__due=str(due), detail__days=step).exists()
