"""What all pages of one examination share: its coordinator alone comes in."""

from django.utils.translation import gettext_lazy as _

from cooperation.pages.records import RecordPage
from institutions.registry.scope import Role
from labs.examinations import presenting
from labs.examinations.models import Examination
from labs.examinations.rules import EXAMINATION

COORDINATORS = {Role.COORDINATOR.value}


class Record(RecordPage):
    """A page of one examination."""

    allowed_roles = COORDINATORS
    scope = Examination
    related = presenting.RELATED
    prefetch = presenting.PREFETCH
    machine, word, plural = EXAMINATION, "examination", _("Examinations")

    @property
    def examination(self) -> Examination:
        found: Examination = self.get_object()
        return found

    def called(self) -> str:
        return f"{self.examination.blind.code} · {self.examination.project.title}"
