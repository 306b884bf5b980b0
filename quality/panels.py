"""What this app's things put on the page of an institution."""

from quality.releases import panels as releases
from quality.reports import panels as reports

__all__ = ["releases", "reports"]
