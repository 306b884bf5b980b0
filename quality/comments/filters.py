"""Filters of the lists of comments: one set for the pages, the API and the export."""

from collections.abc import Mapping
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.clock import now
from accounts.listing import StrictFilterSet
from quality.comments.models import CommentStatus, PublicComment
from quality.comments.rules import by_time
from quality.comments.subjects import plain_path


class CommentFilters(StrictFilterSet):
    """By where it stands, whether the answer came in time, and the public page it speaks of."""

    status = django_filters.ChoiceFilter(choices=CommentStatus.choices, label=_("Status"), empty_label=_("Any"))
    late = django_filters.ChoiceFilter(
        choices=[("no", _("Answered within 15 days")), ("yes", _("Later, or overdue"))], method="in_time",
        label=_("Time of the answer"), empty_label=_("Any"),
    )  # fmt: skip
    page = django_filters.CharFilter(method="of_page", label=_("Address of the page"), max_length=300)

    class Meta:
        model = PublicComment
        fields: list[str] = []

    def in_time(self, rows: Any, name: str, value: str) -> QuerySet[PublicComment]:
        return by_time(rows, now(), late=value == "yes")

    def of_page(self, rows: Any, name: str, typed: str) -> QuerySet[PublicComment]:
        address = plain_path(typed.strip())
        return rows.filter(address=address) if address else rows.none()  # type: ignore[no-any-return]


def chosen(rows: Any, params: Mapping[str, str]) -> CommentFilters:
    """The filters of a page, whose `qs` holds nothing where a value is not understood."""
    return CommentFilters({name: params.get(name, "") for name in CommentFilters.base_filters}, rows)
