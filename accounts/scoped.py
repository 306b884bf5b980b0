"""Rows are scoped in one way: `Scoped` for pages and API, and relation fields for forms, serializers and filters.

All of them only call `Model.objects.visible_to(user)`: what a person may not see cannot be told from what is not.
"""

from collections.abc import Callable, Collection
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404
from django.views.generic import FormView
from rest_framework import serializers
from rest_framework.views import APIView

from accounts.wording import UNKNOWN

PAGE_METHODS = ("GET", "HEAD", "POST", "OPTIONS")


def rows_for(scope: Any, user: Any) -> QuerySet[Any]:
    """Rows of a model this person may see: `visible_to`, or all where the model declares every field public."""
    if hasattr(scope.objects, "visible_to"):
        found: QuerySet[Any] = scope.objects.visible_to(user)
        return found
    told = scope.disclosure
    if told.institution or told.personal or told.secret:
        raise TypeError(f"{scope.__name__} says nothing of who may see it")
    return scope.objects.all()


def roles_of(user: Any) -> set[str]:
    """Roles the person holds today, read once a request; memberships lie above and are reached from the user."""
    held: set[str] = user.memberships.roles_of(user)
    return held


class Scoped:
    """A way in that shows rows of `scope`: the queryset is the visible ones, the role is asked before any look-up."""

    scope: Any = None
    lookup_field = "public_id"
    lookup_url_kwarg: str | None = None
    allowed_roles: Collection[str] | None = None
    related: Collection[str] = ()
    prefetch: Collection[Any] = ()
    queryset: Any = None

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(self, APIView):
            if request.method not in PAGE_METHODS:
                return self.http_method_not_allowed(request, *args, **kwargs)  # type: ignore[attr-defined]
            self.enter(request)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]

    def may_enter(self, user: Any) -> bool:
        """Whether this door is open to the person's role at all; who holds no role meets only invisible rows."""
        if self.allowed_roles is None or not user.is_authenticated:
            return True
        roles = roles_of(user)
        return not roles or bool(roles & set(self.allowed_roles))

    def enter(self, request: Any) -> None:
        """403 for a role that can never use this door, before anything is looked up."""
        if not self.may_enter(request.user):
            raise PermissionDenied

    def get_queryset(self) -> QuerySet[Any]:
        """The visible rows, with what the answer needs beside them."""
        rows = rows_for(self.scope, self.request.user)  # type: ignore[attr-defined]
        if self.related:
            rows = rows.select_related(*self.related)
        return rows.prefetch_related(*self.prefetch) if self.prefetch else rows

    def get_object(self, queryset: Any = None) -> Any:
        """The one row the address names, or the 404 that every unknown address gets."""
        found = getattr(self, "subject", None)
        if found is None:
            found = self.subject = self.find(self.get_queryset() if queryset is None else queryset)
        return found

    def find(self, rows: QuerySet[Any]) -> Any:
        value = self.kwargs[self.lookup_url_kwarg or self.lookup_field]  # type: ignore[attr-defined]
        try:
            return rows.filter(**{self.lookup_field: value}).order_by("pk")[:1][0]
        except (IndexError, ValueError, TypeError, ValidationError):
            raise Http404 from None

    def look_up(self, request: Any) -> None:
        """The API looks up before it checks anything about the object."""
        if self.scope is not None and (self.lookup_url_kwarg or self.lookup_field) in self.kwargs:  # type: ignore[attr-defined]
            self.get_object()
        super().look_up(request)  # type: ignore[misc]

    def get_form_kwargs(self) -> dict[str, Any]:
        """Forms with ids in them learn who is asking."""
        kwargs: dict[str, Any] = super().get_form_kwargs()  # type: ignore[misc]
        if issubclass(self.get_form_class(), ScopedForm):  # type: ignore[attr-defined]
            kwargs["user"] = self.request.user  # type: ignore[attr-defined]
        return kwargs


class ScopedSlugField(serializers.SlugRelatedField):
    """An id in a body: found among the visible rows only; a foreign id reads like an unknown one."""

    default_error_messages = {"does_not_exist": UNKNOWN, "invalid": UNKNOWN}

    def __init__(
        self, scope: Any = None, slug_field: str = "public_id", narrow: Callable[..., Any] | None = None, **options: Any
    ) -> None:
        self.scope, self.narrow = scope, narrow
        if not options.get("read_only"):
            options["queryset"] = scope.objects.none() if scope else None
        super().__init__(slug_field=slug_field, **options)

    def get_queryset(self) -> QuerySet[Any]:
        rows = rows_for(self.scope, self.context["request"].user)
        return self.narrow(rows) if self.narrow else rows


class ScopedChoiceField(forms.ModelChoiceField):
    """An id in a form, offered and accepted among the visible rows only."""

    default_error_messages = {"invalid_choice": UNKNOWN}

    def __init__(
        self, scope: Any, slug_field: str = "public_id", narrow: Callable[..., Any] | None = None, **options: Any
    ) -> None:
        self.scope, self.narrow = scope, narrow
        super().__init__(queryset=scope.objects.none(), to_field_name=slug_field, **options)

    def offer(self, user: Any) -> None:
        rows = rows_for(self.scope, user)
        self.queryset = self.narrow(rows) if self.narrow else rows


class ScopedMultipleChoiceField(forms.ModelMultipleChoiceField):
    """Several ids in a form, among the visible rows only."""

    default_error_messages = {"invalid_choice": UNKNOWN}

    def __init__(
        self, scope: Any, slug_field: str = "public_id", narrow: Callable[..., Any] | None = None, **options: Any
    ) -> None:
        self.scope, self.narrow = scope, narrow
        super().__init__(queryset=scope.objects.none(), to_field_name=slug_field, **options)

    def offer(self, user: Any) -> None:
        rows = rows_for(self.scope, user)
        self.queryset = self.narrow(rows) if self.narrow else rows


class ScopedForm(forms.Form):
    """A form whose ids are scoped to the person who fills it in."""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        for field in self.fields.values():
            if isinstance(field, ScopedChoiceField | ScopedMultipleChoiceField):
                field.offer(user)


class ScopedFilter(django_filters.ModelChoiceFilter):
    """An id in a query parameter, found among the visible rows only."""

    def __init__(self, scope: Any, slug_field: str = "public_id", **options: Any) -> None:
        options.setdefault("widget", forms.TextInput)
        super().__init__(
            queryset=lambda request: rows_for(scope, request.user),
            to_field_name=slug_field,
            error_messages={"invalid_choice": UNKNOWN},
            **options,
        )


class ScopedFormView(FormView):
    """A page with one form, to stand after `Scoped`, which tells the form who fills it in."""
