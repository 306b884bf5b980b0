"""New rows of several tables, given their keys at once and written by COPY together."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from django.db import connection, models
from django.db.models.fields import NOT_PROVIDED

from accounts.identity import new_public_id
from exchange.copying import copy_rows

FLUSH_AT = 20_000  # rows of one table held in memory
KEYS_AT_ONCE = 2_000
ANALYSE = "ANALYZE {}"
NEXT_KEYS = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"


class Row(SimpleNamespace):
    """The columns of a row that will be written; much lighter than an instance of its model."""


class _Size:
    """How many rows a table was given, and how many when it was last looked at."""

    def __init__(self) -> None:
        self.given = self.looked_at = 0

    def has_doubled(self, more: int) -> bool:
        """Take more rows into account; whether it is time to look at the table again."""
        self.given += more
        doubled = self.given >= 2 * self.looked_at
        self.looked_at = self.given if doubled else self.looked_at
        return doubled


class Copier:
    """Collects new rows; keys are given at once, so rows may name each other before they are written."""

    def __init__(self, *order: type[models.Model]) -> None:
        """`order`: the tables as they are written; a table whose rows others refer to at once comes before them."""
        self._rows: dict[type[models.Model], list[Any]] = {model: [] for model in order}
        self._keys = {model: _keys(model) for model in order}
        self._blank = {model: _blank(model) for model in order}
        self._sizes = {model: _Size() for model in order}

    def add(self, row: Any) -> Any:
        """Take an instance of a model and give it its key."""
        model = type(row)
        row.pk = next(self._keys[model])
        self._rows[model].append(row)
        return row

    def new(self, model: type[models.Model], **columns: Any) -> Row:
        """Take the columns of a row (relations by their keys); what is not said has the model's default."""
        blank = self._blank[model]
        row = Row(**{**blank, **columns}, id=next(self._keys[model]))
        if "public_id" in blank:
            row.public_id = new_public_id()
        self._rows[model].append(row)
        return row

    def relieve(self) -> None:
        """Write all tables when one holds much; to be called between records, never inside one."""
        if max(map(len, self._rows.values())) >= FLUSH_AT:
            self.flush()

    def flush(self) -> None:
        """Write what is held."""
        for model, rows in self._rows.items():
            if rows:
                fields = _written(model)
                names = [field.attname for field in fields]
                cells = ([getattr(row, name) for name in names] for row in rows)
                copy_rows(model._meta.db_table, [field.column for field in fields], cells)
                if self._sizes[model].has_doubled(len(rows)):
                    _analyse(model)
                rows.clear()


def _analyse(model: type[models.Model]) -> None:
    """Let checks and triggers find rows by their keys: planned for an empty table, they would read all of it each time."""
    with connection.cursor() as cursor:
        cursor.execute(ANALYSE.format(connection.ops.quote_name(model._meta.db_table)))


def _keys(model: type[models.Model]) -> Iterator[int]:
    """Fresh keys of the table, fetched by the thousand."""
    while True:
        with connection.cursor() as cursor:
            cursor.execute(NEXT_KEYS, [model._meta.db_table, KEYS_AT_ONCE])
            found = cursor.fetchall()
        yield from (key for (key,) in found)


def _written(model: type[models.Model]) -> list[Any]:
    """The columns that are not filled by the database itself."""
    return [field for field in model._meta.concrete_fields if field.db_default is NOT_PROVIDED and not field.generated]


def _blank(model: type[models.Model]) -> dict[str, Any]:
    """The defaults of every column but the key."""
    fields = [field for field in _written(model) if not field.primary_key]
    return {field.attname: None if field.attname == "public_id" else field.get_default() for field in fields}
