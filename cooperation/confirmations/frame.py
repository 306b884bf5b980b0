"""What the pages of all personal links share: no account, no session, no cookie, nothing to be kept."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from accounts.names import tag_of
from lifecycle.models import SignedLink

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


class LinkPage:
    """The page of one kind of link: what stands there, and what an answer does."""

    def __init__(self, request: HttpRequest, link: SignedLink) -> None:
        self.request, self.link = request, link

    def get(self) -> HttpResponse:
        raise NotImplementedError

    def post(self) -> HttpResponse:
        raise NotImplementedError

    def about(self) -> list[dict[str, str]]:
        """What the letter said the link is about: by whom, what. Stands on pages where nothing is answered any more."""
        raise NotImplementedError

    def closed_page(self, words: dict[str, str], status: int) -> HttpResponse:
        """What came of an answer, or why none is taken any more; after a link was taken back nothing of its subject."""
        about = [] if self.link.withdrawn_at else self.about()
        return self.page("link_closed.html", {"said": "", **words, "about": about}, status)

    @staticmethod
    def wrong(text: str, url: str = "#main") -> dict[str, Any]:
        """What keeps an answer from being taken, for the summary on top and the title."""
        return {"error": text, "errors": [{"text": text, "url": url}]}

    def page(self, template: str, context: dict[str, Any], status: int) -> HttpResponse:
        offered = [{"code": code, "name": name, "tag": tag_of(code)} for code, name in settings.LANGUAGES]
        context = {**context, "offered": offered, "spoken": get_language()}
        return render(self.request, f"cooperation/{template}", context, status=status)
