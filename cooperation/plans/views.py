"""Pages on which a joint project is planned: a draft that the lead alone sees until it is sent."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View

from accounts.clock import now
from accounts.scoped import Scoped
from cooperation.plans.forms import PARTS, Draft, differences
from cooperation.projects import actions, presenting
from cooperation.projects.models import JointProject, ProjectStatus
from cooperation.projects.records import Record
from cooperation.projects.rules import PROJECT, admin_houses, can_lead
from exchange.once import Once
from institutions.registry.models import Institution
from institutions.registry.scope import Role
from lifecycle.transitions import WrongStatus


def after(request: Any, project: JointProject) -> HttpResponse:
    """Where a saved draft leads: to its page, or back to the list of rows that shall have one more."""
    messages.success(request, _("The draft is saved."))
    wanted = request.POST.get("add", "")
    if wanted in PARTS:
        return redirect(f"{presenting.page(project, 'edit')}#{wanted}")
    return redirect(presenting.page(project))


class NewProject(Scoped, Once, View):
    """A draft that is not there yet: it becomes a row when it is sent, not when it is opened."""

    scope = JointProject
    allowed_roles = {Role.INSTITUTION_ADMIN.value}

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(Draft(user=request.user, houses=self.own()))

    def post(self, request: HttpRequest) -> HttpResponse:
        own = self.own()
        draft = Draft(request.POST, user=request.user, houses=own)
        if draft.is_valid():
            chosen = {house.public_id: house for house in own}.get(draft.head.cleaned_data.get("lead", ""), own[0])
            try:
                made = actions.draft_project(by=request.user, at=now(), lead=chosen, **draft.content())
            except ValidationError as error:
                draft.refuse(error)
            else:
                return after(request, made)
        return self.page(draft, 422)

    def own(self) -> list[Institution]:
        """The institutions in whose name the person may lead; 403 without one."""
        user = self.request.user
        seen: QuerySet[Institution] = Institution.objects.visible_to(user)  # type: ignore[attr-defined]
        found = list(seen.filter(pk__in=admin_houses(user)).order_by("sort_key", "pk"))
        if not found:
            raise PermissionDenied
        return found

    def page(self, draft: Draft, status: int = 200) -> HttpResponse:
        title = _("New joint project")
        context = {
            "title": title,
            "crumbs": Record.crumbs({"text": title}),
            "draft": draft,
            "page_errors": status == 422,
        }
        return render(self.request, "cooperation/project_edit.html", context, status=status)


class EditProject(Record, Once, View):
    """What is left to fill? Only the lead's administrator, only while it is a draft."""

    allowed_roles = {Role.INSTITUTION_ADMIN.value}
    related = (*presenting.RELATED, "lead__kind")

    def get_queryset(self) -> QuerySet[Any]:
        """While somebody saves, nobody else does: the version is compared on a row that is held."""
        rows = super().get_queryset()
        return rows.select_for_update(of=("self",)) if self.request.method == "POST" else rows

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        project = self.open_draft()
        return self.page(Draft(user=request.user, houses=[project.lead], project=project))

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        project = self.open_draft()
        draft = Draft(request.POST, user=request.user, houses=[project.lead], project=project)
        if not draft.is_valid():
            return self.page(draft, 422)
        read = draft.head.cleaned_data["version"]
        if read is not None and read != project.version:
            return self.page(draft, 409, changes=differences(project, draft))
        try:
            actions.save_project(project, by=request.user, at=now(), **draft.content())
        except ValidationError as error:
            draft.refuse(error)
            self.again()
            return self.page(draft, 422)
        return after(request, project)

    def open_draft(self) -> JointProject:
        """The draft; 403 for others, 409 when it is no draft any more."""
        project, user = self.project, self.request.user
        if not can_lead(user, project):
            raise PermissionDenied
        if project.status != ProjectStatus.DRAFT:
            raise WrongStatus(project.status, PROJECT.available(project, user))
        return project

    def page(self, draft: Draft, status: int = 200, changes: Any = None) -> HttpResponse:
        context = {
            **self.frame(_("Draft")), "draft": draft, "version": self.project.version, "changes": changes,
            "page_errors": status >= 400,
        }  # fmt: skip
        return render(self.request, "cooperation/project_edit.html", context, status=status)
