"""Blocks of this app's things on pages of institutions and territories."""

from cooperation.activities import panels as activities
from cooperation.agreements import panels as agreements
from cooperation.obligations import panels as obligations
from cooperation.practices import panels as practices
from cooperation.projects import panels as projects
from cooperation.resources import panels as resources

__all__ = ["activities", "agreements", "obligations", "practices", "projects", "resources"]
