"""Blocks of this app's things on pages of institutions and of pilot projects."""

from labs.examinations import panels as examinations

__all__ = ["examinations"]
