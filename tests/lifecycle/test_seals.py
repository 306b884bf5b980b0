"""Seals over the acts: chained, signed, and able to name whatever was changed behind them."""

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from lifecycle import ledger, seals
from lifecycle.events import record
from lifecycle.models import Event, Seal
from tests.lifecycle.test_ledger import entered
from tests.lifecycle.test_outbox import until

pytestmark = pytest.mark.real_clock
ACTS, BATCH, TAMPERINGS = 45, 9, 1000


def tell(number: int) -> None:
    record(
        f"act{number}", subject_type="test", subject_id=str(number), by=None, at=timezone.now(), reason="Oʻzgarish",
        detail={"number": number, "share": 0.1, "named": ["Ў", None]}, concerned=["A" * 26],
    )  # fmt: skip


def sealed(count: int, start: int = 0, most: int = BATCH) -> None:
    """So many acts, all under seals; the edge is the server's, so writers of other runs hold it back for a while."""
    for number in range(start, start + count):
        with transaction.atomic():
            tell(number)
            if number % 10 == 3:
                transaction.set_rollback(True)
    there = Event.objects.count()
    under: list[int] = [sum(Seal.objects.values_list("count", flat=True))]
    until(lambda: sum(under) >= there, lambda: under.append(seals.seal_all(at=timezone.now(), most=most)))
    assert sum(under) == there


def test_ids_are_told_as_unbroken_runs():
    assert seals.spans_of([5]) == [[5, 5]]
    assert seals.spans_of([1, 2, 3, 5, 8, 9]) == [[1, 3], [5, 5], [8, 9]]


def test_everything_committed_is_sealed_once_and_holds(own_database):
    sealed(ACTS)
    assert Seal.objects.count() >= 5
    assert seals.seal_batch(at=timezone.now()) is None
    first, *others = Seal.objects.order_by("number")
    assert first.previous == "0" * 64
    for before, after in zip([first, *others], others, strict=False):
        assert after.previous == before.digest
    assert not seals.faults()
    tell(1000)
    assert not seals.faults(), "an act waits a minute for its seal"


def test_two_workers_at_once_make_one_chain(own_database):
    sealed(20)
    for number in range(40):
        tell(1000 + number)

    def work(_worker: int) -> None:
        until(
            lambda: sum(Seal.objects.values_list("count", flat=True)) == Event.objects.count(),
            lambda: seals.seal_batch(at=timezone.now(), most=5),
        )
        connection.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(3)))
    assert not seals.faults()


def test_nobody_changes_a_seal(own_database):
    sealed(3)
    for statement in ("UPDATE lifecycle_seal SET count = 7", "DELETE FROM lifecycle_seal"):
        with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
            cursor.execute(statement)


def test_without_the_key_nothing_is_sealed(own_database, settings):
    settings.SEAL_KEY = ""
    tell(1)
    with pytest.raises(ImproperlyConfigured, match="HK_SEAL_KEY"):
        until(Seal.objects.exists, lambda: seals.seal_batch(at=timezone.now()))


def test_acts_that_wait_four_hours_for_a_seal_are_overdue(own_database):
    now = timezone.now()
    tell(1)
    assert not seals.overdue(now + timezone.timedelta(days=1)), "nothing was ever sealed here"
    sealed(3, 10)
    assert not seals.overdue(now + timezone.timedelta(days=1)), "nothing waits"
    tell(2)
    assert not seals.overdue(now + timezone.timedelta(hours=3))
    assert seals.overdue(now + timezone.timedelta(hours=5))


