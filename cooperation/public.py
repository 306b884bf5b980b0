"""What this app's things tell everybody of an organisation, for the hook of `quality`."""

from cooperation.activities import public as activities
from cooperation.agreements import public as agreements

__all__ = ["activities", "agreements"]
