"""Laboratories on the page of an institution."""

import datetime
from typing import Any

from django.utils.translation import get_language, gettext_lazy

from institutions.registry.blocks import Block, block
from institutions.registry.models import Institution
from labs.laboratories.models import Laboratory
from labs.laboratories.presenting import ROW_PREFETCH, ROW_RELATED, rows_of

FEW = 5


def of_institution(user: Any, institution: Institution, on: datetime.date) -> dict[str, Any] | None:
    """The laboratories it hosts, is the site of or works in, as far as the reader may see them."""
    seen: Any = Laboratory.objects.all()
    rows = seen.visible_to(user).of_institution(institution).select_related(*ROW_RELATED)
    found = rows_of(rows.prefetch_related(*ROW_PREFETCH).order_by("-modified_at", "-pk")[:FEW], on)
    if not found:
        return None
    return {"rows": found, "all_url": f"/{get_language()}/labs/?view=all&institution={institution.public_id}"}


block(Block("laboratories", gettext_lazy("Laboratories"), "labs/_institution_laboratories.html", of_institution))
