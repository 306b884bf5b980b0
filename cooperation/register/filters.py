"""Filters of the public register of agreements."""

import datetime
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.spelling import search_key
from cooperation.agreements.models import Agreement, AgreementTerm, RevisionParty
from cooperation.pages.filters import JointFilters, PageForm, search_filter, word_filter
from cooperation.register.showing import STATUSES
from institutions.territory.models import Term, Territory


class RegisterFilters(PageForm, JointFilters):
    """search (number, names of parties), status, kind, cooperation_form, territory of a party, in_force_on."""

    turn = None
    search = search_filter()
    status = django_filters.ChoiceFilter(choices=STATUSES, label=_("Status"), empty_label=_("All"))
    kind = word_filter("agreement_kind", _("Kind of agreement"))
    cooperation_form = word_filter("cooperation_form", _("Form of cooperation"), method="of_form")
    in_force_on = django_filters.DateFilter(method="in_force_that_day", label=_("In force on"))
    field_order = ("search", "status", "kind", "cooperation_form", "territory")
    hidden = ("in_force_on",)

    class Meta:
        model = Agreement
        fields: tuple[str, ...] = ()

    def of_form(self, rows: Any, name: str, form: Term) -> QuerySet[Agreement]:
        promise = AgreementTerm.objects.filter(revision=OuterRef("concluded"), form=form)
        return rows.filter(Exists(promise))  # type: ignore[no-any-return]

    def named(self, rows: Any, name: str, text: str) -> QuerySet[Agreement]:
        """By number, else every word in the names of its parties; the subject is not public and is not searched."""
        numbered: QuerySet[Agreement] = rows.filter(number__icontains=text.strip())
        if numbered.exists():
            return numbered
        for word in search_key(text).split():
            party = RevisionParty.objects.filter(revision=OuterRef("concluded"), institution__search_key__contains=word)
            rows = rows.filter(Exists(party))
        return rows  # type: ignore[no-any-return]

    def within_territory(self, rows: Any, name: str, territory: Territory) -> QuerySet[Agreement]:
        places = Territory.objects.filter(lineage__contains=[territory.pk])
        party = RevisionParty.objects.filter(revision=OuterRef("concluded"), institution__territory__in=places)
        return rows.filter(Exists(party))  # type: ignore[no-any-return]

    def in_force_that_day(self, rows: Any, name: str, day: datetime.date) -> QuerySet[Agreement]:
        return rows.in_force_on(day)  # type: ignore[no-any-return]
