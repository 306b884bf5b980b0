"""What waits for a person among this app's things."""

from cooperation.activities import inbox as activities
from cooperation.agreements import inbox as agreements

__all__ = ["activities", "agreements"]
