"""Strict shape: JSON without surprises, and serializers that refuse what nobody declared.

What a client sends is exactly what the door declares, or a 400 that names the place; nothing is guessed or dropped.
"""

import datetime
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser, MultiPartParser

from accounts.spelling import UnsafeText, hygiene

MAX_DEPTH = 20
MAX_LIST = 200
INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})\Z")
DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,12})?\Z")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})\Z"
)


class TooLarge(APIException):
    """The body is larger than this door takes (413)."""

    status_code = 413
    default_code = "too_large"
    default_detail = _("The request is too large.")


class StrictJSON(JSONParser):
    """JSON of at most 1 MB and 20 levels; no duplicate keys, no NaN, no text that no writer means."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        raw = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(raw) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLarge()
        try:
            return settle(json.loads(raw.decode("utf-8"), **JSON_RULES))
        except RecursionError:
            raise ParseError(_("The JSON is nested too deeply."), code="too_deep") from None
        except ValueError as error:
            raise ParseError(_("This is not valid JSON."), code="invalid_json") from error


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ParseError(_("A key stands twice in one object."), code="duplicate_key")
    return found


def _no_constant(name: str) -> Any:
    raise ParseError(_("NaN and Infinity are not JSON."), code="not_a_number")


JSON_RULES: dict[str, Any] = {"object_pairs_hook": _unique_keys, "parse_constant": _no_constant, "parse_float": Decimal}


def settle(value: Any, depth: int = 0) -> Any:
    """The parsed body with every text cleaned; ParseError for unsafe text and for nesting beyond 20."""
    if depth > MAX_DEPTH:
        raise ParseError(_("The JSON is nested too deeply."), code="too_deep")
    if isinstance(value, dict):
        return {settle(key, depth): settle(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [settle(item, depth + 1) for item in value]
    if isinstance(value, str):
        return safe(value)
    return value


def safe(text: str) -> str:
    """Clean text; ParseError where it holds characters that no writing uses."""
    try:
        return hygiene(text)
    except UnsafeText:
        raise ParseError(_("The text contains characters that no writing uses."), code="unsafe_text") from None


class StrictUpload(MultiPartParser):
    """multipart/form-data, for the doors that take a file."""


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18


def _is_decimal(value: Any) -> bool:
    return _is_whole(value) or (isinstance(value, str) and bool(DECIMAL.match(value)))


def _is_date(value: Any) -> bool:
    return isinstance(value, str) and bool(DATE.match(value))


def _is_moment(value: Any) -> bool:
    return isinstance(value, str) and bool(MOMENT.match(value))


# the first class that fits decides, so that a subclass stands above its parent
SHAPES: tuple[tuple[type, Any, Any], ...] = (
    (serializers.BooleanField, lambda value: isinstance(value, bool), _("true or false")),
    (serializers.IntegerField, _is_whole, _("a whole number")),
    (serializers.DecimalField, _is_decimal, _("a decimal number as text, such as “12.5”, or a whole number")),
    (serializers.DateTimeField, _is_moment, _("a moment with its zone, such as 2026-11-21T09:30:00Z")),
    (serializers.DateField, _is_date, _("a date, such as 2026-11-21")),
    (serializers.MultipleChoiceField, lambda value: isinstance(value, list), _("a list")),
    (serializers.ChoiceField, _is_text, _("one of the listed codes")),
    (serializers.CharField, _is_text, _("text")),
    (serializers.UUIDField, _is_text, _("text")),
    (serializers.RelatedField, _is_text, _("an id as text")),
)


def shape_errors(field: Any, value: Any) -> Any:
    """What is wrong with the type of a value before any rule is asked; None when nothing is."""
    if value is None or isinstance(field, serializers.Serializer | serializers.FileField):
        return None
    if isinstance(field, serializers.ManyRelatedField | serializers.ListField):
        return _list_errors(field, value)
    for kind, fits, expected in SHAPES:
        if isinstance(field, kind):
            return None if fits(value) else [misshapen(expected)]
    return None


def _list_errors(field: Any, value: Any) -> Any:
    if not isinstance(value, list):
        return [misshapen(_("a list"))]
    if len(value) > (getattr(field, "max_length", None) or MAX_LIST):
        return [misshapen(_("a shorter list"))]
    child = getattr(field, "child_relation", None) or field.child
    found = {str(place): error for place, item in enumerate(value) if (error := shape_errors(child, item))}
    return found or None


class Misshapen(serializers.ErrorDetail):
    """One complaint about shape; `expected` travels to the problem's `errors`."""

    expected = ""


