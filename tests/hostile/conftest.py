"""The OpenAPI document, a small stage, and a program that never lets an effect stay."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.db import transaction
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from quality.catalogue.models import Aspect, Indicator, Source
from tests.conftest import NOW
from tests.factories import a_member, a_signatory, a_term, a_territory, a_token, an_institution


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
            given = {"HTTP_IDEMPOTENCY_KEY": f"h{self.calls}", "QUERY_STRING": query, **headers}
            answer = self.client.generic(method, path, raw, content_type="application/json", **given)
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
def stage(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """Two institutions of one region, an administrator, an officer, a draft, an indicator; taken back in the end."""
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False), transaction.atomic():
        country = a_territory("9")
        region = a_territory("91", country)
        house, partner = an_institution(region, "Alpha"), an_institution(region, "Beta", kind="hei")
        admin, officer = a_member("institution_admin", house), a_member("ministry_officer", territory=country)
        a_signatory(admin, house)
        a_term("agreement_kind", "memorandum")
        Indicator.objects.create(code="COV.01", names={"en": "Coverage"}, **INDICATOR)
        tokens = {"institution_admin": a_token(admin), "ministry_officer": a_token(officer)}
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens['institution_admin']}")
        draft = client.post("/api/v1/agreements/", {}, format="json", HTTP_IDEMPOTENCY_KEY="draft").json()
        yield {
            "tokens": tokens,
            "own": {
                "institutions": house.public_id, "agreements": draft["id"], "territories": region.code,
                "indicators": "COV.01", "dashboards": region.code,
            },
            "partner": partner.public_id,
        }  # fmt: skip
        transaction.set_rollback(True)


INDICATOR = {"aspect": Aspect.values[0], "source": Source.values[0]}


@pytest.fixture(scope="module")
def programs(stage: dict[str, Any]) -> dict[str, Program]:
    return {name: Program(token) for name, token in stage["tokens"].items()}


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
