"""Practices on the page of an institution."""

from django.utils.translation import gettext_lazy as _

from cooperation.practices.models import Practice
from cooperation.practices.presenting import row_of
from cooperation.reviewing.panels import shared_block
from institutions.registry.blocks import block

block(shared_block(Practice, _("Good practices"), "cooperation/_practice_table.html", row_of, ("institution", "form")))
