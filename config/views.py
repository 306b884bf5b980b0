"""Pages that belong to the whole site: the way home, settings, and the components on show."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View

from accounts.looks import LOOKS, look
from accounts.preferences import keep_preferences
from config import showcase
from config.forms import LookForm
from config.navigation import TEACHER, address, bare, exists, group_of

YEAR = 365 * 24 * 3600
HOMES = {TEACHER: ("/activities/mine/", "/agreements/")}
ANYBODY = ("/inbox/", "/dashboard/", "/settings/")


class Home(View):
    """What waits first: everybody's own first page; who is not signed in goes to sign in."""

    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = (*HOMES.get(group_of(request.user), ()), *ANYBODY)
        return redirect(address(next(path for path in wanted if exists(path))))


class Settings(View):
    """Colours, language and accessibility options, with or without an account."""

    public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(request, LookForm(initial={"theme": "device", **look(request), "language": get_language()}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = LookForm(request.POST)
        if not form.is_valid():
            return self.page(request, form, 422)
        sent = {name: value for name, value in form.cleaned_data.items() if name in request.POST}
        answer = HttpResponseRedirect(self.way_back(request, sent.get("language")))
        for name in LOOKS.keys() & sent.keys():
            self.put_cookie(answer, name, "" if sent[name] == "device" else sent[name])
        if sent.get("language"):
            self.put_cookie(answer, settings.LANGUAGE_COOKIE_NAME, sent["language"])
        if request.user.is_authenticated:
            kept = {name: sent[name] for name in ("theme", "language") if sent.get(name)}
            keep_preferences(by=request.user, **kept)
        return answer

    def page(self, request: HttpRequest, form: LookForm, status: int = 200) -> HttpResponse:
        crumbs = [{"text": _("Home"), "url": address("/")}, {"text": _("Settings")}]
        return render(request, "config/settings.html", {"form": form, "crumbs": crumbs}, status=status)

    def way_back(self, request: HttpRequest, language: str | None) -> str:
        """The page the reader came from, in the language now chosen; never another site."""
        target = request.POST.get("next", "")
        if not url_has_allowed_host_and_scheme(target, allowed_hosts=None) or not target.startswith("/"):
            target = reverse("settings")
        return f"/{language}{bare(target)}" if language and bare(target) != target else target

    def put_cookie(self, answer: HttpResponse, name: str, value: str) -> None:
        answer.set_cookie(name, value, max_age=YEAR, secure=settings.HTTPS, httponly=True, samesite="Lax")


class Components(View):
    """Every component in every state, for the staff who build pages with them."""

    def get(self, request: Any) -> HttpResponse:
        if not request.user.is_staff:
            raise Http404
        return render(request, "config/components.html", showcase.samples())
