"""Filters of the works of laboratories, the same for page and API."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.scoped import ScopedFilter
from cooperation.pages.filters import JointFilters, PageForm, search_filter
from labs.laboratories.models import Laboratory
from labs.pilots.models import PilotProject
from labs.works.models import Work, WorkKind


class WorkFilters(JointFilters):
    """kind, laboratory, project, year, territory (with all below it), turn (the reader's own)."""

    kind = django_filters.ChoiceFilter(choices=WorkKind.choices, label=_("Kind"), empty_label=_("All"))
    laboratory = ScopedFilter(Laboratory, label=_("Laboratory"))
    project = ScopedFilter(PilotProject, label=_("Project"))
    year = django_filters.NumberFilter(label=_("Year"), min_value=1900, max_value=2100)

    class Meta:
        model = Work
        fields: tuple[str, ...] = ()

    def waiting(self, rows: Any, name: str, whose: str) -> QuerySet[Work]:
        return rows.of_author(self.request.user).filter(resource__status="draft")  # type: ignore[no-any-return]


class WorkPageFilters(PageForm, WorkFilters):
    """The same with the search box, as the page shows them."""

    search = search_filter()
    field_order = ("search", "kind", "year", "territory")
    hidden = ("laboratory", "project", "turn")

    def named(self, rows: Any, name: str, text: str) -> QuerySet[Work]:
        return rows.search(text)  # type: ignore[no-any-return]
