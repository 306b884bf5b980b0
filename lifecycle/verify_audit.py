#!/usr/bin/env python3
"""Checks the record of Hamkorlik without the platform and without a network: one file, Python's standard library only.

    python3 verify_audit.py entry proof.json [--record text.json] [--key HEX]    one thing stands in the record
    python3 verify_audit.py heads heads.json [--key HEX]                         later heads only added to earlier ones
    python3 verify_audit.py events events.jsonl [--head head.json] [--key HEX]   no act was changed, added or taken away

`--key` is the public key as it was published; without it the key that signed is named, and believing it is up to you.
Ends with 0 if everything holds, 1 if something was changed (each fault is named), 2 if it could not be checked.
Trees and proofs follow RFC 6962, signatures RFC 8032 (Ed25519).
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

EMPTY = hashlib.sha256(b"").digest()
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OverflowError)
FIRST = "0" * 64  # what the first seal names as its predecessor


def leaf_hash(data: bytes) -> bytes:
    """RFC 6962: the hash of one entry."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962: the hash of two subtrees side by side."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def tree_hash(leaves: list[bytes]) -> bytes:
    """RFC 6962: the root over hashes of entries."""
    if not leaves:
        return EMPTY
    while len(leaves) > 1:  # pairing from the left, the odd one going up alone, gives the RFC's split at powers of two
        paired = [node_hash(leaves[each], leaves[each + 1]) for each in range(0, len(leaves) - 1, 2)]
        leaves = paired + leaves[len(paired) * 2 :]
    return leaves[0]


def inclusion_holds(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> bool:
    """RFC 9162 2.1.3.2: the entry stands at `index` among the first `size`."""
    if not 0 <= index < size:
        return False
    here, last, found = index, size - 1, leaf
    for other in path:
        if last == 0:
            return False
        if here & 1 or here == last:
            found = node_hash(other, found)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            found = node_hash(found, other)
        here, last = here >> 1, last >> 1
    return last == 0 and found == root


def consistency_holds(first: int, second: int, first_root: bytes, second_root: bytes, path: list[bytes]) -> bool:
    """RFC 9162 2.1.4.2: the first `first` entries are the beginning of the first `second`."""
    if first in (0, second):
        return not path and first_root == (second_root if first == second else EMPTY)
    if not 0 < first < second or not path:
        return False
    hashes = [first_root, *path] if first & (first - 1) == 0 else list(path)
    here, last = first - 1, second - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    old = new = hashes[0]
    for other in hashes[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            old, new = node_hash(other, old), node_hash(other, new)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            new = node_hash(new, other)
        here, last = here >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


# --- Ed25519 (RFC 8032), checking only ------------------------------------------------------------------------------
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]


def add(one: Point, two: Point) -> Point:
    """The sum of two points in extended coordinates."""
    a, b = (one[1] - one[0]) * (two[1] - two[0]) % P, (one[1] + one[0]) * (two[1] + two[0]) % P
    c, d = 2 * one[3] * two[3] * D % P, 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number: int, point: Point) -> Point:
    """A point so many times."""
    found: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            found = add(found, point)
        point = add(point, point)
        number >>= 1
    return found


