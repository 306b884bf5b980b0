"""Filters of the list of shared resources and of the list of their use, the same for page and API."""

import datetime
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.scoped import ScopedFilter
from cooperation.pages.filters import JointFilters, PageForm, search_filter
from cooperation.resources.models import Resource, ResourceKind, ResourceRights, ResourceUse
from cooperation.reviewing.filters import ReviewedFilters
from institutions.registry.models import Institution


class ResourceFilters(ReviewedFilters):
    """kind, rights, and those of everything that is reviewed."""

    kind = django_filters.ChoiceFilter(choices=ResourceKind.choices, label=_("Kind"), empty_label=_("All"))
    rights = django_filters.ChoiceFilter(
        choices=ResourceRights.choices, label=_("Who may use it"), empty_label=_("All")
    )

    class Meta:
        model = Resource
        fields: tuple[str, ...] = ()


class ResourcePageFilters(PageForm, ResourceFilters):
    """The same with the search box, as the page shows them."""

    search = search_filter()
    field_order = ("search", "kind", "rights", "status", "territory")
    hidden = ("institution", "turn")


class UseFilters(JointFilters):
    """resource, institution (that uses it), territory, from, to; nothing of it waits for anybody."""

    turn = None
    resource = ScopedFilter(Resource, label=_("Resource"))
    institution = ScopedFilter(Institution, label=_("Used by"))
    to = django_filters.DateFilter(field_name="used_on", lookup_expr="lte", label=_("To"))

    class Meta:
        model = ResourceUse
        fields: tuple[str, ...] = ()

    def since(self, rows: Any, name: str, day: datetime.date) -> QuerySet[ResourceUse]:
        return rows.filter(used_on__gte=day)  # type: ignore[no-any-return]


# `from` is a word of the language, so it cannot be an attribute of the class
UseFilters.base_filters["from"] = django_filters.DateFilter(method="since", label=_("From"))


class UsePageFilters(PageForm, UseFilters):
    """The same as the page shows them."""

    field_order = ("from", "to", "territory")
    hidden = ("resource", "institution")


UsePageFilters.base_filters["from"] = UseFilters.base_filters["from"]
