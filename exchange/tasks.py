"""Tasks of this app's things, for Celery."""

from exchange.jobs import tasks as jobs
from exchange.notices import tasks as notices

__all__ = ["jobs", "notices"]
