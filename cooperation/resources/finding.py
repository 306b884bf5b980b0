"""Shared resources on the search page."""

from django.utils.translation import gettext_lazy as _

from cooperation.pages.finding import titled_source
from cooperation.resources.models import Resource

SOURCE = titled_source(Resource.subject_type, Resource, _("Shared resources"))
