"""Filters of the list of steps, the same for page and API."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.scoped import ScopedFilter
from cooperation.pages.filters import JointFilters, PageForm
from institutions.registry.models import Institution
from labs.implementation.models import ImplementationStep, StepStatus
from labs.implementation.rules import own_houses
from labs.pilots.models import PilotProject


class StepFilters(JointFilters):
    """status, owner, pilot, territory (with all below it), turn."""

    status = django_filters.ChoiceFilter(choices=StepStatus.choices, label=_("Status"), empty_label=_("All"))
    owner = ScopedFilter(Institution, label=_("Organisation"))
    pilot = ScopedFilter(PilotProject, field_name="project", label=_("Pilot project"))

    class Meta:
        model = ImplementationStep
        fields: tuple[str, ...] = ()

    def waiting(self, rows: Any, name: str, whose: str) -> QuerySet[ImplementationStep]:
        return rows.owned_by(own_houses(self.request.user)).open()  # type: ignore[no-any-return]


class StepPageFilters(PageForm, StepFilters):
    """The same as the page shows them."""

    field_order = ("status", "territory")
    hidden = ("owner", "pilot", "turn")
