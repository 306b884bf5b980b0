"""Filters of the list of disagreements: one set for the page, the API and the export."""

from collections.abc import Mapping
from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts import wording
from accounts.listing import StrictFilterSet
from accounts.names import name_now
from institutions.registry.filters import CodeFilter, place_of
from institutions.territory.models import Territory
from quality.catalogue.models import Indicator, Period
from quality.discrepancies.models import Discrepancy, Kind


def indicator_of(code: str) -> Indicator | None:
    """An indicator of the catalogue."""
    return Indicator.objects.filter(code=code).first()


class DiscrepancyFilters(StrictFilterSet):
    """Indicator, period, place with everything below it, and what a figure is held against."""

    indicator = CodeFilter(rows=indicator_of, label=_("Indicator"), method="by_indicator")
    period = django_filters.CharFilter(max_length=24, label=_("Period"), method="by_period")
    territory = CodeFilter(rows=place_of, label=_("Territory"), method="by_territory")
    kind = django_filters.ChoiceFilter(choices=Kind.choices, label=_("Held against"))

    class Meta:
        model = Discrepancy
        fields: list[str] = []

    def by_indicator(self, rows: Any, name: str, indicator: Indicator) -> Any:
        return rows.of(indicator=indicator.code)

    def by_period(self, rows: Any, name: str, code: str) -> Any:
        return rows.of(period=code)

    def by_territory(self, rows: Any, name: str, place: Territory) -> Any:
        inside = Territory.objects.filter(lineage__contains=[place.pk])
        return rows.filter(Q(territory__in=inside) | Q(institution__territory__in=inside))


class PageForm(forms.Form):
    """What the page offers: the same parameters in words."""

    indicator = forms.ChoiceField(label=_("Indicator"), required=False)
    period = forms.ChoiceField(label=_("Period"), required=False)
    territory = forms.ChoiceField(label=_("Territory"), required=False)
    kind = forms.ChoiceField(label=_("Held against"), required=False, choices=[("", _("All")), *Kind.choices])

    def __init__(self, *args: Any, choices: Mapping[str, Mapping[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in choices.items():
            self.fields[name].choices = [("", _("All")), *words.items()]  # type: ignore[attr-defined]


def offered(rows: Any) -> dict[str, dict[str, str]]:
    """Indicators, periods and upper places in which anything disagrees, by code in words."""
    found = list(rows.order_by().values_list("version__indicator", "period", "territory", "institution__territory"))
    indicators = Indicator.objects.filter(pk__in={row[0] for row in found}).order_by("position", "pk")
    periods = Period.objects.filter(pk__in={row[1] for row in found}).order_by("-starts_on", "pk")
    at = {place for row in found for place in row[2:] if place}
    above = {pk for line in Territory.objects.filter(pk__in=at).values_list("lineage", flat=True) for pk in line[:2]}
    places = Territory.objects.filter(pk__in=above).order_by("depth", "sort_key", "pk")
    return {
        "indicator": {row.code: f"{row.code} {name_now(row.names)}" for row in indicators},
        "period": {row.code: wording.period_name(row) for row in periods},
        "territory": {row.code: name_now(row.names) for row in places},
    }


def chosen(rows: Any, params: Mapping[str, str]) -> Any:
    """The rows a query string means, for page and export; parameters that are none are left out of account."""
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in params.items() if name in DiscrepancyFilters.base_filters and value})
    for name in list(DiscrepancyFilters(query, rows, request=None).errors):
        del query[name]
    return DiscrepancyFilters(query, rows, request=None).qs
