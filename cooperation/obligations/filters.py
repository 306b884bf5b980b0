"""Filters of the list of obligations, the same for page and API."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.clock import today
from accounts.scoped import ScopedFilter
from cooperation.agreements.models import Agreement
from cooperation.agreements.rules import admin_houses
from cooperation.obligations.models import Obligation, ObligationStatus
from cooperation.pages.filters import JointFilters, PageForm, search_filter, word_filter
from institutions.registry.models import Institution


class ObligationFilters(JointFilters):
    """agreement, status, kind, responsible, overdue, territory (with all below it), turn."""

    agreement = ScopedFilter(Agreement, label=_("Agreement"))
    status = django_filters.ChoiceFilter(choices=ObligationStatus.choices, label=_("Status"), empty_label=_("All"))
    kind = word_filter("obligation_kind", _("What is promised"))
    responsible = ScopedFilter(Institution, label=_("Who does it"))
    overdue = django_filters.BooleanFilter(method="that_are_overdue", label=_("Overdue"))

    class Meta:
        model = Obligation
        fields: tuple[str, ...] = ()

    def that_are_overdue(self, rows: Any, name: str, wanted: bool) -> QuerySet[Obligation]:
        late = rows.overdue_on(today()).order_by().values("pk")
        return rows.filter(pk__in=late) if wanted else rows.exclude(pk__in=late)  # type: ignore[no-any-return]

    def waiting(self, rows: Any, name: str, whose: str) -> QuerySet[Obligation]:
        return rows.waiting_for(admin_houses(self.request.user))  # type: ignore[no-any-return]


class ObligationPageFilters(PageForm, ObligationFilters):
    """The same with the search box, as the page shows them."""

    search = search_filter()
    field_order = ("search", "status", "kind", "territory")
    hidden = ("agreement", "responsible", "overdue", "turn")

    def named(self, rows: Any, name: str, text: str) -> QuerySet[Obligation]:
        return rows.search(text)  # type: ignore[no-any-return]
