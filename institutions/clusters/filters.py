"""Filters of the list of clusters: one set for the page, the API and the export."""

from collections.abc import Mapping
from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.clock import today
from accounts.listing import StrictFilterSet
from accounts.names import name_now
from accounts.scoped import ScopedFilter
from institutions.clusters.models import Cluster
from institutions.registry.filters import CodeFilter, place_of
from institutions.registry.models import Institution
from institutions.territory.models import Territory


class ClusterFilters(StrictFilterSet):
    """An institution that belongs to it today, and the place of its coordinator with everything below it."""

    territory = CodeFilter(rows=place_of, label=_("Territory"), method="by_territory")
    institution = ScopedFilter(Institution, label=_("Organisation"), method="by_institution")

    class Meta:
        model = Cluster
        fields: list[str] = []

    def by_territory(self, rows: Any, name: str, place: Territory) -> Any:
        return rows.within(place)

    def by_institution(self, rows: Any, name: str, institution: Institution) -> Any:
        return rows.of_institution(institution, today())


class ClusterPageFilters(ClusterFilters):
    """The same with the search box, as the page shows them."""

    search = django_filters.CharFilter(method="named", label=_("Search"), min_length=2, max_length=200)

    def named(self, rows: Any, name: str, text: str) -> Any:
        return rows.search(text)

    @cached_property
    def form(self) -> Any:
        """Made once: the places are read from the database."""
        form = super().form
        shown = Territory.objects.filter(Q(depth=1) | Q(code=form.data.get("territory") or ""))
        places = [(place.code, name_now(place.names)) for place in shown.order_by("depth", "sort_key", "pk")]
        form.fields["territory"].widget = forms.Select(choices=[("", _("All")), *places])
        form.fields["institution"].widget = forms.HiddenInput()
        return form


def chosen(rows: Any, params: Mapping[str, str], request: Any) -> ClusterPageFilters:
    """The filters of a page, whose `qs` holds nothing where a value is not understood."""
    asked = {name: params.get(name, "") for name in ClusterPageFilters.base_filters}
    return ClusterPageFilters(asked, rows, request=request)
