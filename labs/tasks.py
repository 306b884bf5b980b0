"""Background tasks of this app's things, for Celery."""

from labs.verdicts import tasks as verdicts

__all__ = ["verdicts"]
