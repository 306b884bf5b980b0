"""What waits for people in this app's things."""

from quality.office import inbox as office

__all__ = ["office"]
