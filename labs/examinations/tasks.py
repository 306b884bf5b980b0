"""What the calendar says of reviews, in the background."""

import datetime

from celery import shared_task

from accounts.clock import now, today
from labs.examinations.reminding import remind


@shared_task(name="labs.examinations.remind_of_reviews")
def remind_of_reviews(on: str = "") -> None:
    """Tells experts of every review that is near its day or late, once each, also after a missed run."""
    remind(datetime.date.fromisoformat(on) if on else today(), at=now())
