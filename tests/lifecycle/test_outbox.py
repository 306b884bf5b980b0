"""Events as an outbox: none lost under writers who commit late, and an effect in the database happens once."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from lifecycle.events import record
from lifecycle.models import Cursor, DeadLetter, Event
from lifecycle.outbox import ATTEMPTS, consume

WRITERS, EACH = 4, 60


PATIENCE = 120  # seconds: the edge is the server's, so a test of another run that is still writing holds it back


def until(reached: Callable[[], bool], step: Callable[[], Any]) -> None:
    """Repeats a step until something is reached; the assertions after it say what was missing."""
    given_up = time.monotonic() + PATIENCE
    while not reached() and time.monotonic() < given_up:
        step()
        time.sleep(0.05)


def tell(name: str = "act", subject: str = "x") -> None:
    record(name, subject_type="test", subject_id=subject, by=None, at=timezone.now())


@pytest.mark.real_clock
def test_no_event_is_lost_however_late_its_writer_commits(own_database: str) -> None:
    done = threading.Event()

    def write(writer: int) -> None:
        for number in range(EACH):
            with transaction.atomic():
                tell(subject=f"{writer}/{number}")
                if number % 7 == 0:
                    time.sleep(0.01)  # others with greater ids commit first
        connection.close()

    seen: Counter[str] = Counter()

    def read() -> None:
        until(lambda: done.is_set() and len(seen) >= WRITERS * EACH, lambda: consume("reader", take, at=timezone.now()))
        connection.close()

    def take(events: list[Event]) -> None:
        seen.update(event.subject_id for event in events)

    with ThreadPoolExecutor(WRITERS + 1) as pool:
        reader = pool.submit(read)
        for writer in [pool.submit(write, number) for number in range(WRITERS)]:
            writer.result()
        done.set()
        reader.result()
    assert len(seen) == WRITERS * EACH
    assert set(seen.values()) == {1}


@pytest.mark.real_clock
def test_what_is_not_yet_committed_holds_back_what_came_after_it(own_database: str) -> None:
    begun, go = threading.Event(), threading.Event()

    def late() -> None:
        with transaction.atomic():
            tell(subject="early id, late commit")
            begun.set()
            go.wait()
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(late)
        begun.wait()
        tell(subject="late id, early commit")
        seen: list[str] = []

        def take(events: list[Event]) -> None:
            seen.extend(event.subject_id for event in events)

        consume("reader", take, at=timezone.now())
        assert seen == []
        go.set()
        waiting.result()
    until(lambda: len(seen) == 2, lambda: consume("reader", take, at=timezone.now()))
    assert seen == ["early id, late commit", "late id, early commit"]


@pytest.mark.real_clock
def test_two_readers_at_once_do_the_work_once(own_database: str) -> None:
    for number in range(50):
        tell(subject=str(number))
    gate = threading.Barrier(3)

    def effect(events: list[Event]) -> None:
        for event in events:
            Cursor.objects.create(name=f"effect {event.subject_id}")  # unique: a second effect would fail

    def done() -> int:
        return Cursor.objects.filter(name__startswith="effect ").count()

    def read() -> None:
        gate.wait()
        until(lambda: done() == 50, lambda: consume("effect", effect, at=timezone.now(), limit=20))
        connection.close()

    with ThreadPoolExecutor(3) as pool:
        for reader in [pool.submit(read) for _reader in range(3)]:
            reader.result()
    assert done() == 50
    assert not DeadLetter.objects.exists()


@pytest.mark.real_clock
def test_an_effect_that_fails_takes_its_rows_back_and_blocks_the_others_only_for_a_while(own_database: str) -> None:
    for subject in ("good 1", "bad", "good 2"):
        tell(subject=subject)

    def effect(events: list[Event]) -> None:
        for event in events:
            Cursor.objects.create(name=event.subject_id)
            if event.subject_id == "bad":
                raise ValueError("this one never works")

    until(lambda: Cursor.objects.filter(name="good 2").exists(), lambda: consume("effect", effect, at=timezone.now()))
    assert set(Cursor.objects.exclude(name="effect").values_list("name", flat=True)) == {"good 1", "good 2"}
    letter = DeadLetter.objects.get()
    assert (letter.event.subject_id, letter.attempts) == ("bad", ATTEMPTS)
    assert letter.given_up_at is not None


@pytest.mark.django_db
def test_what_is_rolled_back_left_no_event() -> None:
    with pytest.raises(ValueError, match="undone"), transaction.atomic():
        tell()
        raise ValueError("undone")
    assert not Event.objects.exists()
