"""Filters of the list of notices: one set for page and API."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from accounts.listing import StrictFilterSet
from exchange.notices.models import Notice, NoticeKind


class NoticeFilters(StrictFilterSet):
    """By kind, and unread ones only."""

    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=NoticeKind.choices)
    unread = django_filters.BooleanFilter(label=_("Unread"), method="only_unread")

    class Meta:
        model = Notice
        fields: list[str] = []

    def only_unread(self, rows: Any, name: str, value: bool | None) -> Any:
        """`true`: unread, `false`: read."""
        return rows if value is None else rows.filter(read_at__isnull=value)
