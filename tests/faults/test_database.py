"""What was acknowledged survives crashes of the database; writing goes on within seconds of its return."""

import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import Error, connection, connections

from accounts.clock import now
from config.embedded.postgres import EmbeddedPostgres
from config.embedded.templates import Templates, manage
from lifecycle.events import record
from lifecycle.models import Event
from lifecycle.outbox import consume
from tests.faults.probe import NAME, TABLE, note
from tests.faults.processes import until

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]
HOME = Path(__file__).resolve().parents[2] / "var" / "test" / f"faults-{os.getpid()}"
WRITABLE_WITHIN = 5


@contextmanager
def used(server: EmbeddedPostgres) -> Iterator[None]:
    """All connections of this process go to another server meanwhile."""
    entry = connections["default"].settings_dict
    before = dict(entry)
    connections.close_all()
    entry.update(server.django("crash"))
    try:
        yield
    finally:
        connections.close_all()
        entry.update(before)


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedPostgres]:
    """A durable cluster as a site has it, with its own database."""
    server = EmbeddedPostgres(HOME, durable=True)
    server.start()
    templates = Templates(server.django("postgres"))
    templates.clone("template1", "crash")
    templates.close()
    done = manage("migrate", "-v0", "--skip-checks", HK_PG_HOME=str(HOME), HK_EPHEMERAL="0", HK_DATABASE="crash")
    assert done.returncode == 0, done.stdout
    yield server
    server.stop("immediate")
    shutil.rmtree(server.home, ignore_errors=True)
    server.home.with_suffix(".lock").unlink(missing_ok=True)


@pytest.fixture
def committing(server: EmbeddedPostgres, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Connections to that cluster, which really commit."""
    with django_db_blocker.unblock(), used(server):
        yield


class Load:
    """Writers that note what was acknowledged, and a consumer beside them; both go on after every failure."""

    def __init__(self) -> None:
        self.acknowledged: list[int] = []
        self.stopped = threading.Event()
        work = [self.write] * 4 + [self.read]
        self.threads = [threading.Thread(target=self.repeat, args=(each,)) for each in work]
        for thread in self.threads:
            thread.start()

    def repeat(self, work: Callable[[], None]) -> None:
        while not self.stopped.is_set():
            try:
                work()
            except Error:
                connection.close()
                time.sleep(0.1)
        connections.close_all()

    def write(self) -> None:
        event = record("probed", subject_type="probe", subject_id="1", by=None, at=now())
        self.acknowledged.append(event.pk)  # only reached after the commit
        time.sleep(0.002)

    def read(self) -> None:
        consume(NAME, lambda events: note(events[:50]), at=now(), limit=50)

    def end(self) -> None:
        self.stopped.set()
        for thread in self.threads:
            thread.join(30)


def crash(server: EmbeddedPostgres, hard: bool) -> None:
    """Kill the server's main process, or have it drop everything at once."""
    if hard:
        os.kill(server.process() or 0, signal.SIGKILL)
    else:
        server.stop("immediate")
    until(lambda: server.process() is None, 10, "the server is gone")


def test_no_acknowledged_row_is_lost_when_the_database_crashes_again_and_again(
    committing: None, server: EmbeddedPostgres
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
    load = Load()
    try:
        for number in range(6):
            before = len(load.acknowledged)
            until(lambda before=before: len(load.acknowledged) > before + 50, 30, "rows are written")
            crash(server, hard=number % 2 == 0)
            server.start()
            before = len(load.acknowledged)
            until(lambda before=before: len(load.acknowledged) > before, WRITABLE_WITHIN, "writable again")
    finally:
        load.end()
    connection.close()  # it is from before the crashes
    stored = set(Event.objects.values_list("pk", flat=True))
    assert len(load.acknowledged) > 300
    assert set(load.acknowledged) <= stored
    while consume(NAME, note, at=now()):
        pass
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT event_id) FROM probe_note")
        assert cursor.fetchone() == (len(stored), len(stored))
