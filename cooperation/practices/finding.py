"""Practices on the search page."""

from django.utils.translation import gettext_lazy as _

from cooperation.pages.finding import titled_source
from cooperation.practices.models import Practice

SOURCE = titled_source(Practice.subject_type, Practice, _("Good practices"))
