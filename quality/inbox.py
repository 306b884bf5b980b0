"""What waits for people in this app's things."""

from quality.comments import inbox as comments
from quality.office import inbox as office
from quality.releases import inbox as releases
from quality.targets import inbox as targets

__all__ = ["comments", "office", "releases", "targets"]
