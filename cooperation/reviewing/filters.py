"""Filters of the lists of what is reviewed, the same for page and API; there is none by author."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.scoped import ScopedFilter
from cooperation.pages.filters import JointFilters
from cooperation.reviewing.models import ReviewStatus
from institutions.registry.models import Institution


class ReviewedFilters(JointFilters):
    """status, institution, territory (with all below it), turn."""

    status = django_filters.ChoiceFilter(choices=ReviewStatus.choices, label=_("Status"), empty_label=_("All"))
    institution = ScopedFilter(Institution, method="of_institution", label=_("Organisation"))

    def of_institution(self, rows: Any, name: str, institution: Institution) -> QuerySet[Any]:
        return rows.of_institution(institution)  # type: ignore[no-any-return]

    def waiting(self, rows: Any, name: str, whose: str) -> QuerySet[Any]:
        return rows.waiting_for(self.request.user)  # type: ignore[no-any-return]

    def named(self, rows: Any, name: str, text: str) -> QuerySet[Any]:
        """What the search box of a page asks."""
        return rows.search(text)  # type: ignore[no-any-return]
