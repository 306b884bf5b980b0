"""Sending personal links, in the background."""

from celery import shared_task

from accounts.clock import now
from cooperation.confirmations.emails import tell_asked
from lifecycle.links import forget_addressees


@shared_task(name="cooperation.confirmations.tell_asked")
def tell() -> None:
    """Sends links that wait to be sent."""
    tell_asked(now())


@shared_task(name="cooperation.confirmations.forget_addressees")
def forget() -> None:
    """Forgets whom links were sent to that closed three months ago."""
    forget_addressees(now())
