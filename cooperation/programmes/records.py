"""What all pages of one joint programme share."""

from django.utils.translation import gettext_lazy as _

from cooperation.pages.records import RecordPage
from cooperation.programmes import presenting
from cooperation.programmes.models import JointProgramme
from cooperation.programmes.rules import PROGRAMME


class Record(RecordPage):
    """A page of one joint programme."""

    scope = JointProgramme
    related = presenting.RELATED
    prefetch = presenting.PREFETCH
    machine, word, plural = PROGRAMME, "programme", _("Joint programmes")

    @property
    def programme(self) -> JointProgramme:
        found: JointProgramme = self.get_object()
        return found

    def called(self) -> str:
        return self.programme.title
