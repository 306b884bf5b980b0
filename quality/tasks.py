"""Background tasks of this app's things, for Celery."""

from quality.releases import tasks as releases
from quality.rollups import tasks as rollups

__all__ = ["releases", "rollups"]
