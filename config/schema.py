"""The OpenAPI document says everything a door takes and answers: parameters, headers, problems."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from accounts.doors import Door, Guarded, StrictViewSet
from exchange.moving import Moving
from exchange.once import Once

TEXTS = {
    "limit": ("Rows on a page.", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}),
    "cursor": ("A place in the list, from `next` or `previous`.", {"type": "string"}),
    "search": ("Text to search for, in any writing.", {"type": "string", "minLength": 2, "maxLength": 200}),
    "fields": ("Only these fields, comma-separated.", {"type": "string"}),
    "expand": ("Objects instead of ids, comma-separated, at most two levels.", {"type": "string"}),
    "modified_since": ("Only rows changed at or after this moment.", {"type": "string", "format": "date-time"}),
    "count": ("Whether to count the whole list.", {"type": "boolean", "default": False}),
}
PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/ProblemEntry"}},
        "current_status": {"type": "string"},
        "moves": {"type": "array", "items": {"type": "string"}},
        "current_version": {"type": "string"},
        "current": {"type": "object", "additionalProperties": True},
    },
}
ENTRY: dict[str, Any] = {
    "type": "object",
    "required": ["pointer", "code", "message"],
    "properties": {name: {"type": "string"} for name in ("pointer", "code", "message", "expected")},
}
READ_ANSWERS = (400, 401, 403, 406, 429, 503)
WRITE_ANSWERS = (409, 413, 415, 422)


class Described(AutoSchema):
    """One operation of the API, as its door declares it."""

    def get_override_parameters(self) -> list[Any]:
        view = self.view
        found = [self._query(name, view) for name in sorted(self._own_parameters(view))]
        if isinstance(view, Once) and self.method in ("POST", "PATCH", "PUT", "DELETE"):
            found.append(self._key(required=self.method in view.once_required))
        if isinstance(view, Guarded) and self.method in ("PATCH", "PUT", "DELETE"):
            found.append(
                OpenApiParameter(
                    "If-Match", str, OpenApiParameter.HEADER, required=True, description="The ETag of what was read."
                )
            )
        return found

    def _own_parameters(self, view: Any) -> set[str]:
        if not isinstance(view, Door):
            return set()
        known = set(view.known_parameters()) - {"format"}
        filters = getattr(view, "filterset_class", None)
        return known - (set(filters.base_filters) if filters and getattr(view, "action", "") == "list" else set())

    def _query(self, name: str, view: Any) -> OpenApiParameter:
        text, schema = TEXTS.get(name, (getattr(view, "parameter_texts", {}).get(name, ""), {"type": "string"}))
        if name == "ordering" and isinstance(view, StrictViewSet):
            names = [sign + each for each in view.orderings for sign in ("", "-")]
            text, schema = "Order of the list.", {"type": "string", **({"enum": names} if names else {})}
        return OpenApiParameter(name, schema, OpenApiParameter.QUERY, description=text)

    def _key(self, *, required: bool) -> OpenApiParameter:
        schema = {"type": "string", "minLength": 1, "maxLength": 128}
        return OpenApiParameter(
            "Idempotency-Key", schema, OpenApiParameter.HEADER, required=required, description="New for each act."
        )

    def get_filter_backends(self) -> list[Any]:
        return []

    def _get_filter_parameters(self) -> list[Any]:
        filters = getattr(self.view, "filterset_class", None)
        if not filters or getattr(self.view, "action", "") != "list":
            return []
        return [filter_parameter(name, each) for name, each in filters.base_filters.items()]

    def _resolve_path_parameters(self, variables: Any) -> list[dict[str, Any]]:
        """Names in an address are opaque text; a move is one of its table."""
        return [
            {"in": "path", "name": name, "required": True, "schema": self._named(name)}
            for name in variables
        ]  # fmt: skip

    def _named(self, name: str) -> dict[str, Any]:
        moves = self.view.public_moves() if name == "move" and isinstance(self.view, Moving) else []
        return {"type": "string", "enum": moves} if moves else {"type": "string", "minLength": 1}

    def _is_list_view(self, serializer: Any = None) -> bool:
        return getattr(self.view, "action", None) == "list"

    def _get_paginator(self) -> Any:
        return Envelope if self._is_list_view() else None

    def get_request_serializer(self) -> Any:
        view = self.view
        action = getattr(view, "action", None) or (self.method or "").lower()
        if isinstance(view, Moving) and action == "move":
            return fields_of_moves(view)
        chosen = getattr(view, "write_serializers", {}).get(action)
        return chosen or (OpenApiTypes.OBJECT if isinstance(view, Door) else super().get_request_serializer())

    def get_response_serializers(self) -> Any:
        view = self.view
        if not isinstance(view, Door):
            return super().get_response_serializers()
        if self.method == "DELETE":
            return {204: None}
        chosen = getattr(view, "read_serializers", {}).get(getattr(view, "action", None) or (self.method or "").lower())
        if chosen is None and isinstance(view, StrictViewSet) and view.serializer_class:
            chosen = view.serializer_for_rows() if view.action == "list" else shown_by(view)
        return chosen or OpenApiTypes.OBJECT

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation and isinstance(self.view, Door):
            codes = [*READ_ANSWERS, *(WRITE_ANSWERS if self.method not in ("GET", "HEAD") else ())]
            codes += [404] if "{" in self.path else []
            codes += [412, 428] if isinstance(self.view, Guarded) and self.method in ("PATCH", "PUT", "DELETE") else []
            for code in codes:
                operation["responses"].setdefault(str(code), {
                    "description": "A refusal",
                    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
                })  # fmt: skip
        return operation


class Envelope:
    """The shape of a list."""

    @staticmethod
    def get_schema_operation_parameters(view: Any) -> list[Any]:
        return []

    @staticmethod
    def get_paginated_response_schema(rows: dict[str, Any]) -> dict[str, Any]:
        address = {"type": ["string", "null"], "format": "uri"}
        properties = {"results": rows, "next": address, "previous": address, "count": {"type": "integer"}}
        return {"type": "object", "required": ["results", "next", "previous"], "properties": properties}


_MADE: dict[str, type] = {}


def shown_by(view: Any) -> type:
    """The serializer of one object; with `moves` where the object has a life cycle."""
    shown: type = view.serializer_class
    if not isinstance(view, Moving):
        return shown
    if shown.__name__ not in _MADE:
        inside: dict[str, Any] = {"moves": serializers.ListField(child=serializers.CharField(), read_only=True)}
        if hasattr(shown, "Meta"):
            inside["Meta"] = type("Meta", (shown.Meta,), {"fields": [*shown.Meta.fields, "moves"]})
        _MADE[shown.__name__] = type(f"{shown.__name__.removesuffix('Serializer')}Detail", (shown,), inside)
    return _MADE[shown.__name__]


def fields_of_moves(view: Any) -> type:
    """One body for all moves of an object: the move says which of the fields it takes."""
    title = f"{type(view).__name__}Move"
    if title not in _MADE:
        inside: dict[str, Any] = {}
        for name in view.public_moves():
            for field, made in view.fields_of(name)().get_fields().items():
                # a serializer makes its fields anew from these; a default would be sent with moves that do not take it
                made._kwargs.pop("default", None)  # noqa: SLF001
                made._kwargs["required"] = False  # noqa: SLF001
                inside[field] = made
        _MADE[title] = type(title, (serializers.Serializer,), inside)
    return _MADE[title]


def filter_parameter(name: str, each: Any) -> dict[str, Any]:
    """A filter as a query parameter with its form."""
    kinds = {
        "BooleanFilter": {"type": "boolean"},
        "DateFilter": {"type": "string", "format": "date"},
        "DateTimeFilter": {"type": "string", "format": "date-time"},
        "NumberFilter": {"type": "number"},
    }
    schema: dict[str, Any] = dict(
        next((kinds[kind.__name__] for kind in type(each).__mro__ if kind.__name__ in kinds), {"type": "string"})
    )
    choices = each.extra.get("choices")
    if choices and not callable(choices):
        schema["enum"] = [code for code, _label in choices]
    text = str(each.extra.get("help_text") or each.label or "")
    return {"in": "query", "name": name, "schema": schema, "description": text}


def add_problem(result: Any, generator: Any, request: Any, public: bool) -> Any:
    """The shape of every refusal, once."""
    result.setdefault("components", {}).setdefault("schemas", {}).update({"Problem": PROBLEM, "ProblemEntry": ENTRY})
    return result


class BearerScheme(OpenApiAuthenticationExtension):
    """How a program signs in."""

    target_class = "institutions.people.tokens.TokenSignIn"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class SessionScheme(OpenApiAuthenticationExtension):
    """How a page signs in."""

    target_class = "institutions.people.tokens.PageSession"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": "session"}
