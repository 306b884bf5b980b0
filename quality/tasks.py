"""Background tasks of this app's things, for Celery."""

from quality.comments import tasks as comments
from quality.reconciliation import tasks as reconciliation
from quality.releases import tasks as releases
from quality.rollups import tasks as rollups
from quality.submissions import tasks as submissions

__all__ = ["comments", "reconciliation", "releases", "rollups", "submissions"]
