"""Pages of works: the list, one work, a new one, and its corrections."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views import View

from accounts.clock import now
from cooperation.pages.listpage import ReadyList, Words
from cooperation.pages.records import RecordPage
from labs.laboratories.models import Laboratory
from labs.laboratories.records import FormPage
from labs.pilots.models import PilotProject
from labs.works import actions, listing, presenting
from labs.works.forms import WorkForm
from labs.works.models import Work
from labs.works.rules import laboratories_of, may_correct


class Record(RecordPage):
    """A page of one work."""

    scope = Work
    related = presenting.RELATED
    prefetch: Any = presenting.PREFETCH
    word, plural = "work", _l("Works")

    @property
    def work(self) -> Work:
        found: Work = self.get_object()
        return found

    def called(self) -> str:
        return self.work.resource.title


class WorkList(ReadyList):
    """What have the laboratories written?"""

    scope = Work
    related = presenting.ROW_RELATED
    prefetch = presenting.PREFETCH
    listing = listing
    table, icon, new_page = "labs/_work_table.html", "resource", "work-new"
    template_name = "labs/work_list.html"
    heads = ("resource__title", "year")
    words = Words(
        _l("Research works and manuals"), "work", _l("No work fits these filters"), _l("All works"),
        _l("There are no works yet"),
        _l("Research works, manuals and publications of the laboratories, with their authors and the project they came from."),
        _l("Add a work"),
    )  # fmt: skip

    def shown(self, rows: Any, user: Any, on: Any, view: str) -> Any:
        return presenting.rows_of(rows)

    def may_add(self, user: Any) -> bool:
        return bool(laboratories_of(user))


class WorkDetail(Record, View):
    """Who wrote it, what came it from, and where is it read?"""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        work, name = self.work, self.called()
        return render(request, "labs/work_detail.html", {
            "work": work, "name": name, "crumbs": self.crumbs({"text": name}), "badge": presenting.standing_of(work),
            "facts": presenting.facts_of(work), "resource": reverse("resource-detail", args=[work.resource.public_id]),
            "draft": work.resource.status == "draft" and work.resource.author_id == request.user.pk,
            "edit": presenting.page(work, "edit") if may_correct(request.user, work) else "",
        })  # fmt: skip


class NewWork(Record, FormPage):
    """Which work is it? What a record, a DOI or a shared resource says is not typed again."""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = {name: request.GET.get(name, "")[:26] for name in ("laboratory", "project")}
        project = PilotProject.objects.visible_to(request.user).filter(public_id=asked["project"]).first()
        if project is not None:
            asked["laboratory"] = project.laboratory.public_id
        return self.page(self.form(initial=asked))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST)
        made = self.tried(form, lambda: actions.enter_work(by=request.user, at=now(), **form.content()))
        if made is None:
            return self.page(form, 422)
        messages.success(request, _("The work is entered."))
        return redirect(presenting.page(made))

    def form(self, *args: Any, **kwargs: Any) -> WorkForm:
        return WorkForm(*args, user=self.request.user, laboratories=self.open, **kwargs)

    @cached_property
    def open(self) -> list[Laboratory]:
        """Laboratories for which the person may enter a work; 403 without one."""
        found = laboratories_of(self.request.user)
        if not found:
            raise PermissionDenied
        return found

    def page(self, form: WorkForm, status: int = 200) -> HttpResponse:
        title = _("Add a work")
        return render(self.request, "labs/form.html", {
            "title": title, "form": form, "crumbs": self.crumbs({"text": title}), "page_errors": status == 422,
            "verb": _("Save"), "back": reverse("work-list"),
        }, status=status)  # fmt: skip


class EditWork(Record, FormPage):
    """What is said of it otherwise?"""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        work = self.permitted()
        said = {name: getattr(work, name) for name in ("kind", "year", "published_in", "doi")}
        authors = "\n".join(each.name for each in work.authors.all())
        project = work.project.public_id if work.project else ""
        return self.page(self.form(initial={**said, "authors": authors, "project": project}))

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        work, form = self.permitted(), self.form(request.POST)
        if self.tried(form, lambda: actions.save_work(work, by=request.user, at=now(), **form.content())) is None:
            self.again()
            return self.page(form, 422)
        messages.success(request, _("Saved."))
        return redirect(self.address)

    def permitted(self) -> Work:
        if not may_correct(self.request.user, self.work):
            raise PermissionDenied
        return self.work

    def form(self, *args: Any, **kwargs: Any) -> WorkForm:
        work = self.work
        return WorkForm(*args, user=self.request.user, laboratories=[work.laboratory], work=work, **kwargs)

    def page(self, form: WorkForm, status: int = 200) -> HttpResponse:
        context = {
            **self.frame(_("Correct the particulars")),
            "form": form,
            "verb": _("Save"),
            "page_errors": status == 422,
        }
        return render(self.request, "labs/form.html", context, status=status)
