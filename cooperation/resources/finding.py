"""Shared resources on the search page."""

from django.utils.translation import gettext_lazy as _

from cooperation.resources.models import Resource
from cooperation.reviewing.finding import search_source

SOURCE = search_source(Resource, _("Shared resources"))
