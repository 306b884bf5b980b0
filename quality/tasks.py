"""Background tasks of this app's things, for Celery."""

from quality.releases import tasks as releases
from quality.rollups import tasks as rollups
from quality.submissions import tasks as submissions

__all__ = ["releases", "rollups", "submissions"]
