"""Reading in the app: the bell of every page, and the page of a subject that reads what was told of it.

The bell's own rows say whether this page reads any of them. They are kept for a minute, and forgotten as soon as
something is told or read; a cache that is away costs one query a page.
"""

from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from accounts.clock import now
from exchange.notices.actions import bell_key, read_notices
from exchange.notices.models import Notice
from exchange.notices.telling import the_book

COUNTED = 100  # more are said as "99+"
KEPT_SECONDS = 60


def unread_of(request: Any) -> list[tuple[int, str, str]]:
    """(key, line, subject) of the unread notices, read once a request."""
    known: list[tuple[int, str, str]] | None = getattr(request, "unread_notices", None)
    if known is None:
        key = bell_key(request.user.pk)
        known = cache.get(key)
        if known is None:
            rows = Notice.objects.all().visible_to(request.user).unread().order_by("-pk")
            known = list(rows.values_list("pk", "telling", "subject_id")[:COUNTED])
            cache.set(key, known, KEPT_SECONDS)
        request.unread_notices = known
    return known


def read_here(request: Any) -> list[int]:
    """Those that are read by opening the page of this request."""
    match = request.resolver_match
    if match is None or request.method != "GET" or "prefetch" in request.headers.get("Sec-Purpose", ""):
        return []
    codes, subject = the_book().read_on(match.url_name), match.kwargs.get("public_id")
    if not codes:
        return []
    return [
        key for key, telling, subject_id in unread_of(request) if telling in codes and subject in (None, subject_id)
    ]


def bell_of(request: Any) -> str:
    """How many unread notices the bell shows, those that this very page reads left out; empty for none."""
    count = len(unread_of(request)) - len(read_here(request))
    return "99+" if count >= COUNTED else str(count or "")


class ReadByOpening:
    """A middleware: what a page tells a person they need not be told again."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response: HttpResponse = self.get_response(request)
        if hasattr(request, "unread_notices") and response.status_code == 200 and (keys := read_here(request)):
            read_notices(keys, by=request.user, at=now())  # type: ignore[arg-type]
        return response
