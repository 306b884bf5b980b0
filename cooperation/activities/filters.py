"""Filters of the list of activities, the same for page and API."""

import datetime
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.listing import StrictFilterSet
from accounts.scoped import ScopedFilter
from accounts.wording import UNKNOWN
from cooperation.activities.models import Activity, ActivityStatus
from cooperation.activities.rules import member_houses
from cooperation.agreements.models import Agreement
from institutions.registry.models import Institution
from institutions.territory.models import Term, Territory


def words(vocabulary: str) -> Any:
    """The words of a vocabulary, in its order."""
    return Term.objects.filter(vocabulary=vocabulary).order_by("position", "pk")


class ActivityFilters(StrictFilterSet):
    """status, territory (with all below it), institution, form, type, from, to, agreement, turn."""

    status = django_filters.ChoiceFilter(choices=ActivityStatus.choices, label=_("Status"), empty_label=_("All"))
    type = django_filters.ModelChoiceFilter(
        queryset=words("activity_type"), to_field_name="code", label=_("What"), empty_label=_("All"),
        error_messages={"invalid_choice": UNKNOWN},
    )  # fmt: skip
    form = django_filters.ModelChoiceFilter(
        queryset=words("cooperation_form"), to_field_name="code", label=_("Form"), empty_label=_("All"),
        error_messages={"invalid_choice": UNKNOWN},
    )  # fmt: skip
    institution = ScopedFilter(Institution, method="of_institution", label=_("Organisation"))
    territory = django_filters.ModelChoiceFilter(
        queryset=Territory.objects.order_by("depth", "sort_key", "pk"), to_field_name="code", method="within_territory",
        label=_("Territory"), widget=forms.TextInput, error_messages={"invalid_choice": UNKNOWN},
    )  # fmt: skip
    to = django_filters.DateFilter(field_name="starts_on", lookup_expr="lte", label=_("To"))
    agreement = ScopedFilter(Agreement, field_name="agreement", label=_("Agreement"))
    turn = django_filters.ChoiceFilter(
        choices=[("mine", _("Waiting for you"))], method="waiting", label=_("Whose turn"), empty_label=_("All")
    )

    class Meta:
        model = Activity
        fields: tuple[str, ...] = ()

    def of_institution(self, rows: Any, name: str, institution: Institution) -> QuerySet[Activity]:
        return rows.of_institution(institution)  # type: ignore[no-any-return]

    def within_territory(self, rows: Any, name: str, territory: Territory) -> QuerySet[Activity]:
        return rows.within(territory)  # type: ignore[no-any-return]

    def waiting(self, rows: Any, name: str, whose: str) -> QuerySet[Activity]:
        user = self.request.user
        return rows.waiting_for(user, member_houses(user))  # type: ignore[no-any-return]

    def since(self, rows: Any, name: str, day: datetime.date) -> QuerySet[Activity]:
        return rows.filter(starts_on__gte=day)  # type: ignore[no-any-return]


# `from` is a word of the language, so it cannot be an attribute of the class
ActivityFilters.base_filters["from"] = django_filters.DateFilter(method="since", label=_("From"))
