"""What all pages of one pilot project share."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from cooperation.pages.records import RecordPage
from labs.pilots.models import PilotProject
from labs.pilots.presenting import RELATED, ROW_PREFETCH
from labs.pilots.rules import PILOT


class Record(RecordPage):
    """A page of one pilot project."""

    scope = PilotProject
    related = (*RELATED, "laboratory__host")
    prefetch: Any = (*ROW_PREFETCH, "goals__indicator", "problems")
    machine, word, plural = PILOT, "pilot", _("Pilot projects")

    @property
    def project(self) -> PilotProject:
        found: PilotProject = self.get_object()
        return found

    def called(self) -> str:
        return self.project.title
