"""What waits for a person among this app's things."""

from labs.verdicts import inbox as verdicts

__all__ = ["verdicts"]
