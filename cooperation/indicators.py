"""What this app's things let be counted, for the hook of `quality`."""

from cooperation.agreements import indicators as agreements

__all__ = ["agreements"]
