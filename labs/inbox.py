"""What waits for a person among this app's things."""

from labs.pilots import inbox as pilots

__all__ = ["pilots"]
