"""Filters of the list of jobs."""

import django_filters

from accounts.listing import StrictFilterSet
from exchange.jobs.models import Job, JobStatus


class JobFilters(StrictFilterSet):
    """By status and kind."""

    status = django_filters.ChoiceFilter(choices=JobStatus.choices)
    kind = django_filters.CharFilter(max_length=64)

    class Meta:
        model = Job
        fields: list[str] = []
