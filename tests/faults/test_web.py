"""A web process killed around the commit: the caller repeats the request and there is one effect, with its answer."""

import json
import secrets
from datetime import timedelta
from http.client import HTTPConnection, HTTPException

import pytest

from accounts.clock import now
from accounts.models import ApiToken, Scope, User
from config.services import answers
from tests.factories import a_member, a_territory, a_token
from tests.faults.processes import START_WITHIN, Serve, until

pytestmark = pytest.mark.faults
EXPIRES = (now() + timedelta(days=1)).isoformat()  # the same body each time, else it is another request


@pytest.fixture
def caller(own_database: str) -> User:
    return a_member("ministry_officer", territory=a_territory("9"), email="officer@example.org")


def make_token(port: int, secret: str, key: str) -> tuple[int, dict[str, object]] | None:
    """Ask for a new token; None when the connection broke before an answer came."""
    body = {"name": "asked twice", "scopes": [Scope.values[0]], "expires_at": EXPIRES}
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json", "Idempotency-Key": key}
    line = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        line.request("POST", "/api/v1/tokens/", json.dumps(body), headers)
        answer = line.getresponse()
        return answer.status, json.loads(answer.read())
    except (OSError, HTTPException):
        return None
    finally:
        line.close()


@pytest.mark.parametrize(("point", "effects"), [("before_commit", 0), ("after_commit", 1)])
def test_a_request_cut_off_by_a_crash_is_repeated_and_has_one_effect(
    serve: Serve, caller: User, point: str, effects: int
) -> None:
    secret, key = a_token(caller), secrets.token_hex(8)
    made = ApiToken.objects.filter(name="asked twice")
    port = serve(FAULT_POINTS=f"{point}:kill", FAULT_KEY="test")
    assert make_token(port, secret, key) is None
    assert made.count() == effects
    until(lambda: answers(port), START_WITHIN, "a new process has taken the dead one's place")
    port = serve()
    first, again = (make_token(port, secret, key) for _each in range(2))
    assert first is not None and again is not None
    assert (first[0], again[0]) == (201, 201)
    assert first[1]["id"] == again[1]["id"] == made.get().public_id
