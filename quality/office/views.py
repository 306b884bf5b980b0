"""Pages of the office: from whom figures are expected, one submission and its moves, the approval of a place."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views import View

from accounts.clock import now, today
from accounts.names import name_now
from accounts.scoped import Scoped
from accounts.wording import counted, period_name
from exchange.jobs.handing import file_of
from exchange.once import Once
from institutions.registry.listpage import ListPage, Query
from institutions.registry.models import Institution
from institutions.registry.scope import houses, offices
from institutions.territory.models import Territory
from quality.catalogue.models import Period
from quality.office import course, listing, presenting
from quality.reports.cells import cells_of
from quality.reports.forms import ReasonForm, ReturnForm
from quality.reports.sheet import Sheet
from quality.submissions import actions
from quality.submissions.expecting import reporters
from quality.submissions.models import DONE, Submission
from quality.submissions.rules import APPROVING, SUBMISSION

TITLE = _l("Figures handed in")
FORMS = ("csv", "xlsx")


class ReportList(Scoped, View):
    """Who has handed in, who is late, who is missing?"""

    scope = Institution

    def get(self, request: HttpRequest) -> HttpResponse:
        query = Query(request, listing.PARAMETERS)
        params = {name: query.query_params.get(name, "") for name in listing.PARAMETERS}
        pack = self.pack()
        periods = listing.periods_offered(today(), pack)
        period = listing.period_meant(periods, params["period"], today())
        if params["period"] and period is None:
            raise Http404
        if period is None:
            return render(request, "quality/office_list.html", {"crumbs": [{"text": TITLE}]})
        form = request.GET.get("format", "")
        if form in FORMS:
            chosen = {name: value for name, value in params.items() if value}
            return file_of(request, listing.FILE, {**chosen, "period": period.code, "period_id": period.pk}, form)
        return render(request, "quality/office_list.html", self.context(query, params, periods, period))

    def pack(self) -> str:
        """The country of the reader's own place."""
        seats = Territory.objects.filter(pk__in=offices(self.request.user)).order_by("depth", "pk").first()
        house = Institution.objects.visible_to(self.request.user).filter(pk__in=houses(self.request.user)).first()
        return seats.pack if seats else house.territory.pack if house else settings.COUNTRY_PACK

    def context(self, query: Query, params: dict[str, str], periods: list[Period], period: Period) -> dict[str, Any]:
        user = self.request.user
        rows = listing.expected_rows(user, period, params).select_related("territory")
        page = ListPage(query, rows, listing.ORDERINGS, "sort_key")
        places = list(Territory.objects.filter(pack=period.pack).order_by("lineage"))
        base = presenting.base_of(user, params["territory"], period.pack)
        form = listing.ReportFilters(initial={**params, "period": period.code}, periods=periods, places=places)
        whole = listing.expected_rows(user, period, {"territory": params["territory"]})
        return {
            "period": period, "filter_form": form, "clear": f"{query.path}?period={period.code}",
            "chips": presenting.chips_of(page, params, places), "rows": presenting.rows_of(page.rows, period, today()),
            "columns": [
                page.head(_("Organisation"), "sort_key"), page.head(_("Territory")),
                page.head(_("Status"), "status_now"), page.head(_("First submitted"), "first_submitted_at"),
            ],
            "summary": presenting.summary_of(whole, period, base), "total": counted(page.total, "institution"),
            "count": page.total, "pagination": page.pagination(counted(page.total, "institution")),
            "csv": query.address(format="csv"), "xlsx": query.address(format="xlsx"), "crumbs": [{"text": TITLE}],
        }  # fmt: skip


class OfReport(Scoped, Once):
    """A page of one submission."""

    scope = Submission
    related = ("institution__territory", "institution__kind", "territory", "period", "approved_for", "approved_by")
    request: Any

    @property
    def report(self) -> Submission:
        found: Submission = self.get_object()
        return found

    @property
    def address(self) -> str:
        return reverse("submission-detail", args=[self.report.public_id])

    def permit(self, move: str) -> None:
        """403 or 409 before a page asks for something the move will refuse."""
        SUBMISSION.permit(move, self.report, self.request.user, reason="asked later")

    def frame(self, title: Any = "") -> dict[str, Any]:
        """The way here, and its name."""
        name = course.name_of(self.report)
        crumbs = [
            {"text": TITLE, "url": f"{reverse('submission-list')}?period={self.report.period.code}"},
            {"text": name},
        ]
        if title:
            crumbs[-1]["url"] = self.address
            crumbs.append({"text": title})
        return {"report": self.report, "name": name, "title": title, "back": self.address, "crumbs": crumbs}


class ReportDetail(OfReport, View):
    """How far is it, who did what, and what can I do?"""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        report, user = self.report, request.user
        context = {
            **self.frame(), "facts": course.facts_of(report, user), "timeline": course.timeline_of(report, user),
            "moves": SUBMISSION.available(report, user), "breaches": report.breaches.filter(stands=True)
            .select_related("rule", "version__indicator").order_by("pk"),
        }  # fmt: skip
        if report.institution:
            sheet = Sheet(report.institution, report.period, user)
            context |= {"cells": cells_of(sheet, sheet.form()), "sheet_url": reverse(
                "observation-sheet", args=[report.institution.public_id, report.period.code])}  # fmt: skip
        else:
            context |= self.gaps(report)
        return render(request, "quality/office_report.html", context)

    def gaps(self, report: Submission) -> dict[str, Any]:
        """Who was missing when the place was approved, and who is missing now."""
        return {
            "known": course.gap_rows(course.known_gaps(report), report.period.code),
            "missing": course.gap_rows(actions.gaps_of(report), report.period.code),
        }


