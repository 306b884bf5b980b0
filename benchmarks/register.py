"""The growth of a proof: the time of an inclusion and a consistency proof at 1 000 000 leaves against that at 1 000.

Entries are loaded with their finished tree; the proofs are those that the API hands out, without HTTP.
"""

import datetime
import io
import json
import random
import statistics
import time

from benchmarks.scratch import scratch_database

from django.db import connection  # isort: skip
from lifecycle import ledger  # isort: skip
from lifecycle.models import LedgerEntry  # isort: skip
from lifecycle.verify_audit import entry_faults, leaf_hash, node_hash, spelled  # isort: skip

SMALL, LARGE, ROUNDS = 1_000, 1_000_000, 400
SINCE = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def an_entry(position: int) -> LedgerEntry:
    """The entry at a place of the made-up record."""
    return LedgerEntry(
        position=position, kind="agreement", subject_id=f"made{position}", number=1,
        content_hash=f"{position:064x}", entered_at=SINCE + datetime.timedelta(seconds=position),
    )  # fmt: skip


def load(start: int, size: int) -> None:
    """The record from one length to another, as its trigger would have written it."""
    entries, nodes = io.StringIO(), io.StringIO()
    peaks: list[bytes] = []
    for position in range(size):
        entry = an_entry(position)
        leaf, here, level = leaf_hash(spelled(ledger.told(entry))), position, 0
        told = f"{position}\tagreement\t{entry.subject_id}\t1\t{entry.content_hash}\t{entry.entered_at.isoformat()}\n"
        if position >= start:
            entries.write(told)
        while True:
            if position >= start:
                nodes.write(f"{level}\t{here}\t\\\\x{leaf.hex()}\n")
            if not here & 1:
                break
            leaf, here, level = node_hash(peaks.pop(), leaf), here >> 1, level + 1
        peaks.append(leaf)
    columns = "position, kind, subject_id, number, content_hash, entered_at"
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table, names, rows in (("entry", columns, entries), ("node", "level, place, hash", nodes)):
            rows.seek(0)
            cursor.cursor.copy_expert(f"COPY lifecycle_ledger{table} ({names}) FROM STDIN", rows)
            cursor.execute(f"VACUUM ANALYZE lifecycle_ledger{table}")
        cursor.execute("SET session_replication_role = origin")


def proof_ms(size: int) -> float:
    """Both proofs together, of entries and lengths all over the record; a tenth of them is faster, so that it is not the machine's load."""
    chance, taken = random.Random(size), []  # noqa: S311
    for number in range(ROUNDS):
        entry = LedgerEntry.objects.get(position=chance.randrange(size))
        first = chance.randrange(1, size)
        began = time.perf_counter()
        told = ledger.bundle(entry)
        ledger.consistency(first, size)
        taken.append(time.perf_counter() - began)
        if number % 50 == 0:
            assert list(entry_faults(told)) == [f"head of {size}: not signed"], "the proof does not hold"
    return statistics.quantiles(taken, n=10)[0] * 1000


if __name__ == "__main__":
    with scratch_database():
        load(0, SMALL)
        small = proof_ms(SMALL)
        load(SMALL, LARGE)
        large = proof_ms(LARGE)
    growth = {"register_proof_growth": round(large / small, 2)}
    print(json.dumps({**growth, "proof_ms_at_1000": round(small, 3), "proof_ms_at_1000000": round(large, 3)}))
