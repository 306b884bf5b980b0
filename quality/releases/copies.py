"""Copies of public pages: what was drawn for one reader is handed to the next; without a database, the last good one.

A copy belongs to an address with the parameters its page reads, a language and a look, and to what was published when
it was drawn: a release published, replaced or withdrawn since makes it old at once. The parameters are a list of the
page's own, so that nobody can plant a page under another's address by an addition to it.
"""

import datetime
import zlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db import InterfaceError, OperationalError
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import wording
from accounts.clock import now
from accounts.looks import look
from institutions.registry.openpage import OpenPage
from quality.releases.models import Permalink

FRESH = datetime.timedelta(minutes=5)  # so long a copy is handed out
KEPT, AWAY = 6 * 60 * 60, 5  # seconds: kept for bad days; a database that failed is not asked again
LONGEST = 100  # characters of a parameter
MARK = b"<!-- as of -->"
HEADERS = ("Content-Type", "Cache-Control", "Vary")
FAILING = "public:away"


@dataclass(frozen=True)
class Copy:
    """A page as it was drawn, packed; `state` is what was published then."""

    state: str
    drawn_at: datetime.datetime
    headers: dict[str, str]
    packed: bytes

    def answer(self) -> HttpResponse:
        return HttpResponse(zlib.decompress(self.packed), headers=self.headers)

    def answer_as_of(self) -> HttpResponse:
        """The page with a line that says how old it is."""
        told = {"moment": wording.moment(self.drawn_at)}
        words = _("The figures cannot be read at the moment. This page is as it was on %(moment)s.") % told
        line = render_to_string("components/message.html", {"tone": "warning", "text": words})
        body = zlib.decompress(self.packed).replace(MARK, line.encode(), 1)
        return HttpResponse(body, headers={**self.headers, "Cache-Control": "no-store"})


def key_of(request: HttpRequest, parameters: Collection[str]) -> str | None:
    """Under what a page is kept; None for what is not kept: other methods, parameters of nobody, endless ones."""
    given = {name: value for name, value in request.GET.items() if value}
    if request.method != "GET" or given.keys() - set(parameters) or any(len(each) > LONGEST for each in given.values()):
        return None
    looks = look(request)
    parts = (
        str(request.scheme), request.get_host(), request.path, *sorted(f"{name}={given[name]}" for name in given),
        str(get_language()), *sorted(f"{name}={looks[name]}" for name in looks),
    )  # fmt: skip
    return "public:" + "|".join(parts).replace(" ", "%20")


def published_state() -> str:
    """What is published: it differs as soon as a release appears, is replaced or withdrawn."""
    told = Permalink.objects.aggregate(newest=Max("pk"), replaced=Count("replaced_by"), withdrawn=Count("withdrawn_at"))
    return f"{told['newest']}.{told['replaced']}.{told['withdrawn']}"


def served(request: HttpRequest, parameters: Collection[str], draw: Callable[[], HttpResponse]) -> HttpResponse:
    """The page: a copy of what is still published, else drawn anew, else the last good copy with its date."""
    key = key_of(request, parameters)
    if key is None:
        return draw()
    kept: Copy | None = cache.get(key)
    if kept is not None and cache.get(FAILING):
        return kept.answer_as_of()
    try:
        state = published_state()
        if kept is not None and kept.state == state and now() - kept.drawn_at < FRESH:
            return kept.answer()
        response = draw()
    except (OperationalError, InterfaceError):
        if kept is None:
            raise
        cache.set(FAILING, 1, AWAY)
        return kept.answer_as_of()
    if response.status_code == 200:
        cache.set(key, copy_of(response, state), KEPT)
    return response


class CopiedPage(OpenPage):
    """A page for all readers of which copies are handed out; it takes these parameters."""

    parameters: tuple[str, ...] = ()

    def answered(self, draw: Callable[[], Any]) -> Any:
        return served(self.request, self.parameters, draw)


def copy_of(response: HttpResponse, state: str) -> Copy:
    """What is kept of an answer."""
    headers = {name: response[name] for name in HEADERS if name in response}
    return Copy(state, now(), headers, zlib.compress(response.content))