def point_of(spelled: bytes) -> "Point | None":
    """The point that 32 bytes spell; None for what spells none."""
    y = int.from_bytes(spelled, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (not x and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


@lru_cache(maxsize=100_000)
def signature_holds(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the owner of the public key signed exactly this."""
    if len(key) != 32 or len(signature) != 64 or BASE is None:
        return False
    owner, first = point_of(key), point_of(signature[:32])
    second = int.from_bytes(signature[32:], "little")
    if owner is None or first is None or second >= ORDER:
        return False
    drawn = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    left, right = times(second, BASE), add(first, times(drawn, owner))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


# --- what the platform says, and whether it holds -------------------------------------------------------------------
def spelled(value: Any) -> bytes:
    """The one spelling in which things are hashed and signed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def signed_part(statement: dict[str, Any]) -> bytes:
    """What the signature of a head or a seal is over: all of it but the signature and the hashes its root is made of."""
    return spelled({name: value for name, value in statement.items() if name not in ("signature", "leaves")})


def signature_faults(name: str, statement: dict[str, Any], key: str) -> Iterator[str]:
    """Whose signature stands under a head or a seal."""
    if key and statement["key"] != key:
        yield f"{name}: signed with the key {statement['key']}, not with the one given"
    elif not statement["signature"]:
        yield f"{name}: not signed"
    elif not signature_holds(
        bytes.fromhex(statement["key"]), signed_part(statement), bytes.fromhex(statement["signature"])
    ):
        yield f"{name}: its signature does not hold"


def entry_faults(bundle: dict[str, Any], key: str = "", record: "str | None" = None) -> Iterator[str]:
    """One thing in the record: its text, its proof, the head above it. Bundles look as the API hands them out."""
    entry, head, told = bundle["entry"], bundle["head"], record if record is not None else bundle.get("record")
    name = f"{entry['kind']} {entry['id']} ({entry['number']})"
    if told is not None and hashlib.sha256(told.encode()).hexdigest() != entry["content_hash"]:
        yield f"{name}: the text is not the one that was recorded"
    path = [bytes.fromhex(each) for each in bundle["proof"]]
    root = bytes.fromhex(head["root"])
    if not inclusion_holds(leaf_hash(spelled(entry)), bundle["index"], head["size"], path, root):
        yield f"{name}: does not stand at place {bundle['index']} of the record"
    yield from signature_faults(f"head of {head['size']}", head, key)


def head_faults(page: dict[str, Any], key: str = "") -> Iterator[str]:
    """Signed heads, oldest first, each with the proof that it only added to the one before it."""
    before = None
    for each in page["heads"]:
        head = each["head"]
        name = f"head of {head['size']} at {head['at']}"
        yield from signature_faults(name, head, key)
        if before is not None:
            path = [bytes.fromhex(step) for step in each["proof"]]
            roots = bytes.fromhex(before["root"]), bytes.fromhex(head["root"])
            if not consistency_holds(before["size"], head["size"], *roots, path):
                yield f"{name}: does not continue the head of {before['size']}"
            if head["at"] < before["at"] or head["seal"] < before["seal"]:
                yield f"{name}: stands before the one that it follows"
        before = head


class Chain:
    """Seals one after the other, each over its acts; `head` is a head as it was published."""

    def __init__(self, key: str = "", head: "dict[str, Any] | None" = None) -> None:
        self.key, self.head, self.number, self.digest = key, head, 0, FIRST
        self.waiting: Iterator[tuple[int, str]] = iter(())

    def faults(self, lines: Iterable[str]) -> Iterator[str]:
        """Everything that does not hold, in the order of the file."""
        for number, line in enumerate(lines, 1):
            try:
                told = json.loads(line)
                if spelled(told) != line.rstrip("\n").encode():
                    raise ValueError
                yield from self.read(told)
            except UNREADABLE:
                yield f"line {number}: is not as the platform writes it"
        yield from self.finished()
        yield from self.against_head()

    def read(self, told: dict[str, Any]) -> Iterator[str]:
        """One line: a seal, an act under it, or an act that waits for the next seal."""
        if "seal" in told:
            yield from self.finished()
            yield from self.open(told["seal"])
        elif "event" in told:
            yield from self.act(told["event"])
        else:
            yield from self.finished()
            yield from self.loose_act(told["unsealed"], told["after"])

    def open(self, seal: dict[str, Any]) -> Iterator[str]:
        """The seal itself: its place in the chain, its arithmetic, its signature."""
        name, leaves = f"seal {seal['number']}", seal["leaves"]
        if seal["number"] != self.number + 1:
            yield f"seal {self.number + 1}: missing" if seal["number"] > self.number else f"{name}: stands twice"
        elif seal["previous"] != self.digest:
            yield f"{name}: does not follow seal {self.number}"
        hashes = [bytes.fromhex(each) for each in leaves]
        if tree_hash(hashes).hex() != seal["root"] or len(leaves) != seal["count"]:
            yield f"{name}: its root is not that of its acts"
        if hashlib.sha256(bytes.fromhex(seal["previous"] + seal["root"])).hexdigest() != seal["digest"]:
            yield f"{name}: its digest is not that of its root"
        yield from signature_faults(name, seal, self.key)
        named = sum(high + 1 - low for low, high in seal["spans"])
        if named != len(leaves):
            yield f"{name}: names {named} acts and holds {len(leaves)}"
        ids = (number for low, high in seal["spans"] for number in range(low, high + 1))
        self.waiting = iter(list(zip(ids, leaves, strict=False)))
        self.number, self.digest = seal["number"], seal["digest"]
        if self.head and self.head["seal"] == self.number and self.head["seal_digest"] != self.digest:
            yield f"{name}: is not the one that the head of {self.head['at']} names"

    def act(self, event: dict[str, Any]) -> Iterator[str]:
        """The next act of the seal, or what stands in its place."""
        for number, leaf in self.waiting:
            if event["id"] == number:
                if leaf_hash(spelled(event)).hex() != leaf:
                    yield f"event {number}: was changed after seal {self.number}"
                return
            if event["id"] < number:
                self.waiting = iter([(number, leaf), *self.waiting])
                break
            yield f"event {number}: is missing from seal {self.number}"
        yield f"event {event['id']}: stands under seal {self.number}, which does not know it"

    def finished(self) -> Iterator[str]:
        """Acts the last seal still waits for."""
        for number, _leaf in self.waiting:
            yield f"event {number}: is missing from seal {self.number}"

    def loose_act(self, event: dict[str, Any], after: bool) -> Iterator[str]:
        """An act without a seal: right at the end of the record, wrong before the edge of the last seal."""
        if not after:
            yield f"event {event['id']}: stands in no seal though seal {self.number} lies behind it"

    def against_head(self) -> Iterator[str]:
        """What was published names a seal: it has to be there."""
        if self.head is None:
            return
        yield from signature_faults(f"head of {self.head['at']}", self.head, self.key)
        if self.head["seal"] > self.number:
            yield f"seal {self.number + 1}: missing, though the head of {self.head['at']} names seal {self.head['seal']}"


def read(path: str) -> Any:
    """A JSON file."""
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def faults_of(asked: argparse.Namespace) -> Iterator[str]:
    """The faults of what the command line names."""
    if asked.what == "entry":
        record = None
        if asked.record:
            with open(asked.record, encoding="utf-8", newline="") as file:
                record = file.read()
        yield from entry_faults(read(asked.file), asked.key, record)
    elif asked.what == "heads":
        yield from head_faults(read(asked.file), asked.key)
    else:
        with open(asked.file, encoding="utf-8", newline="\n") as file:
            yield from Chain(asked.key, read(asked.head) if asked.head else None).faults(file)


def main(words: "list[str] | None" = None) -> int:
    """Says each fault on a line of its own; 0 well, 1 something was changed, 2 could not be checked."""
    reader = argparse.ArgumentParser(description="Checks the record of Hamkorlik without the platform.")
    reader.add_argument("what", choices=["entry", "heads", "events"])
    reader.add_argument("file")
    reader.add_argument("--record", default="", help="the text itself, as it was recorded")
    reader.add_argument("--head", default="", help="a head as it was published")
    reader.add_argument("--key", default="", help="the public key as it was published")
    asked = reader.parse_args(words)
    count = 0
    try:
        for count, fault in enumerate(faults_of(asked), 1):  # noqa: B007
            sys.stdout.write(f"{fault}\n")
    except (OSError, *UNREADABLE) as error:
        sys.stderr.write(f"could not be checked: {type(error).__name__}: {error}\n")
        return 2
    sys.stdout.write("something was changed\n" if count else "everything holds\n")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
