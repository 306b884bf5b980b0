"""Blocks of this app's things on pages of institutions and of pilot projects."""

from labs.implementation import panels as implementation
from labs.trials import panels as trials

__all__ = ["implementation", "trials"]
