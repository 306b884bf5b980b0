"""Filters of the list of institutions: one set for the page, the API and the export."""

import datetime
from collections.abc import Mapping
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.listing import StrictFilterSet
from accounts.names import name_now
from accounts.wording import UNKNOWN
from institutions.registry.models import Institution, InstitutionStatus
from institutions.territory.models import Term, Territory


class CodeField(forms.CharField):
    """A code in a query parameter, turned into the row it names."""

    def __init__(self, rows: Any, **options: Any) -> None:
        self.rows = rows
        super().__init__(max_length=64, **options)

    def clean(self, value: Any) -> Any:
        code = super().clean(value)
        if not code:
            return None
        found = self.rows(code)
        if found is None:
            raise ValidationError(UNKNOWN, code="invalid_choice")
        return found


def kind_of(code: str) -> Term | None:
    """A kind of participant."""
    return Term.objects.filter(vocabulary="participant_kind", code=code).first()


def place_of(code: str) -> Territory | None:
    """A place of the tree."""
    return Territory.objects.filter(code=code).first()


class CodeFilter(django_filters.Filter):
    """A filter whose value is a code."""

    field_class = CodeField


class InstitutionFilters(StrictFilterSet):
    """Kind, place with everything below it, status, a day on which it was open, a number in a register."""

    kind = CodeFilter(rows=kind_of, label=_("Kind"), method="by_kind")
    territory = CodeFilter(rows=place_of, label=_("Territory"), method="by_territory")
    within = CodeFilter(rows=place_of, label=_("Within"), method="by_territory")
    status = django_filters.ChoiceFilter(choices=InstitutionStatus.choices, label=_("Status"), empty_label=_("Any"))
    on = django_filters.DateFilter(label=_("Open on"), method="by_day")
    external_id = django_filters.CharFilter(max_length=90, label=_("Number in a register"), method="by_number")

    class Meta:
        model = Institution
        fields: list[str] = []

    def by_kind(self, rows: Any, name: str, kind: Term) -> Any:
        return rows.filter(kind=kind)

    def by_territory(self, rows: Any, name: str, place: Territory) -> Any:
        return rows.within(place)

    def by_day(self, rows: Any, name: str, day: datetime.date) -> Any:
        return rows.active_on(day)

    def by_number(self, rows: Any, name: str, text: str) -> Any:
        scheme, colon, value = text.partition(":")
        wanted = Q(external_ids__scheme=scheme, external_ids__value=value) if colon else Q(external_ids__value=text)
        return rows.filter(wanted).distinct() if not colon else rows.filter(wanted)


class PageForm(forms.Form):
    """What the list page offers: the same parameters in words, and a search box."""

    search = forms.CharField(label=_("Search"), required=False, max_length=200, widget=forms.SearchInput)
    territory = forms.ChoiceField(label=_("Territory"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    status = forms.ChoiceField(label=_("Status"), required=False, choices=[("", _("Any")), *InstitutionStatus.choices])
    on = forms.CharField(label=_("Open on"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, kinds: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("All")), *((term.code, name_now(term.names)) for term in kinds)]
        self.fields["territory"].choices = [("", _("All")), *((place.code, indented(place)) for place in places)]


def indented(place: Territory) -> str:
    """A place in a drop-down, under its own."""
    return "\u2003" * max(place.depth - 1, 0) + name_now(place.names)


def chosen(rows: Any, params: Mapping[str, str], on: datetime.date) -> Any:
    """The rows a query string means, for page and export; parameters that are none are left out of account."""
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in params.items() if name in InstitutionFilters.base_filters and value})
    filters = InstitutionFilters(query, rows, request=None)
    for name in list(filters.errors):
        del query[name]
    found = InstitutionFilters(query, rows, request=None).qs
    text = (params.get("search") or "").strip()[:200]
    return found.search(text) if len(text) > 1 else found
