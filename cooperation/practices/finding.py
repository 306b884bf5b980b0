"""Practices on the search page."""

from django.utils.translation import gettext_lazy as _

from cooperation.practices.models import Practice
from cooperation.reviewing.finding import search_source

SOURCE = search_source(Practice, _("Good practices"))
