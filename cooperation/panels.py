"""Blocks of this app's things on pages of institutions and territories."""

from cooperation.activities import panels as activities
from cooperation.agreements import panels as agreements
from cooperation.projects import panels as projects

__all__ = ["activities", "agreements", "projects"]
