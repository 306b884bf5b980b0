"""What waits for people in this app's things."""

from quality.releases import inbox as releases

__all__ = ["releases"]
