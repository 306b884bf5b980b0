"""Filters of the register of problems, the same for page and API."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.scoped import ScopedFilter
from cooperation.pages.filters import JointFilters, PageForm, search_filter
from institutions.registry.models import Institution
from labs.laboratories.models import Laboratory
from labs.laboratories.rules import coordinated_houses
from labs.problems.models import Problem, ProblemStatus
from quality.catalogue.models import Indicator


class ProblemFilters(JointFilters):
    """status, laboratory, indicator, institution that raised it, territory (with all below it), turn."""

    status = django_filters.ChoiceFilter(choices=ProblemStatus.choices, label=_("Status"), empty_label=_("All"))
    laboratory = ScopedFilter(Laboratory, label=_("Laboratory"))
    indicator = ScopedFilter(Indicator, slug_field="code", label=_("Indicator"))
    institution = ScopedFilter(Institution, label=_("Raised by"))

    class Meta:
        model = Problem
        fields: tuple[str, ...] = ()

    def waiting(self, rows: Any, name: str, whose: str) -> QuerySet[Problem]:
        return rows.waiting_for(coordinated_houses(self.request.user))  # type: ignore[no-any-return]


class ProblemPageFilters(PageForm, ProblemFilters):
    """The same with the search box, as the page shows them."""

    search = search_filter()
    field_order = ("search", "status", "territory")
    hidden = ("laboratory", "indicator", "institution", "turn")

    def named(self, rows: Any, name: str, text: str) -> QuerySet[Problem]:
        return rows.search(text)  # type: ignore[no-any-return]
