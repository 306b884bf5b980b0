"""The list of remarks with everything around its rows, the same for those who answer and for everybody."""

from collections.abc import Mapping
from typing import Any

from accounts.wording import counted
from institutions.registry.listpage import ListPage, Query
from quality.comments import showing
from quality.comments.filters import CommentFilters


def list_of(query: Query, filters: CommentFilters, params: Mapping[str, str], address: Any) -> dict[str, Any]:
    """One page of remarks with its filters, as both lists show it; `params` are the filters as they were asked for."""
    listed = ListPage(query, filters.qs, showing.SORTS, "-received_at")
    total = counted(listed.total, "remark")
    labels = {
        name: (field.label, dict(getattr(field, "choices", ())).get(params[name], params[name]))
        for name, field in filters.form.fields.items()
        if params[name]
    }
    return {
        "filters": filters.form, "chips": listed.chips(labels), "clear": query.path,
        "columns": showing.columns_of(listed), "rows": showing.rows_of(listed.rows, address),
        "total": total, "pagination": listed.pagination(total),
        "csv": query.address(format="csv"), "xlsx": query.address(format="xlsx"),
    }  # fmt: skip
