"""What waits for a person among this app's things."""

from labs.examinations import inbox as examinations

__all__ = ["examinations"]
