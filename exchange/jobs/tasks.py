"""Ticks of jobs."""

from celery import shared_task

from accounts.clock import now
from exchange.jobs.running import run_waiting


@shared_task(name="exchange.jobs.run_queued")
def run_queued() -> None:
    """Runs what people asked for, until nothing waits."""
    run_waiting(now)
