"""Joint projects on the search page."""

from django.utils.translation import gettext_lazy as _

from cooperation.pages.finding import titled_source
from cooperation.projects.models import JointProject

SOURCE = titled_source("project", JointProject, _("Joint projects"), "lead")
