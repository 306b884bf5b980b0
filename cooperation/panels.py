"""Blocks of this app's things on pages of institutions and territories."""

from cooperation.agreements import panels as agreements

__all__ = ["agreements"]
