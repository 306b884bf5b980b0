"""What waits for people in this app's things."""

from institutions.people import inbox as people

__all__ = ["people"]
