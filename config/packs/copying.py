"""New rows of several tables, given their keys at once and written by COPY together."""

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.db.models.expressions import DatabaseDefault

from exchange.copying import copy_rows, take_ids

FLUSH_AT = 20_000  # rows of one table held in memory
KEYS_AT_ONCE = 2_000


class Copier:
    """Collects new rows; keys are given at `add`, so rows may name each other before they are written."""

    def __init__(self, *order: type[models.Model]) -> None:
        """`order`: the tables as they are written; a table whose rows others refer to at once comes before them."""
        self._rows: dict[type[models.Model], list[Any]] = {model: [] for model in order}
        self._keys = {model: _keys(model) for model in order}

    def add(self, row: Any) -> Any:
        """Take a row and give it its key."""
        model = type(row)
        row.pk = next(self._keys[model])
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
                fields = [field for field in model._meta.concrete_fields if not _is_default(rows[0], field)]
                names = [field.attname for field in fields]
                cells = ([getattr(row, name) for name in names] for row in rows)
                copy_rows(model._meta.db_table, [field.column for field in fields], cells)
                rows.clear()


def _keys(model: type[models.Model]) -> Iterator[int]:
    """Fresh keys of the table, fetched by the thousand."""
    while True:
        yield from take_ids(model._meta.db_table, KEYS_AT_ONCE)


def _is_default(row: models.Model, field: Any) -> bool:
    """Whether the database fills this column itself."""
    return isinstance(getattr(row, field.attname), DatabaseDefault)
