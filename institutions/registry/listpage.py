"""A list on a page: the same keyset, filters and order as the API, with addresses for heads, chips and neighbours."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from rest_framework.exceptions import APIException

from accounts.listing import Keyset, read_ordering

SIZES = ("50", "100", "200")


class Query:
    """A page's request as lists read one: unknown parameters are left out of account, each is given once."""

    def __init__(self, request: Any, known: Sequence[str]) -> None:
        self.path = request.path
        self.query_params = {
            name: value
            for name, value in request.GET.items()
            if name in {*known, "cursor", "limit", "ordering"} and value
        }
        if self.query_params.get("limit") not in SIZES:
            self.query_params.pop("limit", None)

    def build_absolute_uri(self) -> str:
        """The address of this list, without the host."""
        return self.address()

    def address(self, **change: str | None) -> str:
        """This list with other parameters; a change begins at the first page."""
        kept = {name: value for name, value in self.query_params.items() if name != "cursor" or not change}
        pairs = {name: value for name, value in {**kept, **change}.items() if value}
        return f"{self.path}?{urlencode(pairs)}" if pairs else self.path


class ListPage:
    """One page of rows with everything the template needs around them."""

    def __init__(self, query: Query, rows: Any, orderings: Sequence[str], default: str) -> None:
        self.query = query
        self.ordering = query.query_params.get("ordering", "")
        if self.ordering.lstrip("-") not in orderings:
            self.ordering = query.query_params["ordering"] = ""
        order = read_ordering(self.ordering or None, orderings, default)
        self.total = rows.count()
        try:
            keyset = Keyset(query, order)
            self.rows = keyset.page(rows)
        except APIException:
            query.query_params.pop("cursor", None)
            keyset = Keyset(query, order)
            self.rows = keyset.page(rows)
        self.links = keyset.links()
        self.default = default

    def head(self, label: Any, column: str = "", **more: Any) -> dict[str, Any]:
        """A column head; with a column of the order it sorts, and a second click turns the order round."""
        if not column:
            return {"label": label, **more}
        now = self.ordering or self.default
        sort = {column: "ascending", f"-{column}": "descending"}.get(now, "")
        return {
            "label": label,
            "sort": sort,
            "url": self.query.address(ordering=f"-{column}" if now == column else column),
            **more,
        }

    def pagination(self, shown: str) -> dict[str, Any]:
        """The parts of components/pagination.html."""
        limit = self.query.query_params.get("limit", SIZES[0])
        sizes = [{"text": size, "url": self.query.address(limit=size), "current": size == limit} for size in SIZES]
        return {
            "shown": shown,
            "previous": self.links["previous"],
            "next": self.links["next"],
            "sizes": sizes if self.total > 50 else [],
        }

    def chips(self, words: dict[str, tuple[Any, Any]]) -> list[dict[str, Any]]:
        """The filters in use, each with the address without it: parameter → (label, words of its value)."""
        return [
            {"key": label, "text": text, "url": self.query.address(**{name: None})}
            for name, (label, text) in words.items()
        ]
