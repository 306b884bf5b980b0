"""A cluster of the fault tests' own: durable as a site's, and nobody else writes in it.

The outbox reads below the oldest transaction that still writes anywhere in the cluster, so another test run with a
long transaction in a shared cluster would hold these tests up.
"""

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from config.embedded.postgres import EmbeddedPostgres
from config.embedded.templates import Templates, manage
from config.roles import WEB
from config.services import answers, web_words
from tests.faults.processes import START_WITHIN, Broker, Serve, Started, until

HOME = Path(__file__).resolve().parents[2] / "var" / "test" / f"faults-{os.getpid()}"
MIGRATED = "template_hk_faults"


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedPostgres]:
    """The running cluster with one migrated database to clone."""
    server = EmbeddedPostgres(HOME, durable=True)
    server.start()
    try:
        migrate(server)
        yield server
    finally:
        server.stop("immediate")
        shutil.rmtree(server.home, ignore_errors=True)
        server.home.with_suffix(".lock").unlink(missing_ok=True)


def migrate(server: EmbeddedPostgres) -> None:
    """Make the database that each test clones."""
    templates = Templates(server.django("postgres"))
    templates.clone("template1", MIGRATED)
    templates.close()
    for words in (("migrate", "-v0"), ("grants",)):
        done = manage(*words, "--skip-checks", **server_environment(server, MIGRATED))
        assert done.returncode == 0, done.stdout


def server_environment(server: EmbeddedPostgres, database: str) -> dict[str, str]:
    """What makes a process use a database of that cluster, whatever server the test run itself uses."""
    embedded = {"DATABASE_URL": "", "HK_PG_HOME": str(server.home), "HK_EPHEMERAL": "0"}
    return {**embedded, "HK_DATABASE": database}


@contextmanager
def used(server: EmbeddedPostgres, database: str) -> Iterator[None]:
    """All connections of this process go there meanwhile."""
    entry = connections["default"].settings_dict
    before = dict(entry)
    connections.close_all()
    entry.update(server.django(database))
    try:
        yield
    finally:
        connections.close_all()
        entry.update(before)


@pytest.fixture
def crashing(server: EmbeddedPostgres, django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A fresh migrated database in that cluster, used by this process, in which everything really commits."""
    name = "crashing"
    templates = Templates(server.django("postgres"))
    templates.clone(MIGRATED, name)
    templates.close()
    with django_db_blocker.unblock(), used(server, name):
        yield name


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    broker = Broker(tmp_path / "valkey")
    yield broker
    broker.started.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def serve(own_database: str, tmp_path: Path) -> Iterator[Serve]:
    """Start the product's web server on the test's database with extra environment; answers its port."""
    running: list[Started] = []

    def start(**environment: str) -> int:
        for each in running:
            each.kill()
        port = free_port()
        place = {"HK_DATABASE": own_database, "HK_VAR": str(tmp_path), **WEB.environment, **environment}
        running.append(Started(web_words("127.0.0.1", port), place, tmp_path / f"web{len(running)}.log"))
        until(lambda: answers(port), START_WITHIN, "the site is ready")
        return port

    yield start
    for each in running:
        each.kill()
