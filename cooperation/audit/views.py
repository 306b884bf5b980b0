"""Pages of the audit: the month's list with the results of calls, and patterns to look at. Officers only."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from accounts.clock import now
from accounts.doors import ParameterError
from accounts.listing import Keyset, refuse
from accounts.scoped import Scoped
from accounts.wording import counted, month
from cooperation.activities.models import Activity
from cooperation.audit import listing
from cooperation.audit.actions import note_call
from cooperation.audit.forms import NoteForm
from cooperation.audit.models import AuditResult
from cooperation.audit.patterns import patterns_for
from cooperation.audit.rules import PERCENT, check_may_note, month_of, on_the_list
from exchange.jobs.handing import FILE_FORMS, file_of
from exchange.once import Once
from institutions.registry.scope import OFFICE_ROLES

AUDITORS = {role.value for role in OFFICE_ROLES}
LIST, PATTERNS = "list", "patterns"


class AuditPage(Scoped, View):
    """Two in a hundred confirmed activities of a month, drawn by their numbers, to be asked after by telephone."""

    scope = Activity
    allowed_roles = AUDITORS

    def get(self, request: HttpRequest) -> HttpResponse:
        chosen = listing.read_month(request.GET.get("month", month_of(now())))
        view = request.GET.get("view", LIST)
        if chosen is None or view not in (LIST, PATTERNS):
            name = "month" if chosen is None else "view"
            raise ParameterError(refuse(name, "invalid", _("There is no such view.")).detail)
        if request.GET.get("format"):
            return file_of(request, listing.AUDIT, {"month": chosen}, request.GET["format"])
        shown = self.rows(request, chosen) if view == LIST else self.patterns(request, chosen)
        page = f"?view={view}&month="
        return render(request, "cooperation/audit.html", {
            "crumbs": [{"text": _("Activities"), "url": reverse("activity-list")}, {"text": _("Audit of activities")}], "view": view, "month": month(f"{chosen}-01"),
            "earlier": page + listing.beside(chosen, -1), "later": page + listing.beside(chosen, 1),
            "is_last": chosen >= month_of(now()), "percent": PERCENT,
            "views": [{"text": text, "url": f"?view={code}&month={chosen}", "current": code == view}
                      for code, text in ((LIST, _("List of calls")), (PATTERNS, _("Patterns to look at")))],
            "files": [{"text": form, "url": f"?month={chosen}&format={form.lower()}"} for form in FILE_FORMS],
            **shown,
        })  # fmt: skip

    def rows(self, request: HttpRequest, chosen: str) -> dict[str, Any]:
        """The list of the month, newest confirmation first."""
        rows = on_the_list(request.user, chosen)
        request.query_params = request.GET  # type: ignore[attr-defined]  # what the page machine of lists reads
        keyset = Keyset(request, ["-confirmed_at", "-pk"])
        found = [listing.line_of(row) for row in keyset.page(listing.with_parts(rows))]
        return {
            "rows": found, "links": keyset.links(), "total": counted(rows.count(), "activity"),
            "results": AuditResult.choices,
        }  # fmt: skip

    def patterns(self, request: HttpRequest, chosen: str) -> dict[str, Any]:
        """What may be worth a look."""
        return {"patterns": listing.patterns_in_words(patterns_for(request.user, chosen))}


class NoteCall(Scoped, Once, View):
    """Writes down what a partner said."""

    scope = Activity
    allowed_roles = AUDITORS

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        activity = self.get_object()
        check_may_note(request.user, activity)
        form = NoteForm(request.POST)
        back = reverse("audit") + (f"?month={month_of(activity.confirmed_at)}" if activity.confirmed_at else "")
        if not form.is_valid():
            messages.error(request, _("Choose the result of the call."))
            return redirect(back)
        note_call(activity, by=request.user, at=now(), **form.cleaned_data)
        messages.success(request, _("The result of the call is kept."))
        return redirect(back)