class Approve(OfReport, View):
    """An institution's figures are approved as they were submitted."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        self.permit("approve")
        if self.report.territory:
            return redirect("submission-place", self.report.territory.code, self.report.period.code)
        actions.approve_submission(self.report, by=request.user, at=now())
        messages.success(request, _("The figures are approved."))
        return redirect(self.address)


@dataclass(frozen=True)
class Step:
    """What a move does, and what it says."""

    act: Callable[..., Submission]
    title: Any
    consequence: Any
    done: Any
    asks_why: bool = False


STEPS = {
    "lock": Step(
        actions.lock_submission, _l("Make final"),
        _l("Nothing can be changed any more, unless the level above reopens it."), _l("The figures are final."),
    ),
    "reopen": Step(
        actions.reopen_submission, _l("Reopen"),
        _l("The figures can be changed again and must be submitted and approved anew. What was published stays."),
        _l("The figures are open again."), asks_why=True,
    ),
}  # fmt: skip


class AskMove(OfReport, View):
    """A move that is asked about first."""

    move = ""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        self.permit(self.move)
        return self.page(ReasonForm())

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        self.permit(self.move)
        step, form = STEPS[self.move], ReasonForm(request.POST)
        if step.asks_why and not form.is_valid():
            return self.page(form, 422)
        told = {"reason": form.cleaned_data["reason"]} if step.asks_why else {}
        step.act(self.report, by=request.user, at=now(), **told)
        messages.success(request, step.done)
        return redirect(self.address)

    def page(self, form: ReasonForm, status: int = 200) -> HttpResponse:
        step = STEPS[self.move]
        context = {**self.frame(step.title), "form": form, "step": step, "page_errors": status == 422}
        return render(self.request, "quality/office_move.html", context, status=status)


class ReturnReport(OfReport, View):
    """Back to the institution: why, and what is wrong with which number."""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return self.page(self.form())

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.page(form, 422)
        told = {"reason": form.cleaned_data["reason"], "comments": form.comments()}
        actions.return_submission(self.report, by=request.user, at=now(), **told)
        messages.success(request, _("The figures were returned with your comments."))
        return redirect(self.address)

    def form(self, data: Any = None) -> ReturnForm:
        self.permit("return")
        house = self.report.institution
        sheet = Sheet(house, self.report.period, self.request.user) if house else None
        self.sheet = sheet
        return ReturnForm(data, versions=sheet.versions if sheet else [])

    def page(self, form: ReturnForm, status: int = 200) -> HttpResponse:
        cells = cells_of(self.sheet, self.sheet.form()) if self.sheet else []
        told = [{**cell, "field": form[f"about-{cell['code']}"]} for cell in cells]
        context = {**self.frame(_("Return")), "form": form, "cells": told, "page_errors": status == 422}
        return render(self.request, "quality/office_return.html", context, status=status)


class ApprovePlace(Scoped, Once, View):
    """A place as a whole, with the gaps that its approver has seen."""

    scope = Territory
    lookup_field = "code"

    def enter(self, request: Any) -> None:
        super().enter(request)
        self.seats = set(offices(request.user, *APPROVING))
        if not self.seats and not request.user.is_anonymous:
            raise PermissionDenied

    def begun(self) -> Submission:
        """The submission of the place, begun in memory where there is none yet."""
        place = self.get_object()
        period = Period.objects.filter(pack=place.pack, code=self.kwargs["period"]).first()
        if period is None or not reporters(period, place).exists():
            raise Http404
        if not self.seats & set(place.lineage):
            raise PermissionDenied
        return course.approval_of(place, period) or Submission(
            territory=place, period=period, created_at=now(), modified_at=now()
        )

    def get(self, request: HttpRequest, code: str, period: str) -> HttpResponse:
        report = self.begun()
        return redirect("submission-detail", report.public_id) if report.status in DONE else self.page(report)

    def post(self, request: HttpRequest, code: str, period: str) -> HttpResponse:
        report, user, at = self.begun(), request.user, now()
        gaps = [house.public_id for house in actions.gaps_of(report)]
        if gaps and (request.POST.get("gaps") != digest(gaps) or request.POST.get("seen") != "yes"):
            return self.page(report, 422, _("Say that you have seen which organisations are missing."))
        report = actions.open_submission(territory=report.territory, period=report.period, by=user, at=at)
        actions.approve_submission(report, by=user, at=at, gaps=gaps)
        messages.success(request, _("The figures of the place are approved."))
        return redirect("submission-detail", report.public_id)

    def page(self, report: Submission, status: int = 200, error: str = "") -> HttpResponse:
        place, period = self.get_object(), report.period
        missing = actions.gaps_of(report)
        name = f"{name_now(place.names)}, {period_name(period)}"
        rows = listing.expected_rows(self.request.user, period, {"territory": place.code})
        context = {
            "name": name, "missing": course.gap_rows(missing, period.code), "error": error, "page_errors": bool(error),
            "digest": digest([house.public_id for house in missing]),
            "total": presenting.summary_of(rows, period, None)["total"],
            "crumbs": [{"text": TITLE, "url": f"{reverse('submission-list')}?period={period.code}"}, {"text": name}],
            "errors": [{"text": error, "url": "#id_seen"}] if error else [],
            "back": f"{reverse('submission-list')}?period={period.code}&territory={place.code}&late=yes",
        }  # fmt: skip
        return render(self.request, "quality/office_place.html", context, status=status)


def digest(gaps: list[str]) -> str:
    """What tells that the gaps are still those that were shown."""
    return hashlib.sha256(" ".join(gaps).encode()).hexdigest()
