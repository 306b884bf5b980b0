"""What the filters of every list of joint things share: the place, whose turn it is, and how the page shows them."""

import datetime
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.listing import StrictFilterSet
from accounts.names import name_now
from accounts.wording import UNKNOWN, day_short
from institutions.territory.models import Term, Territory


def word_filter(
    vocabulary: str, label: Any, field: str | None = None, method: str | None = None
) -> django_filters.ModelChoiceFilter:
    """A word of a vocabulary, by its code; `field` where the column is called otherwise, `method` where it is no column."""
    return django_filters.ModelChoiceFilter(
        field_name=field, method=method,
        queryset=Term.objects.filter(vocabulary=vocabulary).order_by("position", "pk"), to_field_name="code",
        label=label, empty_label=gettext_lazy("All"), error_messages={"invalid_choice": UNKNOWN},
    )  # fmt: skip


class JointFilters(StrictFilterSet):
    """territory (with all below it), turn; a thing says in `waiting` what waits for the reader."""

    territory = django_filters.ModelChoiceFilter(
        queryset=Territory.objects.order_by("depth", "sort_key", "pk"), to_field_name="code", method="within_territory",
        label=gettext_lazy("Territory"), widget=forms.TextInput, error_messages={"invalid_choice": UNKNOWN},
    )  # fmt: skip
    turn = django_filters.ChoiceFilter(
        choices=[("mine", gettext_lazy("Waiting for you"))], method="waiting", label=gettext_lazy("Whose turn"),
        empty_label=gettext_lazy("All"),
    )  # fmt: skip

    def within_territory(self, rows: Any, name: str, territory: Territory) -> QuerySet[Any]:
        return rows.within(territory)  # type: ignore[no-any-return]

    def waiting(self, rows: Any, name: str, whose: str) -> QuerySet[Any]:
        raise NotImplementedError


class PageForm:
    """The filters as a page shows them: those of `field_order` stand open, the `hidden` are kept when an address has them."""

    field_order: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()

    def get_form_class(self) -> type[forms.Form]:
        form_class: type[forms.Form] = super().get_form_class()  # type: ignore[misc]
        form_class.field_order = list(self.field_order)  # type: ignore[assignment]
        return form_class

    @cached_property
    def form(self) -> Any:
        """Made once: the options of places and words are read from the database."""
        form = super().form  # type: ignore[misc]
        chosen = form.data.get("territory") or ""
        shown = Territory.objects.filter(Q(depth=1) | Q(code=chosen)).order_by("depth", "sort_key", "pk")
        options = [("", _("All")), *((place.code, name_now(place.names)) for place in shown)]
        form.fields["territory"].widget = forms.Select(choices=options)
        for name in self.hidden:
            form.fields[name].widget = forms.HiddenInput()
        for field in form.fields.values():
            if isinstance(field, forms.ModelChoiceField) and field.queryset.model is Term:
                field.label_from_instance = lambda term: name_now(term.names)
            elif isinstance(field, forms.DateField) and not field.widget.is_hidden:
                field.widget = forms.DateInput(attrs={"type": "date"})
        return form


def search_filter() -> django_filters.CharFilter:
    """The box that searches the names of a list; its filters say how in `named`."""
    return django_filters.CharFilter(method="named", label=gettext_lazy("Search"), min_length=2, max_length=200)


def filtered(filters: type[StrictFilterSet], params: Mapping[str, str] | QueryDict, user: Any, rows: Any) -> Any:
    """The filters with what a page or a file was asked for, over these rows."""
    chosen = params if isinstance(params, QueryDict) else {k: v for k, v in params.items() if k in filters.base_filters}
    return filters(chosen, rows, request=SimpleNamespace(user=user))


def notes_of(filters: Any) -> list[tuple[str, str]]:
    """What a file says of the filters it was made with."""
    return [(str(filters.form.fields[name].label), str(value)) for name, value in filters.data.items() if value]


def chips_of(filters: Any, params: QueryDict) -> list[dict[str, Any]]:
    """The filters in use, each with the address that takes it away."""
    chips = []
    for name, field in filters.form.fields.items():
        value = filters.form.cleaned_data.get(name) if filters.is_valid() else None
        if value in (None, ""):
            continue
        without = params.copy()
        without.pop(name, None)
        without.pop("cursor", None)
        chips.append({"key": field.label, "text": _said(field, value), "url": f"?{without.urlencode()}"})
    return chips


def _said(field: Any, value: Any) -> str:
    if isinstance(value, datetime.date):
        return day_short(value)
    if hasattr(value, "names"):
        return name_now(value.names)
    return str(dict(getattr(field, "choices", []) or []).get(value, value)) if isinstance(value, str) else str(value)
