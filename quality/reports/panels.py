"""Figures on the page of an institution: its latest reports, for those who may read them."""

import datetime
from typing import Any

from django.utils.translation import gettext_lazy

from institutions.registry.blocks import Block, block
from institutions.registry.models import Institution
from quality.reports.overview import own_reports


def of_institution(user: Any, institution: Institution, on: datetime.date) -> dict[str, Any] | None:
    """The latest periods with how far each is."""
    if not Institution.objects.all().overseen_by(user).filter(pk=institution.pk).exists():
        return None
    found = own_reports([institution], on)
    return found[0] if found else None


block(Block("figures", gettext_lazy("Figures"), "quality/_institution_figures.html", of_institution))
