"""What this app's things let be counted, for the hook of `quality`."""

from cooperation.activities import indicators as activities
from cooperation.agreements import indicators as agreements
from cooperation.programmes import indicators as programmes

__all__ = ["activities", "agreements", "programmes"]
