"""Moves over the API: `POST {id}/moves/{move}/`, and `moves` on every answer that shows one object."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import Http404
from rest_framework import serializers
from rest_framework.response import Response

from accounts.clock import now
from accounts.strict import StrictSerializer
from lifecycle.transitions import Lifecycle, by_system


class NoFields(StrictSerializer):
    """A move that takes nothing."""


class Reason(StrictSerializer):
    """A move that says why."""

    reason = serializers.CharField(max_length=2000)
    reason_code = serializers.CharField(max_length=32, required=False, default="")


class Moving:
    """Every move of the life cycle is an address; who may make it is asked of the table before the body is read."""

    lifecycle: Lifecycle
    move_actions: Mapping[str, Callable[..., Any]] = {}
    move_serializers: Mapping[str, type] = {}
    move_scopes: Mapping[str, str] = {}

    def move(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """Make a move of the object's life cycle."""
        name = self.kwargs["move"]  # type: ignore[attr-defined]
        subject = self.subject  # type: ignore[attr-defined]
        data = self.checked(self.fields_of(name))  # type: ignore[attr-defined]
        action = self.move_actions.get(name)
        if action:
            action(subject, by=request.user, at=now(), **data)
        else:
            self.lifecycle.apply(name, subject, by=request.user, at=now(), **data)
        return self.answer(subject)  # type: ignore[attr-defined]

    def fields_of(self, name: str) -> type:
        """The serializer of a move's body."""
        default = Reason if self.lifecycle.by_name[name][0].needs_reason else NoFields
        return self.move_serializers.get(name, default)

    def public_moves(self) -> list[str]:
        """Moves that somebody may make by hand, in the order of the table; each has its address."""
        return [
            name for name, lines in self.lifecycle.by_name.items() if any(line.may is not by_system for line in lines)
        ]

    def look_up(self, request: Any) -> None:
        """An unknown move is 404 like an unknown object, and looks the object up all the same."""
        super().look_up(request)  # type: ignore[misc]
        name = self.kwargs.get("move")  # type: ignore[attr-defined]
        if name is not None and name not in self.public_moves():
            raise Http404

    def may_change(self, user: Any, subject: Any) -> bool:
        """For a move its table speaks; for a change the door."""
        name = self.kwargs.get("move")  # type: ignore[attr-defined]
        if name is None:
            return bool(super().may_change(user, subject))  # type: ignore[misc]
        return self.lifecycle.might(name, subject, user)

    def needed_scopes(self, request: Any) -> set[str]:
        extra = self.move_scopes.get(self.kwargs.get("move", ""))  # type: ignore[attr-defined]
        return super().needed_scopes(request) | ({extra} if extra else set())  # type: ignore[misc]

    def extra_fields(self) -> set[str]:
        return {*super().extra_fields(), "moves"}  # type: ignore[misc]

    def present(self, subject: Any, context: dict[str, Any]) -> dict[str, Any]:
        """The object with what this caller may do now."""
        body: dict[str, Any] = super().present(subject, context)  # type: ignore[misc]
        if not context.get("fields") or "moves" in context["fields"]:
            body["moves"] = self.moves_for(subject, context["request"])
        return body

    def moves_for(self, subject: Any, request: Any) -> list[str]:
        """What this caller may do now; a token only what its scopes allow."""
        open_now = list(dict.fromkeys(self.lifecycle.available(subject, request.user)))
        scopes = getattr(request.auth, "scopes", None)
        if scopes is None:
            return open_now
        return [name for name in open_now if {"write", self.move_scopes.get(name, "write")} <= set(scopes)]
