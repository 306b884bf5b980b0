"""What all pages of one activity share."""

from django.utils.translation import gettext_lazy as _

from cooperation.activities import presenting
from cooperation.activities.models import Activity
from cooperation.activities.rules import ACTIVITY
from cooperation.pages.records import RecordPage


class Record(RecordPage):
    """A page of one activity."""

    scope = Activity
    related = presenting.RELATED
    prefetch = presenting.PREFETCH
    machine, word, plural = ACTIVITY, "activity", _("Activities")

    @property
    def activity(self) -> Activity:
        found: Activity = self.get_object()
        return found

    def called(self) -> str:
        return presenting.title(self.activity)
