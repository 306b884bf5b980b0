"""Filters of the list of trials."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.listing import StrictFilterSet
from accounts.scoped import ScopedFilter
from institutions.registry.models import Institution
from labs.pilots.models import PilotProject
from labs.trials.models import Trial, TrialStatus


class TrialFilters(StrictFilterSet):
    """status, pilot, institution (a site)."""

    status = django_filters.ChoiceFilter(choices=TrialStatus.choices, label=_("Status"), empty_label=_("All"))
    pilot = ScopedFilter(PilotProject, field_name="project", label=_("Pilot project"))
    institution = ScopedFilter(Institution, method="of_institution", label=_("Organisation"))

    class Meta:
        model = Trial
        fields: tuple[str, ...] = ()

    def of_institution(self, rows: Any, name: str, institution: Institution) -> QuerySet[Trial]:
        return rows.of_institution(institution)  # type: ignore[no-any-return]
