"""What all pages of one problem share."""

from django.utils.translation import gettext_lazy as _

from cooperation.pages.records import RecordPage
from labs.problems import presenting
from labs.problems.models import Problem
from labs.problems.rules import PROBLEM


class Record(RecordPage):
    """A page of one problem."""

    scope = Problem
    related = presenting.RELATED
    prefetch = presenting.PREFETCH
    machine, word, plural = PROBLEM, "problem", _("Problems")

    @property
    def problem(self) -> Problem:
        found: Problem = self.get_object()
        return found

    def called(self) -> str:
        return self.problem.title
