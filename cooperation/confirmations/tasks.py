"""Sending personal links, in the background."""

from celery import shared_task

from accounts.clock import now
from cooperation.confirmations.emails import tell_asked


@shared_task(name="cooperation.confirmations.tell_asked")
def tell() -> None:
    """Sends links that wait to be sent."""
    tell_asked(now())
