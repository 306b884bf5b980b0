"""Filters of the list of joint programmes, the same for page and API."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.scoped import ScopedFilter
from cooperation.pages.filters import JointFilters, PageForm, search_filter, word_filter
from cooperation.programmes.models import JointProgramme, ProgrammeStatus
from cooperation.projects.rules import admin_houses
from institutions.registry.models import Institution


class ProgrammeFilters(JointFilters):
    """status, field (with all below it), level, institution, territory (with all below it), turn."""

    status = django_filters.ChoiceFilter(choices=ProgrammeStatus.choices, label=_("Status"), empty_label=_("All"))
    field = word_filter("isced_f", _("Field of study"))
    level = word_filter("isced_level", _("Level of education"))
    institution = ScopedFilter(Institution, method="of_institution", label=_("Organisation"))

    class Meta:
        model = JointProgramme
        fields: tuple[str, ...] = ()

    def filter_queryset(self, queryset: QuerySet[JointProgramme]) -> QuerySet[JointProgramme]:
        """A field means what lies below it too."""
        field = self.form.cleaned_data.pop("field", None)
        found = super().filter_queryset(queryset)
        self.form.cleaned_data["field"] = field
        return found.in_field(field) if field else found  # type: ignore[attr-defined, no-any-return]

    def of_institution(self, rows: Any, name: str, institution: Institution) -> QuerySet[JointProgramme]:
        return rows.of_institution(institution)  # type: ignore[no-any-return]

    def waiting(self, rows: Any, name: str, whose: str) -> QuerySet[JointProgramme]:
        return rows.waiting_for(admin_houses(self.request.user))  # type: ignore[no-any-return]


class ProgrammePageFilters(PageForm, ProgrammeFilters):
    """The same with the search box, as the page shows them."""

    search = search_filter()
    field_order = ("search", "field", "level", "status", "territory")
    hidden = ("institution", "turn")

    def named(self, rows: Any, name: str, text: str) -> QuerySet[JointProgramme]:
        return rows.search(text)  # type: ignore[no-any-return]
