"""The record anyone can check (RFC 6962): concluded agreements, locked pre-registrations, releases, final minutes.

An entry is written in the transaction of its act; the database gives it its place and lets the tree grow. Proofs read
about as many stored subtrees as the tree has levels, however long the record is.
"""

import datetime
from collections.abc import Iterable
from itertools import zip_longest
from typing import Any

from django.db import connection

from lifecycle.merkle import Growing, Range, consistency_ranges, inclusion_ranges, root_of, subtrees
from lifecycle.models import FrozenContent, LedgerEntry, LedgerHead, LedgerNode, Seal
from lifecycle.signing import signed
from lifecycle.verify_audit import EMPTY, FIRST, head_faults, leaf_hash, spelled

NODES = "SELECT level, place, hash FROM lifecycle_ledgernode WHERE (level, place) IN (SELECT * FROM unnest(%s, %s))"


def enter(frozen: FrozenContent, *, at: datetime.datetime) -> LedgerEntry:
    """A frozen text becomes the next leaf, in the transaction of the act that made it count."""
    return LedgerEntry.objects.create(
        kind=frozen.subject_type, subject_id=frozen.subject_id, number=frozen.version, content_hash=frozen.sha256,
        entered_at=at,
    )  # fmt: skip


def moment(at: datetime.datetime) -> str:
    """A moment as leaves, heads and seals spell it."""
    return f"{at.astimezone(datetime.UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def told(entry: LedgerEntry) -> dict[str, Any]:
    """What the leaf of an entry is the hash of."""
    return {
        "at": moment(entry.entered_at), "content_hash": entry.content_hash, "id": entry.subject_id,
        "kind": entry.kind, "number": entry.number,
    }  # fmt: skip


def length() -> int:
    """How many entries the record has."""
    last = LedgerEntry.objects.order_by("-position").values_list("position", flat=True).first()
    return 0 if last is None else last + 1


def hashes_of(ranges: Iterable[Range]) -> list[bytes]:
    """The hash of each range, all read at once."""
    asked = list(ranges)
    nodes = sorted({node for each in asked for node in subtrees(each)})
    if not nodes:
        return []
    with connection.cursor() as cursor:
        cursor.execute(NODES, [[level for level, _place in nodes], [place for _level, place in nodes]])
        found = {(level, place): bytes(value) for level, place, value in cursor.fetchall()}
    return [root_of(each, found) for each in asked]


def root(size: int) -> bytes:
    """The root of the first `size` entries."""
    return hashes_of([(0, size)])[0] if size else EMPTY


def inclusion(index: int, size: int) -> tuple[bytes, list[bytes]]:
    """The root of the first `size` entries, and the proof that the one at `index` is among them."""
    found, *path = hashes_of([(0, size), *inclusion_ranges(index, size)])
    return found, path


def consistency(first: int, size: int) -> list[bytes]:
    """The proof that the first `first` entries stand unchanged among the first `size`."""
    return hashes_of(consistency_ranges(first, size))


def as_signed(head: LedgerHead) -> dict[str, Any]:
    """A head as it was signed."""
    return {
        "at": moment(head.signed_at), "key": head.key, "root": head.root, "seal": head.seal,
        "seal_digest": head.seal_digest, "signature": head.signature, "size": head.size,
    }  # fmt: skip


def sign_head(*, at: datetime.datetime) -> LedgerHead:
    """What the record and the chain of seals are now, signed."""
    size, seal = length(), Seal.objects.order_by("-number").values("number", "digest").first()
    head = signed({
        "at": moment(at), "root": root(size).hex(), "seal": seal["number"] if seal else 0,
        "seal_digest": seal["digest"] if seal else FIRST, "size": size,
    })  # fmt: skip
    head.pop("at")
    return LedgerHead.objects.create(signed_at=at, **head)


def bundle(entry: LedgerEntry) -> dict[str, Any]:
    """One entry with its proof under the oldest signed head above it; before the day's head, under none signed yet."""
    head = LedgerHead.objects.filter(size__gt=entry.position).order_by("size", "id").first()
    size = head.size if head else length()
    found, path = inclusion(entry.position, size)
    unsigned = {"at": "", "key": "", "root": found.hex(), "seal": 0, "seal_digest": "", "signature": "", "size": size}
    return {
        "entry": told(entry), "index": entry.position, "proof": [each.hex() for each in path],
        "head": as_signed(head) if head else unsigned,
    }  # fmt: skip


def heads(first: int = 0, most: int = 400) -> list[dict[str, Any]]:
    """Signed heads from the `first` on, oldest first, each with the proof that it continues the one before it."""
    found, before = [], None
    for head in LedgerHead.objects.filter(pk__gte=first).order_by("id")[:most]:
        steps: list[bytes] = consistency(before, head.size) if before is not None else []
        found.append({"head": as_signed(head), "number": head.pk, "proof": [each.hex() for each in steps]})
        before = head.size
    return found


def faults() -> list[str]:
    """What does not hold in this database: entries against the stored tree, the tree against every signed head."""
    found = list(head_faults({"heads": heads(most=100_000)}))
    signed_roots = dict(LedgerHead.objects.order_by("size").values_list("size", "root"))
    grown, stored = Growing(), LedgerNode.objects.filter(level=0).order_by("place").values_list("hash", flat=True)
    entries = LedgerEntry.objects.order_by("position").iterator(chunk_size=5_000)
    for place, (entry, node) in enumerate(zip_longest(entries, stored.iterator(chunk_size=5_000))):
        leaf = leaf_hash(spelled(told(entry))) if entry else b""
        if node is None or leaf != bytes(node) or entry.position != place:
            found.append(f"entry {place}: is not the one whose hash the record keeps")
        grown.add(leaf)
        if signed_roots.pop(grown.size, grown.root().hex()) != grown.root().hex():
            found.append(f"head of {grown.size}: is not the root of the first {grown.size} entries")
    signed_roots.pop(0, None)
    return found + [f"head of {size}: the record is shorter" for size in signed_roots]
