"""What this app's own things let be counted."""

from quality.releases import indicators as releases

__all__ = ["releases"]
