"""Calls of the permission gate: one request as one person, its effects taken back."""

import secrets
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from rest_framework.test import APIClient

from accounts.strict import StrictUpload
from tests.gates.addresses import METHODS, Address
from tests.gates.declared import PARAMETERS

NOBODY = "nobody"


class Caller:
    """One of the cast with a browser and a token."""

    def __init__(self, name: str, user: Any, token: str | None) -> None:
        self.name = name
        self.page = Client(raise_request_exception=False)
        self.program = APIClient(raise_request_exception=False)
        if user is not None:
            self.page.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
            self.program.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")

    def call(self, address: Address, method: str, path: str) -> HttpResponse:
        """The answer; whatever the call did is undone."""
        with transaction.atomic():
            takes_file = StrictUpload in getattr(address.door, "parser_classes", ())
            found = self._api(method, path, takes_file) if address.is_api else self._page(method, path)
            if found.streaming:
                b"".join(found.streaming_content)
            transaction.set_rollback(True)
        return found

    def _api(self, method: str, path: str, takes_file: bool) -> HttpResponse:
        headers = {"HTTP_IDEMPOTENCY_KEY": secrets.token_hex(8)} if method == "POST" else {}
        form = "multipart" if takes_file else "json"
        body = {} if method in ("GET", "DELETE") else {"data": {"x": "1"} if takes_file else {}, "format": form}
        return getattr(self.program, method.lower())(path, **body, **headers)

    def _page(self, method: str, path: str) -> HttpResponse:
        if method == "POST":
            return self.page.post(path, {"once_key": secrets.token_hex(8)})
        return getattr(self.page, method.lower())(path)


def callers(world: dict[str, Any]) -> list[Caller]:
    """Everybody, and nobody."""
    tokens = {name: user["token"] for name, user in world["users"].items()}
    return [Caller(NOBODY, None, None), *(Caller(name, user, tokens[name]) for name, user in world["people"].items())]


def paths_of(address: Address, kind: str, world: dict[str, Any]) -> dict[str, str]:
    """The address filled in for each relation; other parameters have one value each."""
    fixed = {**PARAMETERS.get(address.name, {}), **address.fixed}
    subject = next((each for each in address.parameters if each not in fixed), "")
    relations = world["objects"][kind] if subject else {"any": ""}
    return {relation: address.path(**fixed, **{subject: value}) for relation, value in relations.items()}


def missing_methods(address: Address) -> list[str]:
    return [method for method in METHODS if method not in address.methods]
