"""Filters of the list of targets: one set for the page, the API and the export."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from accounts.listing import StrictFilterSet
from accounts.scoped import ScopedFilter
from institutions.registry.models import Institution
from institutions.territory.models import Territory
from quality.catalogue.models import Indicator
from quality.targets.models import Target, TargetStatus


class TargetFilters(StrictFilterSet):
    """By where it stands, indicator, place and period."""

    status = django_filters.ChoiceFilter(choices=TargetStatus.choices, label=_("Status"), empty_label=_("Any"))
    indicator = ScopedFilter(Indicator, slug_field="code", label=_("Indicator"))
    territory = ScopedFilter(Territory, slug_field="code", label=_("Territory code"))
    institution = ScopedFilter(Institution, label=_("Organisation"))
    period = django_filters.CharFilter(field_name="period__code", max_length=24, label=_("Period"))

    class Meta:
        model = Target
        fields: list[str] = []


def chosen(user: Any, rows: Any, params: Mapping[str, str]) -> TargetFilters:
    """The filters of a page, whose `qs` holds nothing where a value is not understood."""
    given = {name: params.get(name, "") for name in TargetFilters.base_filters}
    return TargetFilters(given, rows, request=SimpleNamespace(user=user))
