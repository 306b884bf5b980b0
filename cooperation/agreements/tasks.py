"""What the calendar does to agreements, in the background."""

import datetime

from celery import shared_task

from accounts.clock import now, today
from cooperation.agreements import signing


@shared_task(name="cooperation.agreements.move_by_date")
def move_by_date(on: str = "") -> None:
    """Start and end every agreement whose day has come, also those a missed run left behind."""
    signing.start_and_end(datetime.date.fromisoformat(on) if on else today(), at=now())
