"""Pages of adoptions: the list, one of them, "we use this too", and the moves of the source."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views import View

from accounts.clock import now, today
from accounts.scoped import Scoped
from cooperation.adoptions import actions, listing, showing
from cooperation.adoptions.forms import UseForm
from cooperation.adoptions.models import Adoption, AdoptionStatus
from cooperation.adoptions.rules import ADOPTION, speaks_for, uses_or_made
from cooperation.adoptions.subjects import Subject, seen_subject
from cooperation.pages.forms import ReasonForm
from cooperation.pages.listpage import ReadyList, Words
from cooperation.pages.records import READERS
from exchange.once import Once
from institutions.registry.models import Institution
from lifecycle.transitions import Unmet


class AdoptionList(ReadyList):
    """Who uses what, since when, and what waits for my confirmation?"""

    scope = Adoption
    allowed_roles = READERS
    related = showing.RELATED
    listing = listing
    table, icon, heads = "cooperation/_adoption_table.html", "activity", ("since",)
    words = Words(
        _l("Who uses what"), "use", _l("No use fits these filters"), _l("All uses"), _l("Nothing is in use yet"),
        _l("When an organisation takes up a programme or a practice of another one, it says so on its page."),
    )  # fmt: skip

    def shown(self, rows: Any, user: Any, on: Any, view: str) -> Any:
        return showing.rows_of(rows)


class ReportAdoption(Scoped, Once, View):
    """We use this too: since when, and how?"""

    allowed_roles = READERS
    scope = Adoption

    def get(self, request: HttpRequest, subject_type: str, subject_id: str) -> HttpResponse:
        return self.page(UseForm(houses=self.own))

    def post(self, request: HttpRequest, subject_type: str, subject_id: str) -> HttpResponse:
        form = UseForm(request.POST, houses=self.own)
        if form.is_valid():
            try:
                actions.report_adoption(**form.said(), subject=self.used, by=request.user, at=now())
            except ValidationError as error:
                for name, told in error.message_dict.items():
                    form.add_error(name if name in form.fields else None, told)
        if not form.is_valid():
            return self.page(form, 422)
        messages.success(request, _("Thank you. The organisation it comes from is asked to confirm."))
        return redirect(self.used.page)

    @cached_property
    def used(self) -> Subject:
        """What it is about; 404 for what is not there, or not for this reader."""
        found = seen_subject(self.request.user, **self.kwargs)
        if found is None:
            raise Http404
        return found

    @cached_property
    def own(self) -> list[Institution]:
        """The institutions in whose name the person may say it; 403 where there is none."""
        makers, seen = self.used.sources, Institution.objects.visible_to(self.request.user)
        rows = seen.filter(pk__in=speaks_for(self.request.user)).order_by("sort_key", "pk")
        found = [house for house in rows if house not in makers]
        if not found:
            raise PermissionDenied
        return found

    def page(self, form: UseForm, status: int = 200) -> HttpResponse:
        title = _("We use this too")
        return render(self.request, "cooperation/adoption_report.html", {
            "title": title, "about": self.used.title, "back": self.used.page, "form": form,
            "crumbs": [{"text": self.used.title, "url": self.used.page}, {"text": title}],
        }, status=status)  # fmt: skip


class AdoptionDetail(Scoped, View):
    """Who uses what, since when, and is it confirmed?"""

    scope = Adoption
    allowed_roles = READERS
    related = showing.RELATED
    subject: Any

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return self.page()

    def page(self, status: int = 200, errors: Any = ()) -> HttpResponse:
        adoption, user = self.get_object(), self.request.user
        buttons = showing.buttons_of(adoption, user, today())
        return render(self.request, "cooperation/adoption_detail.html", {
            **self.frame(), "errors": errors, "page_errors": bool(errors), "status": showing.status_of(adoption),
            "facts": showing.facts_of(adoption), "timeline": showing.timeline_of(adoption, uses_or_made(user, adoption)),
            "main": [each for each in buttons if each["kind"] == "main"],
            "others": [each for each in buttons if each["kind"] != "main"],
        }, status=status)  # fmt: skip

    def frame(self, *more: dict[str, str]) -> dict[str, Any]:
        """What all pages of one adoption share."""
        adoption = self.get_object()
        title = adoption.subject.title if adoption.subject else _("Who uses what")
        first = {"text": _("Who uses what"), "url": f"/{get_language()}/adoptions/"}
        here = {"text": title, "url": showing.page(adoption)} if more else {"text": title}
        return {"title": title, "crumbs": [first, here, *more], "back": showing.page(adoption)}


MOVES: dict[str, tuple[Callable[..., Adoption], Any]] = {
    "confirm": (actions.confirm_adoption, _l("Confirmed: it is used there.")),
    "sustain": (actions.sustain_adoption, _l("Confirmed again: it is still used there.")),
}


class ConfirmAdoption(Once, AdoptionDetail):
    """One tap of the source."""

    http_method_names = ["post"]
    move = ""

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        act, said = MOVES[self.move]
        try:
            act(self.get_object(), by=request.user, at=now())
        except Unmet as unmet:
            self.subject = None
            return self.page(422, [{"text": str(each.message), "url": "#facts"} for each in unmet.conditions])
        messages.success(request, said)
        return redirect(showing.page(self.get_object()))


class DropAdoption(Once, AdoptionDetail):
    """Not used any more, or never was: and why."""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        ADOPTION.permit("drop", self.get_object(), request.user, reason="asked later")
        return self.asked(ReasonForm())

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        ADOPTION.permit("drop", self.get_object(), request.user, reason="asked later")
        form = ReasonForm(request.POST)
        if not form.is_valid():
            return self.asked(form, 422)
        actions.drop_adoption(self.get_object(), by=request.user, at=now(), **form.cleaned_data)
        messages.success(request, AdoptionStatus.DROPPED.label)
        return redirect(showing.page(self.get_object()))

    def asked(self, form: ReasonForm, status: int = 200) -> HttpResponse:
        title = _("No longer used")
        consequence = _("It leaves the list of those who use it. Both organisations read your reason.")
        frame = self.frame({"text": title})
        context = {
            **frame, "title": title, "name": frame["title"], "form": form, "consequence": consequence, "verb": title,
            "asks_why": True,
        }  # fmt: skip
        return render(self.request, "cooperation/asked.html", context, status=status)
