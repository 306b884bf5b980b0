"""What this app's own things let be counted."""

from quality.observations import indicators as observations
from quality.releases import indicators as releases

__all__ = ["observations", "releases"]
