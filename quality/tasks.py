"""Background tasks of this app's things, for Celery."""

from quality.rollups import tasks as rollups

__all__ = ["rollups"]
