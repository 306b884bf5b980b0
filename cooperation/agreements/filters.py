"""Filters of the list of agreements, the same for page and API."""

import datetime
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.listing import StrictFilterSet
from accounts.scoped import UNKNOWN, ScopedFilter
from cooperation.agreements.models import Agreement, AgreementStatus
from cooperation.agreements.rules import acting_houses
from institutions.registry.models import Institution
from institutions.territory.models import Term, Territory


class AgreementFilters(StrictFilterSet):
    """status, kind, party, territory (with all below it), in_force_on, ends_before, turn."""

    status = django_filters.ChoiceFilter(choices=AgreementStatus.choices, label=_("Status"), empty_label=_("All"))
    kind = django_filters.ModelChoiceFilter(
        queryset=Term.objects.of("agreement_kind").order_by("position", "pk"), to_field_name="code", label=_("Kind of agreement"),  # type: ignore[attr-defined]
        empty_label=_("All"), error_messages={"invalid_choice": UNKNOWN},
    )  # fmt: skip
    party = ScopedFilter(Institution, method="with_party", label=_("Party"))
    territory = django_filters.ModelChoiceFilter(
        queryset=Territory.objects.order_by("depth", "sort_key", "pk"), to_field_name="code", method="within_territory",
        label=_("Territory"), widget=forms.TextInput, error_messages={"invalid_choice": UNKNOWN},
    )  # fmt: skip
    in_force_on = django_filters.DateFilter(method="in_force_that_day", label=_("In force on"))
    ends_before = django_filters.DateFilter(field_name="ends_on", lookup_expr="lt", label=_("Ends before"))
    turn = django_filters.ChoiceFilter(choices=[("mine", _("Waiting for you"))], method="waiting", label=_("Whose turn"), empty_label=_("All"))

    class Meta:
        model = Agreement
        fields: tuple[str, ...] = ()

    def with_party(self, rows: Any, name: str, institution: Institution) -> QuerySet[Agreement]:
        return rows.of_party(institution)  # type: ignore[no-any-return]

    def within_territory(self, rows: Any, name: str, territory: Territory) -> QuerySet[Agreement]:
        return rows.within(territory)  # type: ignore[no-any-return]

    def in_force_that_day(self, rows: Any, name: str, day: datetime.date) -> QuerySet[Agreement]:
        return rows.in_force_on(day)  # type: ignore[no-any-return]

    def waiting(self, rows: Any, name: str, whose: str) -> QuerySet[Agreement]:
        return rows.waiting_for(acting_houses(self.request.user))  # type: ignore[no-any-return]
