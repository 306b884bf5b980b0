"""What all pages of one trial share."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from cooperation.pages.records import RecordPage
from labs.trials.models import Trial
from labs.trials.rules import TRIAL


class Record(RecordPage):
    """A page of one trial."""

    scope = Trial
    related = ("project__laboratory__cluster", "preregistration__frozen", "preregistration__project")
    prefetch = ("sites__institution", "project__members")
    machine, word, plural = TRIAL, "trial", _l("Pilot projects")

    @property
    def trial(self) -> Trial:
        found: Trial = self.get_object()
        return found

    def called(self) -> str:
        return _("Trial: %(project)s") % {"project": self.trial.project.title}

    @classmethod
    def crumbs(cls, *more: dict[str, str]) -> list[dict[str, str]]:
        """The way from the board."""
        return [{"text": str(cls.plural), "url": reverse("pilot-list")}, *more]
