"""Background tasks of this app's things, for Celery."""

from labs.examinations import tasks as examinations
from labs.pilots import tasks as pilots
from labs.verdicts import tasks as verdicts

__all__ = ["examinations", "pilots", "verdicts"]
