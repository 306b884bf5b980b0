"""The OpenAPI document, the seeded world, and a program that never lets an effect stay."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from django.db import transaction
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from tests.gates.conftest import at_noon, seeded

__all__ = ["at_noon", "seeded"]


class Program:
    """Calls by token, takes every effect back, and lets no answer be a fault."""

    def __init__(self, token: str) -> None:
        self.client = APIClient(raise_request_exception=False)
        self.client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        self.calls = 0

    def call(self, method: str, path: str, *, query: str = "", body: Any = None, **headers: str) -> Any:
        self.calls += 1
        raw = b"" if body is None else body if isinstance(body, bytes) else dumped(body)
        with transaction.atomic():
            answer = self.client.generic(
                method, path, raw, content_type="application/json", QUERY_STRING=query,
                HTTP_IDEMPOTENCY_KEY=f"h{self.calls}", **headers,
            )  # fmt: skip
            transaction.set_rollback(True)
        said = f"{method} {path}?{query} {raw[:300]!r}: {answer.status_code} "
        assert answer.status_code < 500, said + str(getattr(answer, "content", b"")[:300])
        if answer.status_code >= 400:
            assert answer["Content-Type"] == "application/problem+json", said
            told = json.loads(answer.content)
            assert {"type", "title", "status", "detail", "code", "errors"} <= set(told), said
            assert told["status"] == answer.status_code
        return answer


def dumped(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=True).encode()


def encoded(name: str, value: Any) -> str:
    text = value if isinstance(value, str) else str(value)
    return f"{quote(name)}={quote(text.encode('utf-8', 'surrogatepass'))}"


@pytest.fixture(scope="module")
def programs(seeded: dict[str, Any]) -> dict[str, Program]:
    return {name: Program(user["token"]) for name, user in seeded["users"].items()}


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    return json.loads(json.dumps(SchemaGenerator().get_schema(public=True), default=str))


def resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """A schema with its reference followed."""
    while "$ref" in schema or len(schema.get("allOf", [])) == 1:
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        else:
            schema = schema["allOf"][0]
    return schema
