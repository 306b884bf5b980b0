"""CSV as people and programs write it: its letters, what parts its cells, and quotes that were never closed."""

import csv
import re
from collections.abc import Iterator

DELIMITERS = ";,\t"
SAID = re.compile(r"\ufeff?\"?sep=(.)\"?\s*\Z", re.IGNORECASE)
UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffd]")
FEW = 100  # one sign in so many may be unreadable: its row is refused, not the file
csv.field_size_limit(2**26)  # a file has a size of its own; what is too long for a cell is told of the cell
WRAPPED = 100  # lines; what holds more in one cell is a quote that was never closed


def text_of(raw: bytes) -> str | None:
    """The text of a CSV: UTF-8 with or without mark, UTF-16, or CP1251; None where none of them makes sense.

    A few signs that no writing has stay as marks: they are told cell by cell.
    """
    for encoding, errors in _encodings(raw):
        try:
            text = raw.decode(encoding, errors)
        except UnicodeDecodeError:
            continue
        if len(UNREADABLE.findall(text)) * FEW <= len(text):
            return text.replace("\r\n", "\n").replace("\r", "\n")
    return None


def _encodings(raw: bytes) -> Iterator[tuple[str, str]]:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield "utf-16", "strict"
    elif raw[1:400:2].count(0) > 40 or raw[0:400:2].count(0) > 40:
        yield ("utf-16-le" if raw[1:2] == b"\0" else "utf-16-be"), "strict"
    else:
        yield "utf-8-sig", "strict"
        yield ("utf-8-sig", "replace") if _is_damaged_utf8(raw) else ("cp1251", "replace")


def _is_damaged_utf8(raw: bytes) -> bool:
    """Mostly sound UTF-8 with a bad byte in it: reading it as CP1251 would store nonsense."""
    text = raw[:1_000_000].decode("utf-8", "replace")
    foreign = [letter for letter in text if letter > "\x7f"]
    return 0 < foreign.count("\ufffd") < len(foreign) / 2


def delimiter_of(text: str) -> str:
    """What parts the cells, by the first line that says anything: `;`, `,` or a tab."""
    head = next((line for line in text.split("\n", 20) if line.strip()), "")
    said = SAID.match(head)
    return said[1] if said else max(DELIMITERS, key=head.count)


def rows_of(text: str) -> Iterator[list[str]]:
    """Rows as a spreadsheet numbers them, a cell with line ends inside included.

    A quote that was never closed would swallow the rows below it: then its line is a row by itself.
    """
    delimiter, lines, at, width = delimiter_of(text), text.split("\n"), 0, 0
    if SAID.match(lines[0]):
        at = 1
    if lines[-1] == "":
        lines.pop()
    while at < len(lines):
        row, used, is_open = _row(lines, at, delimiter)
        if used > 1 and (is_open or _swallows(lines[at : at + used], delimiter, width)):
            row, used = next(csv.reader([lines[at]], delimiter=delimiter, quoting=csv.QUOTE_NONE), []), 1
        at += used
        row = trimmed(row)
        width = width or len(row)
        yield row


def _row(lines: list[str], at: int, delimiter: str) -> tuple[list[str], int, bool]:
    """One row, the number of lines it takes, and whether a quote was still open where it was given up."""
    asked, is_open = 0, False

    def onwards() -> Iterator[str]:
        nonlocal asked, is_open
        for line in lines[at : at + WRAPPED]:
            asked += 1
            yield line + "\n"
        is_open = True

    return next(csv.reader(onwards(), delimiter=delimiter), []), asked, is_open


def _swallows(lines: list[str], delimiter: str, width: int) -> bool:
    """Whether a row of several lines is several rows: the first line and another one are whole by themselves."""
    whole = [line.count(delimiter) >= max(width - 1, 1) for line in lines]
    return width > 1 and whole[0] and any(whole[1:])


def trimmed(row: list[str]) -> list[str]:
    """The row without the empty cells behind its last one."""
    end = len(row)
    while end and not row[end - 1].strip():
        end -= 1
    return row[:end]
