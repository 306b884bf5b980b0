"""Pages of figures: the reports of one's own organisation, the sheet of one period, the history of one number."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View

from accounts.clock import now, today
from accounts.names import name_now
from accounts.scoped import Scoped
from accounts.wording import period_name
from exchange.once import Once
from institutions.registry.entering import Entering
from institutions.registry.models import Institution
from institutions.registry.scope import houses, offices
from institutions.registry.showing import address_of
from lifecycle.models import Event
from lifecycle.transitions import Unmet, WrongStatus
from quality.catalogue.models import Period
from quality.checks.actions import submit_figures
from quality.checks.finding import breaches_of
from quality.observations.actions import put_observations
from quality.reports.cells import cells_of, history_of
from quality.reports.overview import own_reports
from quality.reports.sheet import Sheet
from quality.submissions.actions import open_submission
from quality.submissions.holding import said
from quality.submissions.models import SubmissionStatus
from quality.submissions.rules import SUBMISSION

LIST = "observation-list"


class OwnSheets(Scoped, View):
    """What figures are due from my organisation?"""

    scope = Institution

    def get(self, request: HttpRequest) -> HttpResponse:
        own = houses(request.user)
        if not own and offices(request.user):
            return redirect("submission-list")
        rows = self.get_queryset().filter(pk__in=own).select_related("territory", "kind").order_by("sort_key", "pk")
        context = {"reports": own_reports(rows, today()), "crumbs": [{"text": _("Figures")}]}
        return render(request, "quality/reports_own.html", context)


class OfHouse(Scoped, Once):
    """A page about the figures of one institution for one period: for those who may read its inner records."""

    scope = Institution
    related = ("territory", "kind")
    request: Any
    kwargs: Any

    def get_queryset(self) -> Any:
        return super().get_queryset().overseen_by(self.request.user)

    @cached_property
    def sheet(self) -> Sheet:
        house = self.get_object()
        period = Period.objects.filter(pack=house.territory.pack, code=self.kwargs["period"]).first()
        if period is None:
            raise Http404
        return Sheet(house, period, self.request.user)

    @property
    def address(self) -> str:
        return reverse("observation-sheet", args=[self.sheet.house.public_id, self.sheet.period.code])

    def frame(self, *more: dict[str, str]) -> dict[str, Any]:
        """The way here, and whose figures these are."""
        sheet = self.sheet
        name, period = name_now(sheet.house.names), period_name(sheet.period)
        crumbs = [
            {"text": _("Figures"), "url": reverse(LIST)},
            {"text": f"{name}, {period}", "url": self.address},
            *more,
        ]
        if not more:
            crumbs[-1].pop("url")
        return {"name": name, "period": period, "crumbs": crumbs, "house_url": address_of(sheet.house), "sheet": sheet}

    def permit(self) -> None:
        """403 for who may not enter figures here, 409 while they are closed."""
        sheet = self.sheet
        if not Entering(self.request.user).may(sheet.house):
            raise PermissionDenied
        if sheet.is_closed and sheet.submission:
            moves = SUBMISSION.available(sheet.submission, self.request.user)
            raise WrongStatus(sheet.submission.status, moves, said(sheet.submission))


class SheetPage(OfHouse, View):
    """The sheet: every number with its state; saved as a draft or handed in."""

    def get(self, request: HttpRequest, public_id: str, period: str) -> HttpResponse:
        self.sheet.look()
        return self.page(self.sheet.form())

    def page(self, form: Any, status: int = 200, lacking: Any = ()) -> HttpResponse:
        sheet, user = self.sheet, self.request.user
        submission = sheet.submission
        context = {
            **self.frame(), "form": form, "cells": cells_of(sheet, form), "lacking": lacking,
            "explaining": [form[f"explain-{each.key}"] for each in sheet.found if f"explain-{each.key}" in form.fields],
            "may_enter": sheet.may_enter,
            "may_submit": self.may_submit(user), "submission": submission, "returned": self.returned(),
            "moves": SUBMISSION.available(submission, user) if submission else [],
            "page_errors": status == 422,
        }  # fmt: skip
        return render(self.request, "quality/reports_sheet.html", context, status=status)

    def returned(self) -> str:
        """Why the office gave the figures back, while it waits for them."""
        submission = self.sheet.submission
        if submission is None or submission.status != SubmissionStatus.RETURNED:
            return ""
        told = Event.objects.about("submission", submission.public_id).filter(name="return").last()
        return told.reason if told else ""

    def may_submit(self, user: Any) -> bool:
        """Whether the button that hands in is there."""
        return not self.sheet.is_closed and self.sheet.house.pk in houses(user, "institution_admin")

    def post(self, request: HttpRequest, public_id: str, period: str) -> HttpResponse:
        self.permit()
        sheet = self.sheet
        form = sheet.form(request.POST)
        given = sheet.read(form)
        if form.errors:
            return self.page(form, 422)
        handing_in = request.POST.get("act") == "submit"
        try:
            with transaction.atomic():
                if given:
                    put_observations(given, by=request.user, at=now())
                if handing_in:
                    self.hand_in(form)
        except Unmet as unmet:
            lacking = [{"text": str(each.message), "url": self.place_of(each)} for each in unmet.conditions]
            return self.page(sheet.form(request.POST), 422, lacking)
        messages.success(request, _("The figures were submitted.") if handing_in else _("The figures are saved."))
        return redirect(self.address)

    def hand_in(self, form: Any) -> None:
        """The figures as just saved; what they break is kept for the page before it is refused."""
        sheet, user, at = self.sheet, self.request.user, now()
        submission = open_submission(institution=sheet.house, period=sheet.period, by=user, at=at)
        sheet.found = breaches_of(sheet.house, sheet.period)
        submit_figures(submission, by=user, at=at, explanations=form.explanations())

    def place_of(self, condition: Any) -> str:
        """Where the explanation of a breach is written."""
        name = condition.pointer.rpartition("/")[2]
        return f"#id_explain-{name}" if name else "#figures"


class OneNumber(OfHouse, View):
    """One number: its history, and saving it by itself."""

    def check_page_key(self, request: Any) -> None:
        """The same figure put again changes nothing, so no key is needed."""

    def code(self) -> str:
        code = str(self.kwargs["code"])
        if code not in {version.indicator.code for version in self.sheet.versions}:
            raise Http404
        return code

    def get(self, request: HttpRequest, **_place: str) -> HttpResponse:
        code, sheet = self.code(), self.sheet
        version = next(each for each in sheet.versions if each.indicator.code == code)
        name = name_now(version.indicator.names)
        rows = history_of(sheet.stored.get(code), sheet.house)
        context = {**self.frame({"text": name}), "title": name, "rows": rows, "back": self.address,
                   "indicator_url": reverse("indicator-detail", args=[code])}  # fmt: skip
        return render(request, "quality/reports_number.html", context)

    def post(self, request: HttpRequest, **_place: str) -> HttpResponse:
        """Save one line; a line that is not complete yet is left for later without a word of blame."""
        self.permit()
        code, sheet = self.code(), self.sheet
        form = sheet.form(request.POST)
        if not self.is_complete(form.typed(code), f"{code}-denominator" in form.fields):
            return self.cell(form, code)
        given = sheet.read(form, code)
        if form.errors:
            return self.cell(form, code, 422)
        if given:
            put_observations(given, by=request.user, at=now())
        fresh = Sheet(sheet.house, sheet.period, request.user)
        fresh.look()
        self.sheet = fresh
        return self.cell(fresh.form(request.POST), code)

    def is_complete(self, typed: dict[str, str], has_denominator: bool) -> bool:
        if typed["state"] != "value":
            return True
        return bool(typed["numerator"]) and (bool(typed["denominator"]) or not has_denominator)

    def cell(self, form: Any, code: str, status: int = 200) -> HttpResponse:
        found = cells_of(self.sheet, form, code)
        return render(self.request, "quality/_reports_state.html", {"cell": found[0]}, status=status)
