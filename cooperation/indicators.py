"""What this app's things let be counted, for the hook of `quality`."""

from cooperation.activities import indicators as activities
from cooperation.agreements import indicators as agreements

__all__ = ["activities", "agreements"]
