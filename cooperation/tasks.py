"""Background tasks of this app's things, for Celery."""

from cooperation.agreements import tasks as agreements

__all__ = ["agreements"]
