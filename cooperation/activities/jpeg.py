"""A JPEG without what a camera writes into it: place, device, moment and everything else beside the picture."""

from collections.abc import Iterator

START, SCAN, END = b"\xff\xd8", 0xDA, b"\xff\xd9"
FRAMES = {0xC0, 0xC1, 0xC2}  # baseline, extended, progressive: what every browser shows
TABLES = {0xC4, 0xDB, 0xDD}
COLOURS = {0xE0, 0xEE}  # JFIF and Adobe say how the colours are meant
MOST = 12_000  # pixels a side


class NotAPicture(ValueError):
    """The bytes are no JPEG that browsers show."""


def plain_picture(data: bytes) -> tuple[bytes, int, int]:
    """The same picture with its tables and pixels only, and its width and height. Raises NotAPicture."""
    kept, size = [START], None
    for marker, place, segment in _segments(data):
        begin = place
        if marker == SCAN:
            break
        if marker in FRAMES:
            size = int.from_bytes(segment[7:9], "big"), int.from_bytes(segment[5:7], "big")
        if marker in FRAMES | TABLES | COLOURS:
            kept.append(segment)
    else:
        raise NotAPicture
    end = data.rfind(END)
    if size is None or not all(0 < side <= MOST for side in size) or end < begin:
        raise NotAPicture
    kept.append(_without_hidden(data[begin : end + 2]))
    return b"".join(kept), *size


def _segments(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Marker, place and bytes of each part up to the pixels."""
    if data[:2] != START:
        raise NotAPicture
    place = 2
    while place + 4 <= len(data):
        if data[place] != 0xFF:
            raise NotAPicture
        marker, length = data[place + 1], int.from_bytes(data[place + 2 : place + 4], "big")
        if marker == 0xFF:  # a filler
            place += 1
            continue
        if length < 2:
            raise NotAPicture
        yield marker, place, data[place : place + 2 + length]
        place += 2 + length
    raise NotAPicture


def _without_hidden(scans: bytes) -> bytes:
    """The pixels, ended where the first picture ends: a second one behind it would be carried along unseen."""
    kept, place = bytearray(), 0
    while place < len(scans):
        follows = scans.find(b"\xff", place)
        if follows < 0 or follows + 1 >= len(scans):
            kept += scans[place:]
            break
        marker = scans[follows + 1]
        kept += scans[place:follows]
        if marker == END[1]:
            kept += END
            break
        if marker in (0x00, 0xFF) or 0xD0 <= marker <= 0xD7:
            kept += scans[follows : follows + 2]
            place = follows + 2
            continue
        length = int.from_bytes(scans[follows + 2 : follows + 4], "big")
        if marker in TABLES or marker == SCAN:
            kept += scans[follows : follows + 2 + length]
        place = follows + 2 + length
    return bytes(kept)
