"""Work of the registry by the calendar."""

from celery import shared_task

from accounts.clock import today
from institutions.registry.dating import turn


@shared_task(name="institutions.registry.turn_of_day")
def turn_of_day() -> None:
    """Dated changes that begin today become today's values."""
    turn(today())
