"""Filters of the list of adoptions, the same for page and API."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.clock import today
from accounts.scoped import ScopedFilter
from cooperation.adoptions.models import Adoption, AdoptionStatus
from cooperation.adoptions.rules import speaks_for
from cooperation.adoptions.subjects import adoptables
from cooperation.pages.filters import JointFilters, PageForm
from institutions.registry.models import Institution


def kinds() -> list[tuple[str, Any]]:
    """What can be adopted, to choose from."""
    return [(kind.code, kind.label) for kind in adoptables().values()]


class AdoptionFilters(JointFilters):
    """subject_type, subject, institution, status, territory (with all below it), turn."""

    subject_type = django_filters.ChoiceFilter(choices=kinds, label=_("What is used"), empty_label=_("All"))
    subject = django_filters.CharFilter(field_name="subject_id", label=_("Which one"), max_length=26)
    status = django_filters.ChoiceFilter(choices=AdoptionStatus.choices, label=_("Status"), empty_label=_("All"))
    institution = ScopedFilter(Institution, label=_("Organisation"))

    class Meta:
        model = Adoption
        fields: tuple[str, ...] = ()

    def waiting(self, rows: Any, name: str, whose: str) -> QuerySet[Adoption]:
        return rows.waiting_for(speaks_for(self.request.user), today())  # type: ignore[no-any-return]


class AdoptionPageFilters(PageForm, AdoptionFilters):
    """The same as the page shows them."""

    field_order = ("subject_type", "status", "territory")
    hidden = ("subject", "institution", "turn")
