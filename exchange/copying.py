"""Rows into tables by COPY: the quickest way in that PostgreSQL has, for files, packs and worlds of many rows."""

import datetime
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection, models
from django.db.backends.postgresql.psycopg_any import DateRange, sql

ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


class Lines:
    """An iterator of encoded rows that COPY can read in chunks, so that memory stays flat."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self.rows = iter(rows)
        self.rest = ""

    def read(self, size: int = 65_536) -> str:
        """The next characters; an empty text at the end."""
        parts, length = [self.rest], len(self.rest)
        for row in self.rows:
            line = "\t".join([encode(value) for value in row]) + "\n"
            parts.append(line)
            length += len(line)
            if length >= size:
                break
        whole = "".join(parts)
        self.rest = whole[size:]
        return whole[:size]


def encode(value: Any) -> str:
    """A value in COPY's text form."""
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(ESCAPES)
    for kind, written in WRITTEN:
        if isinstance(value, kind):
            return written(value)
    return str(value)


def _element(item: Any) -> str:
    if isinstance(item, int):
        return str(item)
    quoted = str(item).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}"'.translate(ESCAPES)


WRITTEN: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (bool, lambda value: "t" if value else "f"),
    (dict, lambda value: json.dumps(value, ensure_ascii=False).translate(ESCAPES)),
    (DateRange, lambda value: f"[{value.lower or ''},{value.upper or ''})"),
    (datetime.date, lambda value: value.isoformat()),
    (list, lambda value: "{" + ",".join(_element(item) for item in value) + "}"),
)


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Adds rows to a table, its constraints and triggers included."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(statement.as_string(cursor.cursor), Lines(rows))


def take_statistics(*tables: type[models.Model]) -> None:
    """Tells the planner what these tables hold now: what reads them next must not be planned as if they were empty."""
    with connection.cursor() as cursor:
        for model in tables:
            cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(model._meta.db_table)))