def misshapen(expected: Any) -> Misshapen:
    """What is expected here, in words."""
    made = Misshapen(_("Expected here: %(expected)s.") % {"expected": expected}, "invalid")
    made.expected = str(expected)
    return made


class StrictSerializer(serializers.Serializer):
    """A serializer for which every key counts: unknown and read-only fields are refused, types are not coerced."""

    expandable: dict[str, Any] = {}
    form_encoded = False  # a multipart door receives numbers as text

    def get_fields(self) -> dict[str, Any]:
        return narrow(self, super().get_fields())

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            errors = self._undeclared(data) | self._left_out(data)
            if not self.form_encoded:
                errors |= self._misshapen(data)
            if errors:
                raise serializers.ValidationError(errors)
        return super().to_internal_value(data)

    def _undeclared(self, data: Mapping[str, Any]) -> dict[str, Any]:
        writable = {name for name, field in self.fields.items() if not field.read_only}
        known = str(_("This field is set by the system."))
        unknown = str(_("There is no such field."))
        return {
            name: [
                serializers.ErrorDetail(known, "read_only") if name in self.fields
                else serializers.ErrorDetail(unknown, "unknown_field")
            ]
            for name in data
            if name not in writable
        }  # fmt: skip

    def _left_out(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """A part may be changed alone, but what it consists of is given whole."""
        if self.parent is None or not getattr(self.root, "partial", False):
            return {}
        return {
            name: [serializers.ErrorDetail(str(field.error_messages["required"]), "required")]
            for name, field in self.fields.items()
            if field.required and not field.read_only and name not in data
        }

    def _misshapen(self, data: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: error
            for name, field in self.fields.items()
            if not field.read_only and name in data and (error := shape_errors(field, data[name]))
        }

    def create(self, validated_data: Any) -> Any:
        raise NotImplementedError("a serializer checks shape; an action writes")

    def update(self, instance: Any, validated_data: Any) -> Any:
        raise NotImplementedError("a serializer checks shape; an action writes")


class StrictModelSerializer(StrictSerializer, serializers.ModelSerializer):
    """The same over a model's columns; rules of uniqueness belong to the action and the database."""

    serializer_related_field = serializers.SlugRelatedField

    def get_fields(self) -> dict[str, Any]:
        return narrow(self, serializers.ModelSerializer.get_fields(self))

    def get_validators(self) -> list[Any]:
        return []


def narrow(serializer: Any, fields: dict[str, Any]) -> dict[str, Any]:
    """Leaves the fields asked for (`?fields=`), puts in the objects asked for (`?expand=`), and tells moments in UTC."""
    asked = serializer._context  # noqa: SLF001 - `context` is the root's; this one belongs to this level
    wanted, expand = asked.get("fields"), asked.get("expand") or {}
    for name, deeper in expand.items():
        if name in serializer.expandable:
            fields[name] = _expanded(serializer.expandable[name], fields[name], deeper)
    for field in fields.values():
        if isinstance(field, serializers.DateTimeField):
            field.timezone = datetime.UTC
    return {name: field for name, field in fields.items() if not wanted or name in wanted}


def _expanded(choice: Any, field: Any, deeper: dict[str, Any]) -> Any:
    inner, source = choice if isinstance(choice, tuple) else (choice, field.source)
    many = isinstance(field, serializers.ManyRelatedField | serializers.BaseSerializer | serializers.ListField)
    return inner(many=many, read_only=True, context={"expand": deeper}, **({"source": source} if source else {}))
