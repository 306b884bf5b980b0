"""Background tasks of this app's things, for Celery."""

from labs.pilots import tasks as pilots

__all__ = ["pilots"]
