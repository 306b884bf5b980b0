"""Requests made up from the OpenAPI document itself, valid and not: none is answered by a fault."""

import os

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
EXAMPLES = int(
    os.environ.get("GENERATED_EXAMPLES", "10")
)  # an operation, person and mode; the nightly run asks for more


@pytest.fixture(scope="module")
def schema(document):
    return schemathesis.openapi.from_dict(document)


def operations(schema):
    return [found.ok() for found in schema.get_all_operations()]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=str)
@pytest.mark.parametrize("person", ["institution_admin", "ministry_officer"])
def test_no_generated_request_is_answered_by_a_fault(schema, stage, mode, person):
    handler = WSGIHandler()
    token = stage["tokens"][person]
    answered = []
    for operation in operations(schema):

        @settings(
            max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy(generation_mode=mode))
        def check(case):
            with transaction.atomic():
                response = case.call(app=handler, headers={"Authorization": f"Bearer {token}"})
                transaction.set_rollback(True)
            answered.append(response.status_code)
            case.validate_response(response, checks=[not_a_server_error])

        check()
    assert len(answered) > 200
