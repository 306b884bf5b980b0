"""Filters of the catalogue of practices, the same for page and API."""

from django.utils.translation import gettext_lazy as _

from cooperation.pages.filters import PageForm, search_filter, word_filter
from cooperation.practices.models import Practice
from cooperation.reviewing.filters import ReviewedFilters


class PracticeFilters(ReviewedFilters):
    """form, and those of everything that is reviewed."""

    form = word_filter("cooperation_form", _("Form of cooperation"))

    class Meta:
        model = Practice
        fields: tuple[str, ...] = ()


class PracticePageFilters(PageForm, PracticeFilters):
    """The same with the search box, as the page shows them."""

    search = search_filter()
    field_order = ("search", "form", "status", "territory")
    hidden = ("institution", "turn")


# a word the class uses itself is not inherited as an attribute
PracticePageFilters.base_filters |= {"form": PracticeFilters.base_filters["form"]}
