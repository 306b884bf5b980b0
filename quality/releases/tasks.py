"""Publishing in the background."""

from celery import shared_task

from accounts.clock import now, today
from quality.releases import actions


@shared_task(name="quality.releases.publish_due")
def publish_due() -> None:
    """Publish what was approved for a day that has come."""
    actions.publish_due(today(), at=now())
