"""Lists that mean one thing: strict query parameters, and pages found by key instead of by number."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import django_filters
from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from accounts.strict import DATE, DECIMAL, INTEGER, MAX_LIST, MOMENT

LIMIT, MAX_LIMIT = 50, 200
FLAG = re.compile(r"(true|false)\Z")
LIST_PARAMETERS = ("limit", "cursor", "ordering", "search", "fields", "expand", "modified_since", "count")
PAGE_ONLY = ("tab", "view", "columns")


class ParameterError(ParseError):
    """Query parameters that the door does not know (400); `detail` names each."""

    default_code = "unknown_parameter"

    def __init__(self, detail: Any) -> None:
        super().__init__()
        self.detail = detail


def refuse(name: str, code: str, message: Any) -> ParameterError:
    """A 400 that names the query parameter."""
    return refuse_all([name], code, message)


def refuse_all(names: Collection[str], code: str, message: Any) -> ParameterError:
    """A 400 that names several query parameters."""
    return ParameterError({name: [serializers.ErrorDetail(str(message), code)] for name in names})


class StrictFilterForm(forms.Form):
    """Values of query parameters: ASCII digits, ISO dates, true or false; one value for each parameter."""

    def clean(self) -> dict[str, Any]:
        for name, field in self.fields.items():
            given = self.data.getlist(name) if hasattr(self.data, "getlist") else [self.data.get(name) or ""]
            if len(given) > (MAX_LIST if isinstance(field, forms.MultipleChoiceField) else 1):
                self._refuse(name, "repeated", _("Give this parameter once."))
            for value in filter(None, given):
                if any(isinstance(field, kind) and not shape.match(value) for kind, shape in PARAMETER_SHAPES):
                    self._refuse(name, "invalid", _("The value is not of the expected form."))
        return self.cleaned_data

    def _refuse(self, name: str, code: str, message: Any) -> None:
        self.errors.pop(name, None)
        self.add_error(name, forms.ValidationError(message, code=code))


PARAMETER_SHAPES: tuple[tuple[type, re.Pattern[str]], ...] = (
    (forms.IntegerField, DECIMAL),
    (forms.NullBooleanField, FLAG),
    (forms.DateTimeField, MOMENT),
    (forms.DateField, DATE),
)


class StrictFilterSet(django_filters.FilterSet):
    """Filters of a list, the same for page and API; a value that is not understood never gives the unfiltered list."""

    def get_form_class(self) -> type[forms.Form]:
        fields = {name: item.field for name, item in self.filters.items()}
        return type(f"{type(self).__name__}Form", (StrictFilterForm,), fields)

    @property
    def qs(self) -> Any:
        if self.is_bound and not self.is_valid():
            return self.queryset.none()
        return super().qs

    def refusals(self) -> dict[str, Any]:
        """Errors by parameter with their codes, as a serializer would give them."""
        return {
            name: [serializers.ErrorDetail(str(text), each.code or "invalid") for each in errors.as_data() for text in each]
            for name, errors in self.errors.items()
        }  # fmt: skip


class Keyset:
    """One page of a list ordered by named columns and the primary key; the cursor is signed and bound to the order."""

    def __init__(self, request: Any, ordering: Sequence[str], bound: str = "") -> None:
        self.address = request.build_absolute_uri()
        self.ordering = list(ordering)
        self.limit = read_limit(request.query_params.get("limit"))
        self.salt = f"accounts.listing:{','.join(ordering)}:{bound}"
        self.back, self.place = self._read(request.query_params.get("cursor"))

    def _read(self, text: str | None) -> tuple[bool, list[Any] | None]:
        if not text:
            return False, None
        try:
            back, place = signing.Signer(salt=self.salt).unsign_object(text, serializer=_Plain)
        except signing.BadSignature:
            raise refuse("cursor", "invalid", _("The cursor is not one of this list.")) from None
        return back, place

    def page(self, queryset: QuerySet[Any]) -> list[Any]:
        """The rows of this page, in the order asked for; reads one row more than it gives."""
        if self.place:
            queryset = queryset.filter(
                after(self._directed(), self.place, filled_columns(queryset.model, self.ordering))
            )
        try:
            rows = list(queryset.order_by(*[_order(name) for name in self._directed()])[: self.limit + 1])
        except (ValidationError, ValueError, TypeError):
            raise refuse("cursor", "invalid", _("The cursor is not one of this list.")) from None
        return self._cut(rows)

    def _cut(self, rows: list[Any]) -> list[Any]:
        more, rows = len(rows) > self.limit, rows[: self.limit]
        if self.back:
            rows.reverse()
        self.has_next = more if not self.back else True
        self.has_previous = more if self.back else bool(self.place)
        self.rows = rows
        return rows

    def _directed(self) -> list[str]:
        turn = {True: lambda name: name[1:] if name.startswith("-") else f"-{name}", False: lambda name: name}[
            self.back
        ]
        return [turn(name) for name in self.ordering]

    def links(self) -> dict[str, str | None]:
        """Addresses of the neighbouring pages."""
        return {
            "next": self._address(self.rows[-1], back=False) if self.rows and self.has_next else None,
            "previous": self._address(self.rows[0], back=True) if self.rows and self.has_previous else None,
        }

    def _address(self, row: Any, *, back: bool) -> str:
        place = [value_of(row, name.lstrip("-")) for name in self.ordering]
        cursor = signing.Signer(salt=self.salt).sign_object([back, place], serializer=_Plain)
        return replace_query_param(self.address, "cursor", cursor)


class KeysetOfRows(Keyset):
    """The same over rows that are at hand already; their order decides, and no two stand in the same place."""

    def page(self, queryset: Any) -> list[Any]:
        rows = list(queryset)
        for name in reversed(self._directed()):
            column = name.lstrip("-")
            rows.sort(key=lambda row: _place(value_of(row, column)), reverse=name.startswith("-"))
        if self.place:
            here = [number for number, row in enumerate(rows) if self._stands(row)]
            if not here:
                raise refuse("cursor", "invalid", _("The cursor is not one of this list."))
            rows = rows[here[0] + 1 :]
        return self._cut(rows)

    def _stands(self, row: Any) -> bool:
        """Whether the cursor names this row."""
        place = [value_of(row, name.lstrip("-")) for name in self.ordering]
        return bool(_Plain().loads(_Plain().dumps(place)) == self.place)


def _place(value: Any) -> tuple[bool, Any]:
    """An empty value counts as the greatest."""
    return value is None, value


class _Plain(signing.JSONSerializer):
    """JSON that knows dates and decimals."""

    def dumps(self, obj: Any) -> bytes:
        return DjangoJSONEncoder(separators=(",", ":")).encode(obj).encode()


def value_of(row: Any, path: str) -> Any:
    """The value of a column named as in a query (`agreement__number`); rows may be dictionaries."""
    for name in path.split("__"):
        row = row[name] if isinstance(row, Mapping) else getattr(row, name, None)
    return row


def _order(name: str) -> Any:
    column = F(name.lstrip("-"))
    return column.desc(nulls_first=True) if name.startswith("-") else column.asc(nulls_last=True)


def after(ordering: Sequence[str], place: Sequence[Any], filled: frozenset[str] = frozenset()) -> Q:
    """Rows that follow a place in an order; an empty value counts as the greatest. `filled` columns are never empty."""
    name, value = ordering[0], place[0]
    down, column = name.startswith("-"), name.lstrip("-")
    beyond = _beyond(column, value, down, filled)
    if len(ordering) == 1:
        return beyond
    same = Q(**{f"{column}__isnull": True} if value is None else {column: value})
    found = beyond | (same & after(ordering[1:], place[1:], filled))
    if column in filled:  # the same in other words, so that an index can be entered at the place
        return Q(**{f"{column}__{'lte' if down else 'gte'}": value}) & found
    return found


def _beyond(column: str, value: Any, down: bool, filled: frozenset[str]) -> Q:
    if value is None:
        return Q(**{f"{column}__isnull": False}) if down else Q(pk__in=[])
    found = Q(**{f"{column}__{'lt' if down else 'gt'}": value})
    return found if down or column in filled else found | Q(**{f"{column}__isnull": True})


def filled_columns(model: Any, ordering: Sequence[str]) -> frozenset[str]:
    """Those columns of an order that the model itself declares as never empty."""
    own = {field.name for field in model._meta.concrete_fields if not field.null} | {"pk"}
    return frozenset(own & {name.lstrip("-") for name in ordering})


def read_limit(text: str | None) -> int:
    """`?limit=` between 1 and 200, else 400."""
    if text in (None, ""):
        return LIMIT
    if not INTEGER.match(text) or not 1 <= int(text) <= MAX_LIMIT:
        raise refuse("limit", "invalid", _("A whole number from 1 to 200 is expected."))
    return int(text)


def read_flag(params: Mapping[str, str], name: str) -> bool:
    """A true or false parameter, false when absent, else 400."""
    text = params.get(name) or "false"
    if not FLAG.match(text):
        raise refuse(name, "invalid", _("Write true or false."))
    return text == "true"


def read_ordering(text: str | None, allowed: Sequence[str], default: str) -> list[str]:
    """`?ordering=` from the columns listed by the view, with the primary key as tie-break."""
    names = (text or default).split(",")
    if text and (len(names) > 3 or any(name.removeprefix("-") not in allowed for name in names)):
        raise refuse("ordering", "invalid", _("Order by one of: %(names)s.") % {"names": ", ".join(allowed)})
    names = list(dict.fromkeys(names))
    return names if names[-1].lstrip("-") == "pk" else [*names, "-pk" if names[-1].startswith("-") else "pk"]


def read_expand(text: str | None, serializer_class: Any) -> dict[str, Any]:
    """`?expand=parties.institution` as a tree of at most two levels, each known to its serializer."""
    tree: dict[str, Any] = {}
    for path in filter(None, (text or "").split(",")):
        level, known, steps = tree, serializer_class, path.split(".")
        for step in steps:
            choices = getattr(known, "expandable", {})
            if len(steps) > 2 or step not in choices:
                raise refuse("expand", "invalid", _("This cannot be expanded."))
            known = choices[step][0] if isinstance(choices[step], tuple) else choices[step]
            level = level.setdefault(step, {})
    return tree


def read_fields(text: str | None, serializer_class: Any, beside: Collection[str] = ()) -> set[str]:
    """`?fields=` from the fields of the answer and those that stand beside them."""
    names = set(filter(None, (text or "").split(",")))
    if names and names - set(beside) - set(serializer_class().fields):
        raise refuse("fields", "invalid", _("There is no such field."))
    return names


def listed(rows: Any, links: Mapping[str, str | None], count: int | None) -> Response:
    """The envelope of a list, its links also in the header `Link`, its length in `Total-Count`."""
    answer = Response({"results": rows, **links, **({"count": count} if count is not None else {})})
    shown = {"next": links["next"], "prev": links["previous"]}
    if any(shown.values()):
        answer["Link"] = ", ".join(f'<{address}>; rel="{name}"' for name, address in shown.items() if address)
    if count is not None:
        answer["Total-Count"] = str(count)
    return answer
