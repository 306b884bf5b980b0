"""Comparing in the background."""

from celery import shared_task

from accounts.clock import now, today
from quality.reconciliation import actions
from quality.rollups.counting import Moment


@shared_task(name="quality.reconciliation.compare_surfaces")
def compare_surfaces() -> None:
    """A sample for every night; the day is its seed."""
    actions.compare_surfaces(Moment(today(), now()), today().toordinal())
