"""What waits for a person among this app's things."""

from cooperation.agreements import inbox as agreements

__all__ = ["agreements"]
