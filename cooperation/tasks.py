"""Background tasks of this app's things, for Celery."""

from cooperation.activities import tasks as activities
from cooperation.agreements import tasks as agreements
from cooperation.confirmations import tasks as confirmations
from cooperation.obligations import tasks as obligations

__all__ = ["activities", "agreements", "confirmations", "obligations"]
