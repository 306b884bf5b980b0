"""What the calendar says of pilot projects, in the background."""

import datetime

from celery import shared_task

from accounts.clock import now, today
from labs.pilots.reminding import remind


@shared_task(name="labs.pilots.remind_of_deadlines")
def remind_of_deadlines(on: str = "") -> None:
    """Tells of every deadline that is near or has passed, once each, also after a missed run."""
    remind(datetime.date.fromisoformat(on) if on else today(), at=now())
