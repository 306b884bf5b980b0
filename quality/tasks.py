"""Background tasks of this app's things, for Celery."""

from quality.reconciliation import tasks as reconciliation
from quality.rollups import tasks as rollups

__all__ = ["reconciliation", "rollups"]
