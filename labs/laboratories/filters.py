"""Filters of the list of laboratories, the same for page and API."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.scoped import ScopedFilter
from cooperation.pages.filters import JointFilters, PageForm, search_filter, word_filter
from institutions.clusters.models import Cluster
from institutions.registry.models import Institution
from labs.laboratories.models import Laboratory, LaboratoryStatus


class LaboratoryFilters(JointFilters):
    """direction, status, institution, cluster, territory (with all below it), turn."""

    direction = word_filter("activity_direction", _("Direction of activity"), field="directions")
    status = django_filters.ChoiceFilter(choices=LaboratoryStatus.choices, label=_("Status"), empty_label=_("All"))
    institution = ScopedFilter(Institution, method="of_institution", label=_("Organisation"))
    cluster = ScopedFilter(Cluster, label=_("Cluster"))

    class Meta:
        model = Laboratory
        fields: tuple[str, ...] = ()

    def of_institution(self, rows: Any, name: str, institution: Institution) -> QuerySet[Laboratory]:
        return rows.of_institution(institution)  # type: ignore[no-any-return]

    def waiting(self, rows: Any, name: str, whose: str) -> QuerySet[Laboratory]:
        return rows.waiting_for(self.request.user)  # type: ignore[no-any-return]


class LaboratoryPageFilters(PageForm, LaboratoryFilters):
    """The same with the search box, as the page shows them."""

    search = search_filter()
    field_order = ("search", "direction", "status", "territory")
    hidden = ("institution", "cluster", "turn")

    def named(self, rows: Any, name: str, text: str) -> QuerySet[Laboratory]:
        return rows.search(text)  # type: ignore[no-any-return]
