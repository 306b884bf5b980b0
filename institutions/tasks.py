"""Tasks of this app's things, for Celery."""

from institutions.people import tasks as people
from institutions.registry import tasks as registry

__all__ = ["people", "registry"]
