"""What this app's things put on the page of an institution."""

from quality.releases import panels as releases

__all__ = ["releases"]
