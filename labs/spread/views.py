"""Pages of spreading: whom it is meant for, the end of it, and what everybody reads of every project."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View

from accounts.clock import now, today
from accounts.scoped import Scoped
from accounts.wording import counted
from cooperation.pages.records import READERS
from exchange.once import Once
from exchange.tables import as_file
from institutions.registry.listpage import ListPage, Query
from labs.pilots.models import PilotProject
from labs.pilots.rules import PILOT
from labs.spread import actions, public
from labs.spread.forms import SpreadForm
from labs.spread.sheets import VERDICT, narrowed, results_table
from labs.verdicts.models import Value
from lifecycle.transitions import Unmet
from quality.releases.copies import CopiedPage


class Spreading(Scoped):
    """A page about the spreading of one project."""

    allowed_roles = READERS
    scope = PilotProject
    related = ("laboratory__host", "laboratory__site__territory", "laboratory__cluster")
    request: Any

    @property
    def back(self) -> str:
        return reverse("pilot-detail", args=[self.get_object().public_id])


class StartSpreading(Spreading, Once, View):
    """Whom is it meant for?"""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        self.permit()
        return self.page(self.form())

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        self.permit()
        form = self.form(request.POST)
        if form.is_valid():
            try:
                actions.start_spreading(self.get_object(), by=request.user, at=now(), **form.content())
            except Unmet as unmet:
                form.add_error(None, [str(each.message) for each in unmet.conditions])
            except ValidationError as error:
                for name, told in error.message_dict.items():
                    form.add_error(name if name in form.fields else None, told)
        if not form.is_valid():
            self.subject = None
            return self.page(form, 422)
        messages.success(request, _("It spreads now: organisations can say that they use it."))
        return redirect(self.back)

    def permit(self) -> None:
        """403 or 409 before anything is asked."""
        PILOT.permit("disseminate", self.get_object(), self.request.user)

    def form(self, sent: Any = None) -> SpreadForm:
        return SpreadForm(sent, on=today(), pack=self.get_object().laboratory.site.territory.pack)

    def page(self, form: SpreadForm, status: int = 200) -> HttpResponse:
        project, title = self.get_object(), _("Spread it")
        return render(self.request, "labs/spread_start.html", {
            "title": title, "name": project.title, "back": self.back, "form": form, "page_errors": status == 422,
            "crumbs": [{"text": project.title, "url": self.back}, {"text": title}],
        }, status=status)  # fmt: skip


class FinishSpreading(Spreading, Once, View):
    """One button: reach was reported for the agreed time."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        PILOT.permit("finish", self.get_object(), request.user)
        try:
            actions.finish_spreading(self.get_object(), by=request.user, at=now())
        except Unmet as unmet:
            messages.error(request, " ".join(str(each.message) for each in unmet.conditions))
        else:
            messages.success(request, _("The spreading is finished."))
        return redirect(self.back)


class PublicPilots(CopiedPage):
    """What was tried, and what came of it?"""

    parameters = (VERDICT, "cursor", "limit", "ordering", "format")

    def get(self, request: HttpRequest) -> HttpResponse:
        chosen = request.GET.get(VERDICT, "")
        chosen = chosen if chosen in Value.values else ""
        form = request.GET.get("format", "")
        if form in ("csv", "xlsx"):
            return self.file(chosen, form)
        query = Query(request, [VERDICT])
        listed = ListPage(query, narrowed(public.told_projects(), chosen), ("title", "modified_at"), "-modified_at")
        verdicts = public.latest_verdicts(listed.rows)
        total = counted(listed.total, "pilot")
        title = _("What laboratories tried")
        words = public.words_of(chosen) if chosen else ""
        return self.drawn("labs/public_pilots.html", {
            "title": title, "crumbs": [{"text": _("Public figures"), "url": reverse("public-home")}, {"text": title}],
            "views": [{"text": _("All results"), "url": query.address(verdict=None), "current": not chosen},
                      *({"text": label, "url": query.address(verdict=value), "current": value == chosen}
                        for value, label in Value.choices)],
            "columns": [listed.head(_("Project"), "title"), listed.head(_("Laboratory")), listed.head(_("Direction")),
                        listed.head(_("Result")), listed.head(_("Verdict of"), figure=True)],
            "rows": [public.row_of(each, verdicts.get(each.pk)) for each in listed.rows],
            "total": total, "pagination": listed.pagination(total), "chosen": words, "clear": query.path,
            "csv": query.address(format="csv"), "xlsx": query.address(format="xlsx"),
        })  # fmt: skip

    def file(self, chosen: str, form: str) -> HttpResponse:
        """The same as a file."""
        content, name, kind = as_file(results_table(chosen), form, get_language() or "", today())
        told = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return HttpResponse(content, content_type=kind, headers=told)


class PublicPilot(CopiedPage):
    """What was promised, what was done, and did it work?"""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        project = public.told_projects().filter(public_id=public_id).first()
        if project is None:
            raise Http404
        listing = reverse("public-pilots")
        return self.drawn("labs/public_pilot.html", {
            "title": project.title, **public.story(project, today()),
            "crumbs": [{"text": _("What laboratories tried"), "url": listing}, {"text": project.title}],
        })  # fmt: skip


__all__ = ["FinishSpreading", "PublicPilot", "PublicPilots", "StartSpreading"]
