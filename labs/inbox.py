"""What waits for a person among this app's things."""

from labs.laboratories import inbox as laboratories
from labs.problems import inbox as problems

__all__ = ["laboratories", "problems"]
