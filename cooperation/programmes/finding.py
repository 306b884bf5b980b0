"""Joint programmes on the search page."""

from django.utils.translation import gettext_lazy as _

from cooperation.pages.finding import titled_source
from cooperation.programmes.models import JointProgramme

SOURCE = titled_source("programme", JointProgramme, _("Joint programmes"), "lead")
