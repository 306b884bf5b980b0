"""What all pages of one joint project share."""

from django.utils.translation import gettext_lazy as _

from cooperation.pages.records import RecordPage
from cooperation.projects import presenting
from cooperation.projects.models import JointProject
from cooperation.projects.rules import PROJECT


class Record(RecordPage):
    """A page of one joint project."""

    scope = JointProject
    related = presenting.RELATED
    prefetch = presenting.PREFETCH
    machine, word, plural = PROJECT, "project", _("Joint projects")

    @property
    def project(self) -> JointProject:
        found: JointProject = self.get_object()
        return found

    def called(self) -> str:
        return self.project.title
