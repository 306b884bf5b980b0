"""Publishing results in the background."""

from celery import shared_task

from accounts.clock import now, today
from labs.verdicts import actions


@shared_task(name="labs.verdicts.publish_due")
def publish_due() -> None:
    """Publish results whose embargo has ended."""
    actions.publish_due(today(), at=now())
