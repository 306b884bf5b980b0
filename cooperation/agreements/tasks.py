"""What the calendar does to agreements, in the background."""

import datetime

from celery import shared_task

from accounts.clock import now, today
from cooperation.agreements import alerting, calendar, reminding


@shared_task(name="cooperation.agreements.move_by_date")
def move_by_date(on: str = "") -> None:
    """Every move of an agreement whose day has come, also those a missed run left behind."""
    day = datetime.date.fromisoformat(on) if on else today()
    calendar.start_and_end(day, at=now())
    calendar.lapse_unanswered(day, at=now())


@shared_task(name="cooperation.agreements.tell_of_time")
def tell_of_time(on: str = "") -> None:
    """Ends that come near, and sides that let others wait; once each, also after a missed run."""
    day = datetime.date.fromisoformat(on) if on else today()
    alerting.alert(day, at=now())
    reminding.remind_waiting(day, at=now())
