"""What this app's things let be counted."""

from labs.spread import indicators as spread

__all__ = ["spread"]
