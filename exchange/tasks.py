"""Tasks of this app's things, for Celery."""

from exchange.jobs import tasks as jobs

__all__ = ["jobs"]
