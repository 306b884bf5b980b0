"""What waits for a person among this app's things."""

from labs.examinations import inbox as examinations
from labs.verdicts import inbox as verdicts

__all__ = ["examinations", "verdicts"]
