"""A list with ready views: counts on top, filters in the address, a keyset page, the same rows as a file.

What is special to a thing stands in its `listing` module: VIEW_WORDS, MINE, ALL, SORTS, FILTERS (the filters as the
page shows them), FILE (the exporter), and counts_of, narrowed, default_order over its rows; what it calls things, in Words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from accounts.clock import today
from accounts.listing import PAGE_ONLY, Keyset, ParameterError, read_ordering, refuse
from accounts.scoped import Scoped
from accounts.wording import counted
from cooperation.pages.filters import chips_of, filtered
from cooperation.pages.records import READERS
from exchange.jobs.handing import FILE_FORMS, file_of

NOT_OF_FILES = ("format", "cursor", "limit", "ordering")


@dataclass(frozen=True)
class Words:
    """What a list says: its title, one row (a noun of `counted`), no row under filters, all rows, no row at all and why."""

    title: Any
    noun: str
    none_fits: Any
    all_rows: Any
    none_yet: Any
    meaning: Any
    new: Any = ""  # the verb that adds a row


class ReadyList(Scoped, View):
    """The page; a thing names its listing, its words, its table and where a row is added."""

    allowed_roles = READERS
    listing: ModuleType
    words: Words
    table = ""
    icon = ""
    new_page = ""
    template_name = "cooperation/ready_list.html"
    heads: Sequence[str] = ()  # columns that sort

    def shown(self, rows: Any, user: Any, on: Any, view: str) -> Any:
        """The rows of the page in words."""
        raise NotImplementedError

    def may_add(self, user: Any) -> bool:
        """Whether the reader may add a row."""
        return False

    def get(self, request: HttpRequest) -> HttpResponse:
        known = {*self.listing.FILTERS.base_filters, *PAGE_ONLY, "ordering", "cursor", "limit", "format"}
        unknown = [name for name in request.GET if name not in known]
        if unknown:
            raise ParameterError(refuse(unknown[0], "unknown_parameter", _("There is no such parameter.")).detail)
        if request.GET.get("format"):
            return self.file(request)
        return render(request, self.template_name, self.context(request))

    def file(self, request: HttpRequest) -> HttpResponse:
        """The filtered rows: a short list at once, a long one among "My files"."""
        params = {name: value for name, value in request.GET.items() if name not in NOT_OF_FILES}
        return file_of(request, self.listing.FILE, params, request.GET["format"])

    def context(self, request: HttpRequest) -> dict[str, Any]:
        """Everything around the rows."""
        listing, on, user = self.listing, today(), request.user
        seen = self.get_queryset()
        counts = listing.counts_of(seen, user, on)
        view = self.view_of(request, counts)
        filters = filtered(listing.FILTERS, request.GET, user, listing.narrowed(seen, view, user, on))
        order = read_ordering(request.GET.get("ordering"), listing.SORTS, listing.default_order(view))
        chips = chips_of(filters, request.GET)
        return {
            "crumbs": [{"text": self.words.title}], "words": self.words, "table": self.table, "icon": self.icon,
            "new": reverse(self.new_page) if self.may_add(user) else "",
            "filters": filters.form, "chips": chips, "clear": f"?view={view}", "view": view,
            "views": [{"text": words, "url": f"?view={code}", "count": counts[code], "current": code == view}
                      for code, words in listing.VIEW_WORDS.items()],
            "page_errors": not filters.is_valid(), **self.rows(request, filters.qs, order, view),
            "total": counted(filters.qs.count() if chips else counts[view], self.words.noun),
            "sorts": {name: self.sort(request, name, order[0]) for name in self.heads},
            "files": [{"text": form, "url": f"?{query(request, format=form.lower())}"} for form in FILE_FORMS],
        }  # fmt: skip

    def rows(self, request: HttpRequest, found: Any, order: Sequence[str], view: str) -> dict[str, Any]:
        """One page of what was found, and the ways to the others."""
        request.query_params = request.GET  # type: ignore[attr-defined]  # what the page machine of lists reads
        keyset = Keyset(request, order)
        page = keyset.page(self.prepared(found))
        return {"rows": self.shown(page, request.user, today(), view), "links": keyset.links()}

    def prepared(self, rows: Any) -> Any:
        """The rows with what showing them needs."""
        return rows

    def view_of(self, request: HttpRequest, counts: dict[str, int]) -> str:
        """The ready view that is asked for; at first what waits for the reader, if anything does."""
        listing = self.listing
        waits = bool(counts[listing.MINE]) and not request.GET
        view = request.GET.get("view") or (listing.MINE if waits else listing.ALL)
        if view not in listing.VIEW_WORDS:
            raise ParameterError(refuse("view", "invalid", _("There is no such view.")).detail)
        return view

    def sort(self, request: HttpRequest, name: str, order: str) -> dict[str, str]:
        """The address of a sortable head, and how it is sorted now."""
        state = {name: "ascending", f"-{name}": "descending"}.get(order, "")
        return {"url": f"?{query(request, ordering=f'-{name}' if order == name else name)}", "sort": state}


def query(request: HttpRequest, **changed: str) -> str:
    """The query string with other parameters; a change begins at the first page."""
    params = request.GET.copy()
    params.pop("cursor", None)
    for name, value in changed.items():
        params[name] = value
    return params.urlencode()
