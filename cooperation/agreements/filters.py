"""Filters of the list of agreements, the same for page and API."""

import datetime
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.listing import refuse
from accounts.names import TAGS, tag_of
from accounts.scoped import ScopedFilter
from cooperation.agreements.models import Agreement
from cooperation.agreements.rules import acting_houses
from cooperation.agreements.statuses import AgreementStatus
from cooperation.pages.filters import JointFilters, PageForm, search_filter, word_filter
from institutions.registry.models import Institution

PAPER = ("language", "beside")  # parameters of the paper


class AgreementFilters(JointFilters):
    """status, kind, party, territory (with all below it), in_force_on, ends_before, turn."""

    status = django_filters.ChoiceFilter(choices=AgreementStatus.choices, label=_("Status"), empty_label=_("All"))
    kind = word_filter("agreement_kind", _("Kind of agreement"))
    party = ScopedFilter(Institution, method="with_party", label=_("Party"))
    in_force_on = django_filters.DateFilter(method="in_force_that_day", label=_("In force on"))
    ends_before = django_filters.DateFilter(field_name="ends_on", lookup_expr="lt", label=_("Ends before"))

    class Meta:
        model = Agreement
        fields: tuple[str, ...] = ()

    def with_party(self, rows: Any, name: str, institution: Institution) -> QuerySet[Agreement]:
        return rows.of_party(institution)  # type: ignore[no-any-return]

    def in_force_that_day(self, rows: Any, name: str, day: datetime.date) -> QuerySet[Agreement]:
        return rows.in_force_on(day)  # type: ignore[no-any-return]

    def waiting(self, rows: Any, name: str, whose: str) -> QuerySet[Agreement]:
        return rows.waiting_for(acting_houses(self.request.user))  # type: ignore[no-any-return]


class AgreementPageFilters(PageForm, AgreementFilters):
    """The same with the search box, as the page shows them."""

    search = search_filter()
    field_order = ("search", "status", "kind", "territory")
    hidden = ("party", "turn", "in_force_on", "ends_before")

    def named(self, rows: Any, name: str, text: str) -> QuerySet[Agreement]:
        return rows.search(text)  # type: ignore[no-any-return]


def languages_of(asked: Any, reader: str | None) -> list[str]:
    """The languages of the paper by `language` and `beside`: the reader's own by default. Raises ParameterError (400)."""
    found = []
    for name in PAPER:
        tag = asked.get(name, "")
        if tag and tag not in TAGS:
            raise refuse(
                name, "invalid", _("One of these languages is expected: %(tags)s.") % {"tags": ", ".join(TAGS)}
            )
        found.append(tag)
    first, second = found
    first = first or tag_of(reader)
    return [first, second] if second and second != first else [first]
