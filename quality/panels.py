"""What this app's things put on the page of an institution."""

from quality.reports import panels as reports

__all__ = ["reports"]
