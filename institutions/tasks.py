"""Tasks of this app's things, for Celery."""

from institutions.registry import tasks as registry

__all__ = ["registry"]
