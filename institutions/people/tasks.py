"""Work on memberships by the calendar."""

from celery import shared_task

from accounts.clock import now
from institutions.people.emails import tell_invited
from institutions.people.inviting import lapse_invitations


@shared_task(name="institutions.people.tell_invited")
def tell() -> None:
    """Sends invitations that wait to be sent."""
    tell_invited(now())


@shared_task(name="institutions.people.lapse_invitations")
def lapse() -> None:
    """Invitations nobody answered in time."""
    lapse_invitations(now())
