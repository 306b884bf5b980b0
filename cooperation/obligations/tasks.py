"""What the calendar does to obligations, in the background."""

import datetime

from celery import shared_task

from accounts.clock import now, today
from cooperation.obligations import reminding


@shared_task(name="cooperation.obligations.remind_of_overdue")
def remind_of_overdue(on: str = "") -> None:
    """Lateness is told to who is to know, and agreements without obligations get theirs."""
    day = datetime.date.fromisoformat(on) if on else today()
    reminding.make_missing(at=now())
    reminding.remind(day, at=now())
