"""Blocks of this app's things on pages of institutions and territories."""

from labs.laboratories import panels as laboratories

__all__ = ["laboratories"]
