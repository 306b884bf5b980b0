"""Filters of the list of joint projects, the same for page and API."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.scoped import ScopedFilter
from cooperation.pages.filters import JointFilters, PageForm, search_filter
from cooperation.projects.models import JointProject, ProjectStatus
from cooperation.projects.rules import admin_houses
from institutions.registry.models import Institution


class ProjectFilters(JointFilters):
    """status, institution, territory (with all below it), turn."""

    status = django_filters.ChoiceFilter(choices=ProjectStatus.choices, label=_("Status"), empty_label=_("All"))
    institution = ScopedFilter(Institution, method="of_institution", label=_("Organisation"))

    class Meta:
        model = JointProject
        fields: tuple[str, ...] = ()

    def of_institution(self, rows: Any, name: str, institution: Institution) -> QuerySet[JointProject]:
        return rows.of_institution(institution)  # type: ignore[no-any-return]

    def waiting(self, rows: Any, name: str, whose: str) -> QuerySet[JointProject]:
        return rows.waiting_for(admin_houses(self.request.user))  # type: ignore[no-any-return]


class ProjectPageFilters(PageForm, ProjectFilters):
    """The same with the search box, as the page shows them."""

    search = search_filter()
    field_order = ("search", "status", "territory")
    hidden = ("institution", "turn")

    def named(self, rows: Any, name: str, text: str) -> QuerySet[JointProject]:
        return rows.search(text)  # type: ignore[no-any-return]
