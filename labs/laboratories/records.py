"""What all pages of one laboratory share."""

from django.utils.translation import gettext_lazy as _

from cooperation.pages.records import RecordPage
from labs.laboratories import presenting
from labs.laboratories.models import Laboratory
from labs.laboratories.rules import LABORATORY


class Record(RecordPage):
    """A page of one laboratory."""

    scope = Laboratory
    related = presenting.RELATED
    prefetch = presenting.PREFETCH
    machine, word, plural = LABORATORY, "laboratory", _("Laboratories")

    @property
    def laboratory(self) -> Laboratory:
        found: Laboratory = self.get_object()
        return found

    def called(self) -> str:
        return presenting.title_of(self.laboratory)
