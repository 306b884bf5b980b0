"""Filters of the list of activities, the same for page and API."""

import datetime
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.scoped import ScopedFilter
from cooperation.activities.models import Activity, ActivityStatus
from cooperation.activities.rules import member_houses
from cooperation.agreements.models import Agreement
from cooperation.pages.filters import JointFilters, PageForm, word_filter
from institutions.registry.models import Institution


class ActivityFilters(JointFilters):
    """status, territory (with all below it), institution, form, type, from, to, agreement, turn."""

    status = django_filters.ChoiceFilter(choices=ActivityStatus.choices, label=_("Status"), empty_label=_("All"))
    type = word_filter("activity_type", _("What"))
    form = word_filter("cooperation_form", _("Form"))
    institution = ScopedFilter(Institution, method="of_institution", label=_("Organisation"))
    to = django_filters.DateFilter(field_name="starts_on", lookup_expr="lte", label=_("To"))
    agreement = ScopedFilter(Agreement, field_name="agreement", label=_("Agreement"))

    class Meta:
        model = Activity
        fields: tuple[str, ...] = ()

    def of_institution(self, rows: Any, name: str, institution: Institution) -> QuerySet[Activity]:
        return rows.of_institution(institution)  # type: ignore[no-any-return]

    def waiting(self, rows: Any, name: str, whose: str) -> QuerySet[Activity]:
        user = self.request.user
        return rows.waiting_for(user, member_houses(user))  # type: ignore[no-any-return]

    def since(self, rows: Any, name: str, day: datetime.date) -> QuerySet[Activity]:
        return rows.filter(starts_on__gte=day)  # type: ignore[no-any-return]


# `from` is a word of the language, so it cannot be an attribute of the class
ActivityFilters.base_filters["from"] = django_filters.DateFilter(method="since", label=_("From"))


class ActivityPageFilters(PageForm, ActivityFilters):
    """The filters as the page shows them: what, form, status, region and dates stand open, the rest is kept."""

    field_order = ("type", "status", "form", "territory", "from", "to")
    hidden = ("institution", "agreement", "turn")


ActivityPageFilters.base_filters["from"] = ActivityFilters.base_filters["from"]
