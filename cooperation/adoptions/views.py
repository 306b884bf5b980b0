"""Pages of adoptions: the list, one of them, "we use this too", and the moves of the source."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views import View

from accounts.clock import now, today
from accounts.scoped import Scoped
from cooperation.adoptions import actions, listing, showing
from cooperation.adoptions.forms import UseForm, WorkForm
from cooperation.adoptions.models import Adoption, AdoptionStatus
from cooperation.adoptions.rules import ADOPTION, speaks_for, uses_or_made
from cooperation.adoptions.subjects import Subject, seen_subject
from cooperation.pages.listpage import ReadyList, Words
from cooperation.pages.records import READERS, Asked, AskedMove, AtOnce, RecordPage
from exchange.once import Once
from institutions.registry.models import Institution


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


class Record(RecordPage):
    """A page of one adoption."""

    scope = Adoption
    related = showing.RELATED
    machine, word, plural = ADOPTION, "adoption", _l("Who uses what")

    def called(self) -> str:
        adoption = self.get_object()
        return adoption.subject.title if adoption.subject else str(self.plural)


class AdoptionDetail(Record, View):
    """Who uses what, since when, and is it confirmed?"""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return self.page()

    def page(self, status: int = 200, errors: Any = ()) -> HttpResponse:
        adoption, user, title = self.get_object(), self.request.user, self.called()
        buttons = showing.buttons_of(adoption, user, today())
        return render(self.request, "cooperation/adoption_detail.html", {
            "title": title, "crumbs": self.crumbs({"text": title}), "errors": errors, "page_errors": bool(errors),
            "status": showing.status_of(adoption), "facts": showing.facts_of(adoption, user),
            "timeline": showing.timeline_of(adoption, uses_or_made(user, adoption)),
            "main": [each for each in buttons if each["kind"] == "main"],
            "others": [each for each in buttons if each["kind"] != "main"],
        }, status=status)  # fmt: skip


MOVES: dict[str, tuple[Callable[..., Adoption], Any]] = {
    "confirm": (actions.confirm_adoption, _l("Confirmed: it is used there.")),
    "sustain": (actions.sustain_adoption, _l("Confirmed again: it is still used there.")),
}


class ConfirmAdoption(AtOnce, AdoptionDetail):
    """One tap of the source."""

    at_once = MOVES

    def place_of(self, condition: Any) -> str:
        return "#facts"


class ShowWork(Record, Once, View):
    """Which joint work shows that we use it?"""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return self.page(self.form())

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        form = self.form(request.POST)
        if form.is_valid():
            try:
                actions.show_work(self.get_object(), by=request.user, at=now(), **form.cleaned_data)
            except ValidationError as error:
                self.again()
                form.add_error(None, error)
        if not form.is_valid():
            return self.page(form, 422)
        messages.success(request, _("Confirmed by joint work."))
        return redirect(self.address)

    def form(self, sent: Any = None) -> WorkForm:
        self.permit("show_work")
        return WorkForm(sent, user=self.request.user, offered=showing.offered_to(self.get_object(), self.request.user))

    def page(self, form: WorkForm, status: int = 200) -> HttpResponse:
        context = {**self.frame(_("Show joint work")), "form": form, "page_errors": status == 422}
        return render(self.request, "cooperation/adoption_work.html", context, status=status)


class DropAdoption(Record, AskedMove):
    """Not used any more, or never was: and why."""

    move = "drop"
    moves = {
        "drop": Asked(
            actions.drop_adoption, _l("No longer used"),
            _l("It leaves the list of those who use it. Both organisations read your reason."), _l("No longer used"),
            AdoptionStatus.DROPPED.label,
        )
    }  # fmt: skip
