"""Writing what people take away: CSV that opens right in a local Excel, XLSX with typed cells."""

import csv
import datetime
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext, override

from exchange.sheets import FORMULA

COMMA_LANGUAGES = ("en",)
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BOOK_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}


@dataclass(frozen=True)
class Head:
    """A column of a table that goes out: its words and whether it holds text, a number or a date."""

    label: Any
    kind: str = "text"


@dataclass
class Table:
    """A table that goes out: rows of cells under heads; `notes` say filters, source and date; `stem` names the file."""

    title: Any
    stem: str
    heads: Sequence[Head]
    rows: Iterable[Sequence[Any]]
    count: int = 0
    notes: list[tuple[Any, Any]] = field(default_factory=list)


def guarded(value: Any) -> Any:
    """Text that a spreadsheet would run is made harmless by an apostrophe, which reading takes off again."""
    text = "" if value is None else value
    return f"'{text}" if isinstance(text, str) and text.startswith(FORMULA) else text


def csv_cell(value: Any) -> str:
    """Dates in ISO, plain decimals, guarded text; nothing for nothing."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, int | float | Decimal):
        return str(value)
    return str(guarded("" if value is None else str(value)))


def write_csv(table: Table, out: IO[str], language: str) -> None:
    """UTF-8 with a mark, `,` where the language counts with a point, else `;`."""
    out.write("\ufeff")
    writer = csv.writer(out, delimiter="," if language in COMMA_LANGUAGES else ";")
    with override(language):
        writer.writerow([str(head.label) for head in table.heads])
        for row in table.rows:
            writer.writerow([csv_cell(cell) for cell in row])


def csv_bytes(table: Table, language: str) -> bytes:
    """A whole table as the bytes of a CSV."""
    out = io.StringIO(newline="")
    write_csv(table, out, language)
    return out.getvalue().encode("utf-8")


def write_xlsx(table: Table, out: Any, language: str) -> None:
    """Typed cells, a frozen head, and a second sheet that says what the table is."""
    with override(language), xlsxwriter.Workbook(out, BOOK_OPTIONS) as book:
        formats = {
            "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
            "date": book.add_format({"num_format": "dd.mm.yyyy"}),
        }
        sheet = book.add_worksheet(gettext("Data")[:31])
        sheet.freeze_panes(1, 1)
        for place, head in enumerate(table.heads):
            sheet.set_column(place, place, 14 if head.kind != "text" else 26)
        for place, head in enumerate(table.heads):
            sheet.write_string(0, place, str(head.label), formats["head"])
        for number, row in enumerate(table.rows, start=1):
            for place, cell in enumerate(row):
                write_cell(sheet, number, place, cell, formats["date"])
        about = book.add_worksheet(gettext("About the file")[:31])
        about.set_column(0, 1, 40)
        for number, (label, text) in enumerate([(gettext("Title"), table.title), *table.notes]):
            about.write_string(number, 0, str(label), formats["head"])
            about.write_string(number, 1, str(text))


def write_cell(sheet: Any, row: int, column: int, value: Any, date_format: Any) -> None:
    """One cell by the type of its value."""
    if value is None or value == "":
        return
    if isinstance(value, datetime.datetime) and timezone.is_aware(value):
        value = timezone.make_naive(value)  # a workbook knows no zones: the moment as the clock here showed it
    if isinstance(value, datetime.datetime | datetime.date):
        sheet.write_datetime(row, column, value, date_format)
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, str(value)[:32_000])


def xlsx_bytes(table: Table, language: str) -> bytes:
    """A whole table as the bytes of a workbook."""
    out = io.BytesIO()
    write_xlsx(table, out, language)
    return out.getvalue()


def as_file(table: Table, form: str, language: str, on: datetime.date) -> tuple[bytes, str, str]:
    """Content, file name (what, where, when) and media type."""
    name = f"{table.stem}_{on.isoformat()}.{form}"
    if form == "xlsx":
        return xlsx_bytes(table, language), name, XLSX_TYPE
    return csv_bytes(table, language), name, CSV_TYPE
