"""What waits for a person among this app's things."""

from cooperation.activities import inbox as activities
from cooperation.adoptions import inbox as adoptions
from cooperation.agreements import inbox as agreements
from cooperation.audit import inbox as audit
from cooperation.obligations import inbox as obligations
from cooperation.practices import inbox as practices
from cooperation.programmes import inbox as programmes
from cooperation.projects import inbox as projects
from cooperation.resources import inbox as resources

__all__ = [
    "activities",
    "adoptions",
    "agreements",
    "audit",
    "obligations",
    "practices",
    "programmes",
    "projects",
    "resources",
]
