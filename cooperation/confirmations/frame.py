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

    def page(self, template: str, context: dict[str, Any], status: int) -> HttpResponse:
        offered = [
            {"code": code, "name": name, "tag": tag_of(code), "current": code == get_language()}
            for code, name in settings.LANGUAGES
        ]
        return render(self.request, f"cooperation/{template}", {**context, "offered": offered}, status=status)
