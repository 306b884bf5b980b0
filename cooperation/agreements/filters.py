"""Filters of the list of agreements, the same for page and API."""

import datetime
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.listing import StrictFilterSet
from accounts.names import name_now
from accounts.scoped import ScopedFilter
from accounts.wording import UNKNOWN
from cooperation.agreements.models import Agreement, AgreementStatus
from cooperation.agreements.rules import acting_houses
from institutions.registry.models import Institution
from institutions.territory.models import Term, Territory


class AgreementFilters(StrictFilterSet):
    """status, kind, party, territory (with all below it), in_force_on, ends_before, turn."""

    status = django_filters.ChoiceFilter(choices=AgreementStatus.choices, label=_("Status"), empty_label=_("All"))
    kind = django_filters.ModelChoiceFilter(
        queryset=Term.objects.filter(vocabulary="agreement_kind").order_by("position", "pk"), to_field_name="code",
        label=_("Kind of agreement"),
        empty_label=_("All"), error_messages={"invalid_choice": UNKNOWN},
    )  # fmt: skip
    party = ScopedFilter(Institution, method="with_party", label=_("Party"))
    territory = django_filters.ModelChoiceFilter(
        queryset=Territory.objects.order_by("depth", "sort_key", "pk"), to_field_name="code", method="within_territory",
        label=_("Territory"), widget=forms.TextInput, error_messages={"invalid_choice": UNKNOWN},
    )  # fmt: skip
    in_force_on = django_filters.DateFilter(method="in_force_that_day", label=_("In force on"))
    ends_before = django_filters.DateFilter(field_name="ends_on", lookup_expr="lt", label=_("Ends before"))
    turn = django_filters.ChoiceFilter(
        choices=[("mine", _("Waiting for you"))], method="waiting", label=_("Whose turn"), empty_label=_("All")
    )

    class Meta:
        model = Agreement
        fields: tuple[str, ...] = ()

    def with_party(self, rows: Any, name: str, institution: Institution) -> QuerySet[Agreement]:
        return rows.of_party(institution)  # type: ignore[no-any-return]

    def within_territory(self, rows: Any, name: str, territory: Territory) -> QuerySet[Agreement]:
        return rows.within(territory)  # type: ignore[no-any-return]

    def in_force_that_day(self, rows: Any, name: str, day: datetime.date) -> QuerySet[Agreement]:
        return rows.in_force_on(day)  # type: ignore[no-any-return]

    def waiting(self, rows: Any, name: str, whose: str) -> QuerySet[Agreement]:
        return rows.waiting_for(acting_houses(self.request.user))  # type: ignore[no-any-return]


class AgreementPageFilters(AgreementFilters):
    """The same with the search box, as the page shows them."""

    search = django_filters.CharFilter(method="named", label=_("Search"), min_length=2, max_length=200)
    field_order = ("search", "status", "kind", "territory")
    hidden = ("party", "turn", "in_force_on", "ends_before")

    def get_form_class(self) -> type[forms.Form]:
        """Search, status, kind and region stand open; the rest is kept when an address carries it."""
        form_class = super().get_form_class()
        form_class.field_order = list(self.field_order)  # type: ignore[assignment]
        return form_class

    @cached_property
    def form(self) -> Any:
        """Made once: the options of places and kinds are read from the database."""
        form = super().form
        chosen = form.data.get("territory") or ""
        shown = Territory.objects.filter(Q(depth=1) | Q(code=chosen)).order_by("depth", "sort_key", "pk")
        options = [("", _("All")), *((place.code, name_now(place.names)) for place in shown)]
        form.fields["territory"].widget = forms.Select(choices=options)
        form.fields["kind"].label_from_instance = lambda term: name_now(term.names)
        for name in self.hidden:
            form.fields[name].widget = forms.HiddenInput()
        return form

    def named(self, rows: Any, name: str, text: str) -> QuerySet[Agreement]:
        return rows.search(text)  # type: ignore[no-any-return]
