"""Requests made up from the OpenAPI document itself, valid and not: none is answered by a fault."""

import json
from contextlib import suppress
from urllib.parse import quote, urlencode

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from tests.conftest import NIGHTLY

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
EXAMPLES = 24 if NIGHTLY else 4  # an operation, person and mode
HOW = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def schema(document):
    return schemathesis.openapi.from_dict(document)


def sent(program, case):
    """The made-up request by our own client."""
    path = case.path
    for name, value in (case.path_parameters or {}).items():
        path = path.replace("{" + name + "}", quote(str(value).encode("utf-8", "surrogatepass"), safe=""))
    query = urlencode(list((case.query or {}).items()), doseq=True, errors="surrogatepass")
    names = {f"HTTP_{name.upper().replace('-', '_')}": str(value) for name, value in (case.headers or {}).items()}
    names.pop("HTTP_AUTHORIZATION", None)
    try:
        raw = None if case.method in ("GET", "HEAD") else json.dumps(case.body, default=str).encode()
    except (TypeError, ValueError):
        raw = b"{}"
    return program.call(case.method, path, query=query, body=raw, **names)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=str)
@pytest.mark.parametrize("person", ["institution_admin", "ministry_officer"])
def test_no_generated_request_is_answered_by_a_fault(schema, programs, mode, person):
    program, before = programs[person], programs[person].calls
    for found in schema.get_all_operations():
        operation = found.ok()
        if "schema" in operation.path:
            continue
        strategy = operation.as_strategy(generation_mode=mode)
        with suppress(Unsatisfiable):  # nothing about this operation can be wrong
            HOW(given(case=strategy)(lambda case: sent(program, case) and None))()
    assert program.calls - before > 50
