"""Seals over the acts: batches of Events chained by their digests and signed, so that no act changes quietly.

The chain runs over batches, not rows. A batch is what has been committed since the last one, in the order of the
outbox; it names its acts by their ids, and keeps a hash of each, so that a changed act is named and not only missed.
"""

import datetime
import hashlib
import json
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from django.db import connection, transaction

from accounts.faults import fault
from lifecycle.ledger import moment
from lifecycle.models import Event, Seal
from lifecycle.signing import signed
from lifecycle.verify_audit import FIRST, Chain, leaf_hash, spelled, tree_hash

FIELDS = (
    "id", "subject_type", "subject_id", "title", "name", "status_before", "status_after", "actor_id",
    "on_behalf_of_id", "position", "institution", "concerned", "members_only", "reason", "reason_code", "detail",
    "request_id", "happened_at",
)  # fmt: skip
LOCK = 6963
PATIENCE = datetime.timedelta(hours=4)
MOST = 5_000
COMMITTED = """
SELECT id, xact::text FROM lifecycle_event
WHERE (xact, id) > (%s::text::xid8, %s) AND xact < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xact, id LIMIT %s
"""
WAITING = "SELECT happened_at FROM lifecycle_event WHERE (xact, id) > (%s::text::xid8, %s) ORDER BY xact, id LIMIT 1"
LOOSE = """
SELECT id, (xact, id) > (%s::text::xid8, %s) FROM lifecycle_event
WHERE id NOT IN (SELECT generate_series((span->>0)::bigint, (span->>1)::bigint)
                 FROM lifecycle_seal, jsonb_array_elements(spans) span) ORDER BY id
"""


def act(row: tuple[Any, ...]) -> dict[str, Any]:
    """One act as it is hashed and handed out: every column but the transaction number, which is of this cluster only."""
    found = dict(zip(FIELDS, row, strict=True))
    return {**found, "happened_at": moment(found["happened_at"])}


def acts(ids: list[int]) -> list[dict[str, Any]]:
    """Those acts, in the order of their ids."""
    return [act(row) for row in Event.objects.filter(pk__in=ids).order_by("id").values_list(*FIELDS)]


def spans_of(ids: list[int]) -> list[list[int]]:
    """Sorted ids as [first, last] of each unbroken run."""
    ends = [number for before, number in pairwise(ids) if number != before + 1]
    starts = [ids[0], *ends]
    stops = [before for before, number in pairwise(ids) if number != before + 1]
    return [[first, last] for first, last in zip(starts, [*stops, ids[-1]], strict=True)]


def seal_batch(*, at: datetime.datetime, most: int = MOST) -> Seal | None:
    """The next seal, over what has been committed since the last; None if that is nothing, or another is sealing."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return None
        last = Seal.objects.order_by("-number").defer("leaves", "spans").first()
        cursor.execute(COMMITTED, [str(last.xact if last else 0), last.event_id if last else 0, most])
        rows = cursor.fetchall()
        if not rows:
            return None
        fault("before_seal")
        return _write(sorted(number for number, _xact in rows), last, rows[-1], at)


def _write(ids: list[int], last: Seal | None, edge: tuple[int, str], at: datetime.datetime) -> Seal:
    leaves = [leaf_hash(spelled(each)) for each in acts(ids)]
    root, previous = tree_hash(leaves).hex(), last.digest if last else FIRST
    statement = signed({
        "at": moment(at), "count": len(leaves), "number": last.number + 1 if last else 1, "previous": previous,
        "digest": hashlib.sha256(bytes.fromhex(previous + root)).hexdigest(), "root": root, "spans": spans_of(ids),
    })  # fmt: skip
    statement.pop("at")
    return Seal.objects.create(
        sealed_at=at, leaves=b"".join(leaves), event_id=edge[0], xact=int(edge[1]), **statement
    )  # fmt: skip


def seal_all(*, at: datetime.datetime, most: int = MOST) -> int:
    """Seals everything committed, batch by batch; returns how many acts."""
    count = 0
    while seal := seal_batch(at=at, most=most):
        count += seal.count
    return count


def overdue(at: datetime.datetime) -> bool:
    """Whether acts have waited for their seal longer than anybody may sign without one."""
    last = Seal.objects.order_by("-number").only("xact", "event_id", "sealed_at").first()
    if last is None or at - last.sealed_at < PATIENCE:
        return False
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [str(last.xact), last.event_id])
        oldest = cursor.fetchone()
    return oldest is not None and at - oldest[0] >= PATIENCE


def as_signed(seal: Seal) -> dict[str, Any]:
    """A seal as it was signed, with the hashes its root is made of."""
    kept = bytes(seal.leaves)
    return {
        "at": moment(seal.sealed_at), "count": seal.count, "digest": seal.digest, "key": seal.key,
        "leaves": [kept[start : start + 32].hex() for start in range(0, len(kept), 32)], "number": seal.number,
        "previous": seal.previous, "root": seal.root, "signature": seal.signature, "spans": seal.spans,
    }  # fmt: skip


def exported() -> Iterator[str]:
    """Every seal with its acts, then the acts that wait for one, as lines that the offline program reads."""
    last = None
    for last in Seal.objects.order_by("number").iterator(chunk_size=10):
        yield _line({"seal": as_signed(last)})
        ids = [number for low, high in last.spans for number in range(low, high + 1)]
        yield from (_line({"event": each}) for each in acts(ids))
    with connection.cursor() as cursor:
        cursor.execute(LOOSE, [str(last.xact if last else 0), last.event_id if last else 0])
        loose = dict(cursor.fetchall())
    for each in acts(list(loose)):
        yield _line({"after": loose[each["id"]], "unsealed": each})


def _line(told: dict[str, Any]) -> str:
    return spelled(told).decode() + "\n"


def faults(head: dict[str, Any] | None = None, key: str = "") -> list[str]:
    """What does not hold in this database, each by its name; `head` is one that was published."""
    return list(Chain(key, json.loads(json.dumps(head)) if head else None).faults(exported()))
