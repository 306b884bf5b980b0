"""Filters of the list of joint projects, the same for page and API."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.listing import StrictFilterSet
from accounts.scoped import ScopedFilter
from accounts.wording import UNKNOWN
from cooperation.projects.models import JointProject, ProjectStatus
from cooperation.projects.rules import admin_houses
from institutions.registry.models import Institution
from institutions.territory.models import Territory


class ProjectFilters(StrictFilterSet):
    """status, institution, territory (with all below it), turn."""

    status = django_filters.ChoiceFilter(choices=ProjectStatus.choices, label=_("Status"), empty_label=_("All"))
    institution = ScopedFilter(Institution, method="of_institution", label=_("Organisation"))
    territory = django_filters.ModelChoiceFilter(
        queryset=Territory.objects.order_by("depth", "sort_key", "pk"), to_field_name="code", method="within_territory",
        label=_("Territory"), widget=forms.TextInput, error_messages={"invalid_choice": UNKNOWN},
    )  # fmt: skip
    turn = django_filters.ChoiceFilter(
        choices=[("mine", _("Waiting for you"))], method="waiting", label=_("Whose turn"), empty_label=_("All")
    )

    class Meta:
        model = JointProject
        fields: tuple[str, ...] = ()

    def of_institution(self, rows: Any, name: str, institution: Institution) -> QuerySet[JointProject]:
        return rows.of_institution(institution)  # type: ignore[no-any-return]

    def within_territory(self, rows: Any, name: str, territory: Territory) -> QuerySet[JointProject]:
        return rows.within(territory)  # type: ignore[no-any-return]

    def waiting(self, rows: Any, name: str, whose: str) -> QuerySet[JointProject]:
        return rows.waiting_for(admin_houses(self.request.user))  # type: ignore[no-any-return]
