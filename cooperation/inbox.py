"""What waits for a person among this app's things."""

from cooperation.activities import inbox as activities
from cooperation.adoptions import inbox as adoptions
from cooperation.agreements import inbox as agreements
from cooperation.audit import inbox as audit
from cooperation.programmes import inbox as programmes
from cooperation.projects import inbox as projects

__all__ = ["activities", "adoptions", "agreements", "audit", "programmes", "projects"]
