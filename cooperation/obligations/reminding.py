"""What the calendar does with obligations: lateness is told once a step, and what a missed run left behind is made up for."""

import datetime

from django.db import transaction
from django.db.models import Q

from cooperation.agreements.models import Agreement
from cooperation.agreements.statuses import AGREED, AgreementStatus
from cooperation.obligations.counting import count_work
from cooperation.obligations.making import make_obligations
from cooperation.obligations.models import TO_DO, Obligation
from cooperation.obligations.rules import OBLIGATION, STEPS, days_late


def remind(on: datetime.date, *, at: datetime.datetime, limit: int = 1000) -> int:
    """Leaves an Event for each obligation that is late by one of the steps and was not told so; how many were told."""
    reached = Q(pk=None)
    for step in STEPS:
        reached |= Q(told_days__lt=step, late_after__lte=on - datetime.timedelta(days=step))
    rows = Obligation.objects.filter(reached, status__in=TO_DO).exclude(agreement__status=AgreementStatus.SUSPENDED)
    keys = list(rows.order_by("late_after", "pk").values_list("pk", flat=True)[:limit])
    return sum(_tell(key, on, at) for key in keys)


@transaction.atomic
def _tell(key: int, on: datetime.date, at: datetime.datetime) -> bool:
    """Whether it was told now, and not before: of several steps that were missed the last."""
    rows = Obligation.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=key)
    row = rows.select_related("agreement", "kind", "responsible", "beneficiary").first()
    if row is None or row.agreement.status == AgreementStatus.SUSPENDED:
        return False
    late = days_late(row, on)
    step = max((each for each in STEPS if each <= late), default=0)
    if step <= row.told_days:
        return False
    Obligation.objects.filter(pk=row.pk).update(told_days=step)
    OBLIGATION.tell("overdue", row, by=None, at=at, detail={"days": step, "due_on": str(row.due_on)})
    return True


def make_missing(*, at: datetime.datetime, limit: int = 200) -> int:
    """Obligations of agreements that were concluded before there were any; how many agreements were looked at."""
    bare = Agreement.objects.filter(status__in=AGREED, concluded__terms__isnull=False, obligations=None)
    keys = list(bare.order_by("-pk").values_list("pk", flat=True).distinct()[:limit])
    for key in keys:
        with transaction.atomic():
            agreement = Agreement.objects.select_for_update(skip_locked=True).filter(pk=key).first()
            if agreement is not None and agreement.status in AGREED and not agreement.obligations.exists():
                make_obligations(agreement, at)
                count_work(agreement, at)
    return len(keys)