class Owner:
    """Somebody who owns the server, knows the guards and takes them off; each act says which names it must be found by."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311
        self.ids = list(Event.objects.order_by("id").values_list("id", flat=True))
        self.numbers = list(Seal.objects.order_by("number").values_list("number", flat=True))

    def tamper(self) -> tuple[str, ...]:
        acts = (self.change, self.change, self.swap, self.delete, self.insert, self.cut, self.reseal, self.unseal)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # no trigger fires
            return self.chance.choice(acts)(cursor)

    def change(self, cursor: Any) -> tuple[str, ...]:
        event, text = self.chance.choice(self.ids), f"other {self.chance.random()}"
        values = {
            "name": text, "subject_id": text, "subject_type": text[:8], "status_after": text[:8], "reason": text,
            "title": text, "position": text, "institution": "B" * 26, "request_id": text, "reason_code": text,
            "status_before": text[:8], "detail": '{"number": -1}', "concerned": "{}", "members_only": "t",
            "happened_at": "2020-01-01T00:00:00Z", "id": str(10**9 + event),
        }  # fmt: skip
        column, value = self.chance.choice(list(values.items()))
        cursor.execute(f'UPDATE lifecycle_event SET "{column}" = %s WHERE id = %s', [value, event])
        return (f"event {event}:",)

    def swap(self, cursor: Any) -> tuple[str, ...]:
        one, two = self.chance.sample(self.ids, 2)
        for old, new in ((one, -1), (two, one), (-1, two)):
            cursor.execute("UPDATE lifecycle_event SET id = %s WHERE id = %s", [new, old])
        return (f"event {one}:", f"event {two}:")

    def delete(self, cursor: Any) -> tuple[str, ...]:
        event = self.chance.choice(self.ids)
        cursor.execute("DELETE FROM lifecycle_event WHERE id = %s", [event])
        return (f"event {event}:",)

    def insert(self, cursor: Any) -> tuple[str, ...]:
        """An act slipped in behind the edge: under a free number, in an old transaction."""
        free = self.chance.choice(sorted(set(range(1, self.ids[-1])) - set(self.ids)) or [10**9])
        columns = ", ".join(
            f'"{each.column}"' for each in Event._meta.concrete_fields if each.column not in ("id", "reason")
        )
        cursor.execute(
            f"INSERT INTO lifecycle_event (id, reason, {columns}) SELECT %s, 'slipped in', {columns} "
            "FROM lifecycle_event WHERE id = %s", [free, self.chance.choice(self.ids)],
        )  # fmt: skip
        return (f"event {free}:",)

    def cut(self, cursor: Any) -> tuple[str, ...]:
        """The newest seals and their acts are gone."""
        number = self.chance.choice(self.numbers[1:])
        for seal in Seal.objects.filter(number__gte=number):
            for low, high in seal.spans:
                cursor.execute("DELETE FROM lifecycle_event WHERE id BETWEEN %s AND %s", [low, high])
        cursor.execute("DELETE FROM lifecycle_seal WHERE number >= %s", [number])
        return (f"seal {number}:",)

    def reseal(self, cursor: Any) -> tuple[str, ...]:
        number, digest = self.chance.choice(self.numbers), f"{self.chance.getrandbits(256):064x}"
        values = {
            "root": digest, "previous": digest, "digest": digest, "signature": digest * 2, "key": digest,
            "count": "999", "spans": "[[1, 999]]", "sealed_at": "2020-01-01T00:00:00Z",
        }  # fmt: skip
        column, value = self.chance.choice(list(values.items()))
        cursor.execute(f"UPDATE lifecycle_seal SET {column} = %s WHERE number = %s", [value, number])
        return (f"seal {number}:",)

    def unseal(self, cursor: Any) -> tuple[str, ...]:
        """One seal out of the middle, its acts left as if they had never been sealed."""
        number = self.chance.choice(self.numbers)
        cursor.execute("DELETE FROM lifecycle_seal WHERE number = %s", [number])
        return (f"seal {number}:",)


@pytest.mark.slow
def test_a_thousand_changes_by_the_owner_of_the_server_are_found_and_named(own_database):
    sealed(ACTS)
    entered(3)
    head = ledger.as_signed(ledger.sign_head(at=timezone.now()))
    assert not seals.faults(head, head["key"])
    owner, missed = Owner(4711), []
    for number in range(TAMPERINGS):
        with transaction.atomic():
            names = owner.tamper()
            found = seals.faults(head, head["key"])
            transaction.set_rollback(True)
        if not all(any(line.startswith(name) for line in found) for name in names):
            missed.append((number, names, found[:3]))
    assert not missed, (len(missed), missed[:5])
    assert not seals.faults(head, head["key"])
