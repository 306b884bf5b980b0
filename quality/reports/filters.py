"""Filters of submissions over the API."""

import django_filters

from accounts.listing import StrictFilterSet
from accounts.scoped import ScopedFilter
from institutions.registry.models import Institution
from institutions.territory.models import Territory
from quality.submissions.models import Submission, SubmissionStatus


class SubmissionFilters(StrictFilterSet):
    """By institution or place, period, status."""

    institution = ScopedFilter(Institution)
    territory = ScopedFilter(Territory, slug_field="code")
    period = django_filters.CharFilter(field_name="period__code", max_length=24)
    status = django_filters.ChoiceFilter(choices=SubmissionStatus.choices)

    class Meta:
        model = Submission
        fields: list[str] = []
