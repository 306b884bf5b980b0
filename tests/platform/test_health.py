"""What machines ask the site, and what the doctor says to people."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.test import Client

from config import health


def test_livez_touches_nothing(client: Client) -> None:
    answer = client.get("/livez")  # without the mark, a look into the database would fail here
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.fixture
def no_broker(settings: Any) -> None:
    """Nothing answers at the broker's address."""
    settings.EMBEDDED_BROKER, settings.BROKER_URL = None, "redis://127.0.0.1:1/0"


@pytest.mark.django_db
def test_readyz_is_well_without_a_broker_but_says_so(client: Client, no_broker: None) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"
    assert answer.json()["checks"]["redis"] == "degraded"
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_readyz_refuses_while_a_migration_waits(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'lifecycle'")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["migrations"]) == (503, "failed")
    assert answer["Retry-After"] == "3"


@pytest.mark.django_db
def test_readyz_refuses_while_the_server_drains(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.VAR = tmp_path
    assert client.get("/readyz").status_code == 200
    (tmp_path / health.DRAINING).touch()
    assert client.get("/readyz").status_code == 503
    assert client.get("/livez").status_code == 200


@pytest.mark.django_db
def test_readyz_refuses_when_the_database_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> set[tuple[str, str]]:
        raise DatabaseError

    monkeypatch.setattr(health, "applied_migrations", away)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["database"]) == (503, "failed")


@pytest.mark.django_db
def test_the_doctor_names_what_is_wrong_and_what_to_do(no_broker: None) -> None:
    out = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("doctor", json=True, stdout=out)
    facts = json.loads(out.getvalue())
    found = {finding["subject"]: finding for finding in facts["findings"]}
    assert end.value.code == 1
    assert found["database"]["well"] and found["extensions"]["well"] and found["migrations"]["well"]
    assert not found["redis"]["well"] and "REDIS_URL" in found["redis"]["repair"]
    assert not found["workers"]["well"] and "Redis" in found["workers"]["repair"]
