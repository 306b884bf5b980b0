"""Pages that are the same for everybody: no session is read, no cookie is set, and a browser may keep them."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views import View

FRESH = "public, max-age=300"


class OpenPage(View):
    """One page for all readers, whoever is signed in."""

    public = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        request.user = AnonymousUser()
        return self.answered(lambda: super(OpenPage, self).dispatch(request, *args, **kwargs))

    def answered(self, draw: Callable[[], Any]) -> Any:
        """The page, drawn now."""
        return draw()

    def drawn(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        """Without a form nobody needs a token, and without one no cookie is set."""
        answer = render(self.request, template, {"csrf_token": "", **context}, status=status)
        answer["Cache-Control"] = FRESH
        patch_vary_headers(answer, ("Cookie",))  # theme and text size of this device
        return answer
