"""What waits for a person among this app's things."""

from labs.implementation import inbox as implementation
from labs.pilots import inbox as pilots
from labs.trials import inbox as trials

__all__ = ["implementation", "pilots", "trials"]
