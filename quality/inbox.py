"""What waits for people in this app's things."""

from quality.office import inbox as office
from quality.releases import inbox as releases

__all__ = ["office", "releases"]
