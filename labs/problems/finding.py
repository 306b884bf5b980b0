"""Problems on the search page."""

from django.utils.translation import gettext_lazy as _

from cooperation.pages.finding import titled_source
from labs.problems.models import Problem

SOURCE = titled_source("problem", Problem, _("Problems"))
