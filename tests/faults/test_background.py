"""Background work happens, and its effect once, whatever is killed: workers, pool processes, the broker with its data.

A thousand Events are written by four connections at a time, so that they commit out of order, while things die.
"""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, connections, transaction

from accounts.clock import now
from config.embedded.postgres import EmbeddedPostgres
from config.roles import WORKER
from lifecycle.events import record
from lifecycle.models import DeadLetter, Event
from tests.faults.conftest import server_environment
from tests.faults.probe import TABLE
from tests.faults.processes import START_WITHIN, Background, Broker, ended, until

pytestmark = pytest.mark.faults
EVENTS = 400
EMPTY_WITHIN = 60


@pytest.fixture
def background(crashing: str, server: EmbeddedPostgres, tmp_path: Path, broker: Broker) -> Iterator[Background]:
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
        cursor.execute(f"GRANT SELECT, INSERT ON probe_note TO {WORKER.name}")
    with ended(Background(tmp_path, server_environment(server, crashing))) as found:
        yield found


def write_events(count: int = EVENTS, writers: int = 4) -> threading.Thread:
    """Write Events from several connections, each transaction open for a moment; answers the thread to join."""

    def write(share: int) -> None:
        try:
            for number in range(share):
                with transaction.atomic():
                    record("probed", subject_type="probe", subject_id=str(number), by=None, at=now())
                    time.sleep(0.02)
        finally:
            connections.close_all()

    def write_all() -> None:
        threads = [threading.Thread(target=write, args=(count // writers,)) for _ in range(writers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    thread = threading.Thread(target=write_all)
    thread.start()
    return thread


def notes() -> tuple[int, int]:
    """How many effects there are, and of how many Events."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT event_id) FROM probe_note")
        return cursor.fetchone()


def all_noted_once(within: float = EMPTY_WITHIN) -> None:
    until(lambda: notes()[1] == Event.objects.count(), within, "every Event has its effect")
    time.sleep(1.5)  # a double would come now
    assert notes() == (Event.objects.count(), Event.objects.count())
    assert not DeadLetter.objects.exists()


def test_a_pool_process_killed_again_and_again_loses_and_doubles_nothing(background: Background) -> None:
    worker = background.worker()
    background.beat()
    writing = write_events()
    until(lambda: notes()[0] > 0, START_WITHIN, "the worker works")
    kills = 0
    while kills < 15:
        kills += worker.kill_child()
        time.sleep(0.4)
    writing.join()
    assert worker.alive()
    all_noted_once()


def test_a_worker_killed_in_the_middle_is_replaced_and_nothing_is_lost_or_doubled(background: Background) -> None:
    background.beat()
    writing = write_events()
    for _round in range(3):
        worker, before = background.worker(), notes()[0]
        until(lambda before=before: notes()[0] > before or not writing.is_alive(), START_WITHIN, "the worker works")
        worker.kill()
    writing.join()
    assert Event.objects.count() == EVENTS
    background.worker()
    all_noted_once()


def test_a_killed_worker_leaves_no_pool_process_behind(background: Background) -> None:
    worker = background.worker()
    until(worker.children, START_WITHIN, "the pool is there")
    children = worker.children()
    worker.kill()
    until(lambda: not any(Path(f"/proc/{child}/cmdline").exists() for child in children), 10, "the pool is gone")


def test_the_broker_killed_and_wiped_loses_nothing(background: Background, broker: Broker) -> None:
    background.worker()
    background.beat()
    writing = write_events()
    until(lambda: notes()[0] > 0, START_WITHIN, "the worker works")
    broker.kill_and_wipe()
    writing.join()  # writing goes on without a broker
    assert Event.objects.count() == EVENTS
    broker.start()
    all_noted_once(within=120)


def test_two_beats_and_two_workers_do_nothing_twice(background: Background) -> None:
    for _each in range(2):
        background.worker()
        background.beat()
    write_events().join()
    all_noted_once()
