"""Reading what people upload: CSV in the writings that spreadsheets save, XLSX in a process of its own.

A file is judged by its content, from the outside inwards: size, the directory of the archive, encoding, rows.
"""

import datetime
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.spelling import UnsafeText, hygiene
from exchange.written import rows_of, text_of, trimmed

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 64 * 1024 * 1024
MAX_ENTRIES = 120
MAX_ROWS = 200_000
MAX_COLUMNS = 200
MAX_CELL = 10_000
PROGRAM = Path(__file__).with_name("workbook.py")
MARK = "\ufffd"  # stands for what no writing uses
KEPT_AS_TEXT = re.compile(r'="([^"]*)"\Z')

NOT_A_SHEET = _("The file is neither CSV nor XLSX. Save it as an Excel workbook or as CSV and send it again.")
OLD_BOOK = _("This is a workbook of the old kind (.xls). Open it, save it as .xlsx and send that file.")
ENCODING = _("The encoding of the file is not known. Save it as CSV UTF-8 or as an Excel workbook.")
TOO_LARGE = _("The file is too large to open. Split it into files of at most 50 000 rows.")
BROKEN = _("The file cannot be read: it is damaged or not a workbook.")
EMPTY = _("The file has no rows. Put the heads in the first row and the data below.")


class Unreadable(ValidationError):
    """The file as a whole cannot be taken (400); `too_large` where it is a matter of size (413)."""

    def __init__(self, message: Any, code: str) -> None:
        super().__init__({"file": ValidationError(message, code=code)})
        self.too_large = code == "too_large"


def is_workbook(start: bytes) -> bool:
    """Whether the first bytes are those of an archive, as XLSX is."""
    return start.startswith(b"PK\x03\x04")


def preflight(file: IO[bytes], size: int) -> None:
    """Refuses by size and by the archive's directory alone, before anything is unpacked. Raises Unreadable."""
    if size > MAX_BYTES:
        raise Unreadable(TOO_LARGE, "too_large")
    if not size:
        raise Unreadable(EMPTY, "empty")
    file.seek(0)
    start = file.read(8)
    if is_workbook(start):
        _look_into(file)
    elif start.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(OLD_BOOK, "not_a_sheet")
    elif start.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z", b"\x1f\x8b")):
        raise Unreadable(NOT_A_SHEET, "not_a_sheet")
    else:
        decoded(file)
    file.seek(0)


def _look_into(file: IO[bytes]) -> None:
    try:
        entries = zipfile.ZipFile(file).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise Unreadable(BROKEN, "broken") from None
    names = {entry.filename for entry in entries}
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise Unreadable(TOO_LARGE, "too_large")
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise Unreadable(NOT_A_SHEET, "not_a_sheet")
    nested = (".zip", ".xlsx", ".bin", ".exe", ".js")
    if any(name.lower().endswith(nested) and not name.startswith("xl/printerSettings/") for name in names):
        raise Unreadable(NOT_A_SHEET, "not_a_sheet")


def decoded(file: IO[bytes]) -> str:
    """The text of a CSV. Raises Unreadable."""
    file.seek(0)
    text = text_of(file.read())
    if text is None:
        raise Unreadable(ENCODING, "encoding")
    return text


def read(path: str) -> Iterator[list[str]]:
    """Rows of a stored file, each cell as clean text; row 1 first, empty rows as empty lists. Raises Unreadable."""
    with Path(path).open("rb") as file:
        workbook = is_workbook(file.read(4))
        rows = _workbook_rows(path) if workbook else rows_of(decoded(file))
        for number, row in enumerate(rows, start=1):
            cells = trimmed([cell_text(cell) for cell in row])
            if number > MAX_ROWS or len(cells) > MAX_COLUMNS:
                raise Unreadable(TOO_LARGE, "too_large")
            yield cells


def cell_text(cell: Any) -> str:
    """A cell as clean text; what no writing uses becomes a visible mark, so that its row is refused, not the file.

    Of a cell that is too long one sign more than may be is kept, so that it can be told.
    """
    text = "" if cell is None else str(cell)[: MAX_CELL + 1]
    if text[:1] == "'" and text[1:2] in FORMULA:
        text = text.removeprefix("'")
    elif kept := KEPT_AS_TEXT.match(text):  # how spreadsheets are made to keep the zeros of ="00123"
        text = kept[1]
    try:
        return hygiene(text)
    except UnsafeText:
        return MARK


MIDNIGHT = r"(?:[T ]00:00(?::00(?:\.0+)?)?)?"
ISO = re.compile(rf"(\d{{4}})-(\d{{1,2}})-(\d{{1,2}}){MIDNIGHT}\Z")
DOTTED = re.compile(rf"(\d{{1,2}})([./])(\d{{1,2}})[./](\d{{4}}){MIDNIGHT}\Z")


class AmbiguousDay(ValueError):
    """A day that means one thing here and another there: 01/09/2020."""


def day_of(text: str) -> datetime.date | None:
    """A day written 2026-09-01 or 01.09.2026; None for nothing. Raises ValueError; nothing is guessed."""
    if not text:
        return None
    if found := ISO.match(text):
        year, month, day = map(int, found.groups())
    elif found := DOTTED.match(text):
        day, month, year = int(found[1]), int(found[3]), int(found[4])
        if found[2] == "/" and day != month and day <= 12 and month <= 12:
            raise AmbiguousDay(text)
    else:
        raise ValueError(text)
    return datetime.date(year, month, day)


FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def _workbook_rows(path: str) -> Iterator[list[Any]]:
    with subprocess.Popen(
        [sys.executable, "-I", str(PROGRAM), str(path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as program:
        try:
            for line in program.stdout or ():
                yield json.loads(line)
        finally:
            if program.stdout:
                program.stdout.close()
            if program.poll() is None:
                program.terminate()
    if program.returncode == 3:
        raise Unreadable(BROKEN, "broken")
    if program.returncode not in (0, -15):
        raise Unreadable(TOO_LARGE, "too_large")
