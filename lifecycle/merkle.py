"""Which stored subtrees make up a root or a proof of the record's tree (RFC 6962): ranges of leaves, never the leaves.

A range is (first leaf, leaf after the last). Every range named here splits into complete subtrees, at most one a level.
"""

from collections.abc import Mapping

from lifecycle.verify_audit import EMPTY, node_hash

Range = tuple[int, int]
Node = tuple[int, int]  # level above the leaves, place on that level


def split(count: int) -> int:
    """The largest power of two below a number of leaves, of which there are at least two."""
    return 1 << ((count - 1).bit_length() - 1)


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """What stands beside the way from a leaf up to the root of the first `size` leaves, lowest first."""
    low, high, found = 0, size, []
    while high - low > 1:
        middle = low + split(high - low)
        if index < middle:
            found.append((middle, high))
            high = middle
        else:
            found.append((low, middle))
            low = middle
    return found[::-1]


def consistency_ranges(first: int, size: int) -> list[Range]:
    """What shows that the first `first` leaves stand unchanged among the first `size`, lowest first."""
    low, high, whole, found = 0, size, True, []
    while 0 < first < high:
        middle = low + split(high - low)
        if first <= middle:
            found.append((middle, high))
            high = middle
        else:
            found.append((low, middle))
            low, whole = middle, False
    return ([] if whole or not first else [(low, high)]) + found[::-1]


def subtrees(leaves: Range) -> list[Node]:
    """The complete subtrees of a range, from left to right."""
    low, high = leaves
    found = []
    while low < high:
        level = (high - low).bit_length() - 1
        found.append((level, low >> level))
        low += 1 << level
    return found


def root_of(leaves: Range, hashes: Mapping[Node, bytes]) -> bytes:
    """The hash of a range from those of its complete subtrees."""
    *before, found = [hashes[node] for node in subtrees(leaves)]
    for left in reversed(before):
        found = node_hash(left, found)
    return found


class Growing:
    """The root over leaves as they come, one after the other, without keeping them."""

    def __init__(self) -> None:
        self.size = 0
        self.peaks: list[bytes] = []  # complete subtrees, from left to right

    def add(self, leaf: bytes) -> None:
        """The next leaf closes as many subtrees as its place ends in ones."""
        here, self.size = self.size, self.size + 1
        while here & 1:
            leaf, here = node_hash(self.peaks.pop(), leaf), here >> 1
        self.peaks.append(leaf)

    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self.peaks:
            return EMPTY
        *before, found = self.peaks
        for left in reversed(before):
            found = node_hash(left, found)
        return found
