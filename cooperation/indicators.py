"""What this app's things let be counted, for the hook of `quality`."""

from cooperation.activities import indicators as activities
from cooperation.agreements import chain
from cooperation.agreements import indicators as agreements
from cooperation.obligations import indicators as obligations
from cooperation.programmes import indicators as programmes
from cooperation.projects import indicators as projects
from cooperation.trainings import indicators as trainings

__all__ = ["activities", "agreements", "chain", "obligations", "programmes", "projects", "trainings"]
