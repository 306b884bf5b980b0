"""Filters of the list of shared resources and of the list of their use, the same for page and API."""

import django_filters
from django.utils.translation import gettext_lazy as _

from cooperation.lists.filters import PageForm, search_filter
from cooperation.resources.models import Resource, ResourceKind, ResourceRights
from cooperation.reviewing.filters import ReviewedFilters


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
