"""Shared resources on the page of an institution."""

from django.utils.translation import gettext_lazy as _

from cooperation.resources.models import Resource
from cooperation.resources.presenting import row_of
from cooperation.reviewing.panels import shared_block
from institutions.registry.blocks import block

block(shared_block(Resource, _("Shared resources"), "cooperation/_resource_table.html", row_of, ("institution",)))
