"""What waits for people in this app's things."""

from quality.office import inbox as office
from quality.releases import inbox as releases
from quality.targets import inbox as targets

__all__ = ["office", "releases", "targets"]
