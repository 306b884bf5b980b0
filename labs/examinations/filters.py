"""Filters of the list of examinations and of an expert's reviews, the same for page and API."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.listing import StrictFilterSet
from accounts.scoped import ScopedFilter
from cooperation.pages.filters import JointFilters, PageForm, search_filter
from labs.examinations.models import Decision, Examination, ExaminationStatus, Review, ReviewStatus
from labs.laboratories.models import Laboratory
from labs.pilots.models import PilotProject


class ExaminationFilters(JointFilters):
    """status, decision, laboratory, project, territory (with all below it), turn."""

    status = django_filters.ChoiceFilter(choices=ExaminationStatus.choices, label=_("Status"), empty_label=_("All"))
    decision = django_filters.ChoiceFilter(choices=Decision.choices, label=_("Decision"), empty_label=_("All"))
    laboratory = ScopedFilter(Laboratory, field_name="project__laboratory", label=_("Laboratory"))
    project = ScopedFilter(PilotProject, label=_("Project"))

    class Meta:
        model = Examination
        fields: tuple[str, ...] = ()

    def waiting(self, rows: Any, name: str, whose: str) -> QuerySet[Examination]:
        return rows.waiting()  # type: ignore[no-any-return]


class ExaminationPageFilters(PageForm, ExaminationFilters):
    """The same with the search box, as the page shows them."""

    search = search_filter()
    field_order = ("search", "status", "decision", "territory")
    hidden = ("laboratory", "project", "turn")

    def named(self, rows: Any, name: str, text: str) -> QuerySet[Examination]:
        return rows.search(text)  # type: ignore[no-any-return]


class ReviewFilters(StrictFilterSet):
    """status."""

    status = django_filters.ChoiceFilter(choices=ReviewStatus.choices, label=_("Status"), empty_label=_("All"))

    class Meta:
        model = Review
        fields: tuple[str, ...] = ()
