"""Indicators on the search page: by code straight to the page, else by name in any language and writing."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from accounts.spelling import search_key
from institutions.registry.scope import standings
from institutions.registry.search import Hit, Source
from quality.catalogue.models import Indicator


def hit_of(indicator: Indicator) -> Hit:
    """An indicator found."""
    return Hit(name_now(indicator.names), reverse("indicator-detail", args=[indicator.code]), indicator.code)


def find_indicators(user: Any, text: str, limit: int) -> list[Hit]:
    """Every word must stand in the code or in a name; the catalogue is some dozen rows."""
    words = search_key(text).split()
    rows = Indicator.objects.order_by("position", "pk") if words and standings(user) else Indicator.objects.none()
    found = (row for row in rows if all(word in _said(row) for word in words))
    return [hit_of(row) for row, _place in zip(found, range(limit), strict=False)]


def _said(indicator: Indicator) -> str:
    return " ".join(map(search_key, (indicator.code, *indicator.names.values())))


def exact_indicator(user: Any, text: str) -> str | None:
    """A code typed in full."""
    row = Indicator.objects.filter(code=text.upper()).first() if standings(user) else None
    return hit_of(row).url if row else None


SOURCE = Source("indicators", _("Indicators"), find_indicators, exact_indicator)
