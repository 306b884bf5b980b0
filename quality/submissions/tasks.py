"""What the calendar does to submissions, in the background."""

import datetime

from celery import shared_task

from accounts.clock import now, today
from quality.submissions import actions


@shared_task(name="quality.submissions.lock_closed")
def lock_closed(day: str = "") -> None:
    """Make final what is approved in periods that have closed; a late run does what a timely one would have."""
    on = datetime.date.fromisoformat(day) if day else today()
    while actions.lock_closed(on, at=now()):
        pass
