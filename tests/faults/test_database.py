"""What was acknowledged survives crashes of the database; writing goes on within seconds of its return."""

import os
import signal
import threading
import time
from collections.abc import Callable

import pytest
from django.db import Error, connection, connections

from accounts.clock import now
from config.embedded.postgres import EmbeddedPostgres
from lifecycle.events import record
from lifecycle.models import Event
from lifecycle.outbox import consume
from tests.faults.probe import NAME, TABLE, note
from tests.faults.processes import until

pytestmark = pytest.mark.faults
WRITABLE_WITHIN = 5


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
    crashing: str, server: EmbeddedPostgres
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
