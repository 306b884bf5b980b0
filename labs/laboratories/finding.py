"""Laboratories on the search page."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from institutions.registry.search import Hit, Source
from labs.laboratories.models import Laboratory
from labs.laboratories.presenting import page, title_of


def find(user: Any, text: str, limit: int) -> list[Hit]:
    """The newest first; every word must stand in the name."""
    rows: Any = Laboratory.objects.all()
    found = rows.visible_to(user).search(text).select_related("site", "host").order_by("-modified_at", "-pk")
    return [Hit(title_of(each), page(each), name_now(each.host.names)) for each in found[:limit]]


SOURCE = Source("laboratories", _("Laboratories"), find)
