"""Which characters a font can draw: a paper for keeping may hold no character that its font lacks."""

import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

INSTEAD = "\N{WHITE SQUARE}"
WHITE = "\n\t\r"


@cache
def drawn_by(font: Path) -> frozenset[int]:
    """The code points that a TrueType or OpenType font has a glyph for."""
    data = font.read_bytes()
    tables = struct.unpack_from(">H", data, 4)[0]
    entries = [struct.unpack_from(">4sLLL", data, 12 + 16 * number) for number in range(tables)]
    start = next(place for tag, _sum, place, _length in entries if tag == b"cmap")
    count = struct.unpack_from(">H", data, start + 2)[0]
    found: set[int] = set()
    for number in range(count):
        offset = start + struct.unpack_from(">L", data, start + 8 + 8 * number)[0]
        kind = struct.unpack_from(">H", data, offset)[0]
        found.update(_groups(data, offset) if kind == 12 else _segments(data, offset) if kind == 4 else ())
    return frozenset(found)


def _groups(data: bytes, offset: int) -> Iterator[int]:
    """Format 12: runs of first, last."""
    for number in range(struct.unpack_from(">L", data, offset + 12)[0]):
        first, last = struct.unpack_from(">LL", data, offset + 16 + 12 * number)
        yield from range(first, last + 1)


def _segments(data: bytes, offset: int) -> Iterator[int]:
    """Format 4: ends of all runs, then starts; the last run is none."""
    size = struct.unpack_from(">H", data, offset + 6)[0]
    half = f">{size // 2}H"
    ends, starts = struct.unpack_from(half, data, offset + 14), struct.unpack_from(half, data, offset + 16 + size)
    for first, last in zip(starts, ends, strict=True):
        if first != 0xFFFF:
            yield from range(first, last + 1)


def drawable(value: Any, font: Path) -> Any:
    """The same words with a square for every character that the font cannot draw, however deep they lie."""
    if isinstance(value, dict):
        return {name: drawable(each, font) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [drawable(each, font) for each in value]
    if isinstance(value, str):
        known = drawn_by(font)
        return "".join(sign if ord(sign) in known or sign in WHITE else INSTEAD for sign in value)
    return value
