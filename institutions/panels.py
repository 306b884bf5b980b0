"""What this app's things put on the page of an institution."""

from institutions.clusters import panels as clusters
from institutions.headcounts import panels as headcounts

__all__ = ["clusters", "headcounts"]
