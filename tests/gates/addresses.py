"""Every address of the site, from the resolver itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.urls import URLPattern, get_resolver
from django.urls.resolvers import RoutePattern
from rest_framework.views import APIView

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Address:
    """One pattern with its view."""

    name: str
    route: str
    view: Any
    parameters: tuple[str, ...]
    fixed: dict[str, str] = field(default_factory=dict, hash=False)

    @property
    def is_api(self) -> bool:
        return self.route.startswith("api/v1/")

    @property
    def door(self) -> Any:
        """The class behind it, or the function itself."""
        return getattr(self.view, "view_class", None) or getattr(self.view, "cls", None) or self.view

    @property
    def is_own(self) -> bool:
        return not self.door.__module__.startswith(("allauth.", "drf_spectacular.", "django."))

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods the door has."""
        actions = getattr(self.view, "actions", None)
        if actions:
            allowed = self.door.http_method_names
            return tuple(each for each in METHODS if each.lower() in actions and each.lower() in allowed)
        if isinstance(self.door, type):
            names = getattr(self.door, "http_method_names", ())
            known = METHODS if self.is_api else ("GET", "POST")  # pages have forms only
            return tuple(each for each in known if hasattr(self.door, each.lower()) and each.lower() in names)
        return ("GET",)

    def path(self, **values: str) -> str:
        """The address with its parameters filled in; pages under the language prefix."""
        values = {**self.fixed, **values}
        filled = re.sub(
            r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)|<(?:\w+:)?(\w+)>", lambda m: values[m[1] or m[2]], self.route
        )
        return "/" + filled.replace("^", "").replace("$", "").replace("\\Z", "").replace("\\", "")


def addresses() -> list[Address]:
    """All of them, each once."""
    return list(_walk(get_resolver().url_patterns, ""))


def with_moves(found: list[Address]) -> list[Address]:
    """The same, where an address of moves stands once for each move: `api-agreements-move approve`."""
    made = []
    for address in found:
        if "move" not in address.parameters or not hasattr(address.door, "lifecycle"):
            made.append(address)
            continue
        made += [
            replace(address, name=f"{address.name} {move}", fixed={"move": move})
            for move in address.door().public_moves()
        ]
    return made


def _walk(patterns: Any, before: str) -> Iterator[Address]:
    for each in patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLPattern):
            pattern = each.pattern
            found = pattern.converters if isinstance(pattern, RoutePattern) else pattern.regex.groupindex
            outer = re.findall(r"<(?:\w+:)?(\w+)>", before)
            yield Address(each.name or "", route, each.callback, (*outer, *found))
        else:
            yield from _walk(each.url_patterns, route)


def is_door(address: Address) -> bool:
    return isinstance(address.door, type) and issubclass(address.door, APIView)
