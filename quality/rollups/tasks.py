"""Counting in the background."""

import datetime

from celery import shared_task

from accounts.clock import now, today
from quality.rollups import actions
from quality.rollups.counting import Moment


@shared_task(name="quality.rollups.recount_changed")
def recount_changed() -> None:
    """Count what changed since the last time."""
    actions.recount_changed(Moment(today(), now()))


@shared_task(name="quality.rollups.recount_everything")
def recount_everything(day: str = "") -> None:
    """Count everything from its rows and note what differs."""
    actions.recount_everything(Moment(datetime.date.fromisoformat(day) if day else today(), now()))
