"""What this app's things put on the page of an institution."""

from institutions.headcounts import panels as headcounts

__all__ = ["headcounts"]
