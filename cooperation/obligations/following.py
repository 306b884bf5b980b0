"""What follows for obligations from what happens to agreements and activities, in the same transaction."""

import datetime
from typing import Any

from cooperation.activities.models import Activity, ActivityStatus
from cooperation.agreements.models import Agreement
from cooperation.agreements.statuses import TERMS, AgreementStatus
from cooperation.obligations.counting import ACTIVITY, count_work
from cooperation.obligations.making import close, make_obligations, postpone
from cooperation.obligations.models import Evidence
from lifecycle.models import Event


def agreement_moved(agreement: Agreement, event: Event) -> None:
    """After a move of an agreement, whose row is held."""
    act = AFTER.get(event.name)
    if act is not None:
        act(agreement, event)


def _concluded(agreement: Agreement, event: Event) -> None:
    if event.detail.get("purpose") in TERMS:
        _renewed(agreement, event)


def _renewed(agreement: Agreement, event: Event) -> None:
    make_obligations(agreement, event.happened_at)
    count_work(agreement, event.happened_at)


def _resumed(agreement: Agreement, event: Event) -> None:
    day = datetime.date.fromisoformat(event.detail["on"])
    days = int(event.detail["days"])
    postpone(agreement, day - datetime.timedelta(days=days), days, event.happened_at)


def _over(agreement: Agreement, event: Event) -> None:
    """Ended, early or on its last day: a pause that was not over by then has stopped the clocks all the same."""
    over = agreement.in_force_until
    if over is None:
        return
    if event.status_before == AgreementStatus.SUSPENDED and (since := paused_on(agreement)) is not None:
        postpone(agreement, since, (over - since).days, event.happened_at)
    close(agreement, over, event.happened_at)
    count_work(agreement, event.happened_at)


def paused_on(agreement: Agreement) -> datetime.date | None:
    """The day on which its last pause began."""
    last = Event.objects.about("agreement", agreement.public_id).filter(name="suspend").last()
    return datetime.date.fromisoformat(last.detail["on"]) if last is not None else None


def _left(agreement: Agreement, event: Event) -> None:
    close(agreement, datetime.date.fromisoformat(event.detail["on"]), event.happened_at, event.detail["left"])


AFTER: dict[str, Any] = {
    "conclude": _concluded, "renew_auto": _renewed, "resume": _resumed, "leave": _left, "end": _over,
    "terminate": _over, "annul": _over, "reinstate": _renewed,
}  # fmt: skip


def activity_moved(activity: Activity, event: Event) -> None:
    """After a move of an activity: what is confirmed now, or was until now, counts anew under its agreement."""
    if ActivityStatus.CONFIRMED not in (event.status_before, event.status_after):
        return
    proofs = Evidence.objects.filter(subject_type=ACTIVITY, subject_id=activity.public_id)
    keys = set(proofs.values_list("obligation__agreement_id", flat=True))
    keys |= {activity.agreement_id} if activity.agreement_id else set()
    if not keys:
        return
    held = Agreement.objects.select_for_update(no_key=True).filter(pk__in=keys)
    for agreement in held.order_by("pk"):
        count_work(agreement, event.happened_at)
