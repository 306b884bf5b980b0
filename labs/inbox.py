"""What waits for a person among this app's things."""

from labs.implementation import inbox as implementation
from labs.trials import inbox as trials

__all__ = ["implementation", "trials"]
