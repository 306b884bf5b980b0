"""What the calendar does to activities, in the background."""

from celery import shared_task

from accounts.clock import now
from cooperation.activities import actions


@shared_task(name="cooperation.activities.lapse_unconfirmed")
def lapse_unconfirmed() -> None:
    """Show as unconfirmed what nobody answered for 14 days, also what a missed run left behind."""
    while actions.lapse_unconfirmed(at=now()):
        pass
