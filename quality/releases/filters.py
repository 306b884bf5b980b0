"""Filters of the list of releases: one set for the page, the API and the export."""

from collections.abc import Mapping
from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from accounts.listing import StrictFilterSet
from quality.releases.models import Release, ReleaseStatus


class ReleaseFilters(StrictFilterSet):
    """By where it stands and by period."""

    status = django_filters.ChoiceFilter(choices=ReleaseStatus.choices, label=_("Status"), empty_label=_("Any"))
    period = django_filters.CharFilter(field_name="period__code", max_length=24, label=_("Period"))

    class Meta:
        model = Release
        fields: list[str] = []


def chosen(rows: Any, params: Mapping[str, str]) -> ReleaseFilters:
    """The filters of a page, whose `qs` holds nothing where a value is not understood."""
    return ReleaseFilters({name: params.get(name, "") for name in ReleaseFilters.base_filters}, rows)
