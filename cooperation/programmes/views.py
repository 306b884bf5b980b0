"""Pages of joint programmes: the list, the one page of a programme, and its moves."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views import View

from accounts.clock import now
from cooperation.pages.listpage import ReadyList, Words
from cooperation.pages.records import Asked, AskedMove, AtOnce
from cooperation.programmes import actions, listing, presenting
from cooperation.programmes.forms import ProgrammeDraft, differences
from cooperation.programmes.models import JointProgramme
from cooperation.programmes.records import Record
from cooperation.programmes.rules import EDITABLE, PROGRAMME, admin_houses, can_lead, is_named
from exchange.once import Once
from institutions.registry.models import Institution
from institutions.registry.scope import Role
from lifecycle.transitions import WrongStatus

AT_ONCE: dict[str, tuple[Callable[..., JointProgramme], Any]] = {
    "start": (actions.start_work, _l("The working group is invited.")),
    "accept": (actions.accept_role, _l("Your organisation takes part.")),
    "approve": (actions.approve_version, _l("The version is in force.")),
    "revise": (actions.revise_programme, _l("A new version is begun. The approved one stays in force meanwhile.")),
}


MOVES = {
    "decline": Asked(
        actions.decline_role, _l("Decline the role"),
        _l("Your organisation does not take part. The others go on without it and read your reason."),
        _l("Decline"), _l("Your organisation does not take part."),
    ),
    "revert": Asked(
        actions.revert_version, _l("Give up the new version"),
        _l("What was written in it is not used. The approved version goes on."), _l("Give up the new version"),
        _l("The new version is given up."), asks_why=False,
    ),
    "retire": Asked(
        actions.retire_programme, _l("Retire the programme"),
        _l("It cannot be taken up any more. It stays readable, with everybody who uses it. This cannot be undone."),
        _l("Retire the programme"), _l("The programme is retired."),
    ),
}  # fmt: skip


class ProgrammeList(ReadyList):
    """Which programmes are written together, which version is in force, and what waits for me?"""

    scope = JointProgramme
    related = presenting.RELATED
    prefetch = presenting.PREFETCH
    listing = listing
    table, icon, new_page, heads = "cooperation/_programme_table.html", "project", "programme-new", ("title",)
    words = Words(
        _l("Joint programmes"), "programme", _l("No programme fits these filters"), _l("All programmes"),
        _l("There are no joint programmes yet"),
        _l("One organisation leads, a working group confirms the content, and every version shows who uses it."),
        _l("New joint programme"),
    )  # fmt: skip

    @cached_property
    def own(self) -> set[int]:
        return admin_houses(self.request.user)

    def shown(self, rows: Any, user: Any, on: Any, view: str) -> Any:
        return presenting.rows_of(rows, self.own)

    def may_add(self, user: Any) -> bool:
        return bool(self.own)


class ProgrammeDetail(Record, View):
    """What is it, which version is in force, who stands by it and who uses it?"""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return self.page()

    def page(self, status: int = 200, errors: Any = ()) -> HttpResponse:
        programme, user = self.programme, self.request.user
        open_now = PROGRAMME.available(programme, user)
        buttons = presenting.buttons_of(programme, open_now)
        leads = can_lead(user, programme)
        versions = [presenting.version_of(each, user) for each in presenting.versions_for(programme)]
        return render(self.request, "cooperation/programme_detail.html", {
            "programme": programme, "crumbs": self.crumbs({"text": programme.title}), "errors": errors,
            "page_errors": bool(errors), "standing": presenting.standing_of(programme, admin_houses(user)),
            "facts": presenting.facts_of(programme), "versions": versions[:2], "earlier": versions[2:],
            "confirm": programme.open.content_hash if "confirm" in open_now and programme.open else "",
            "timeline": presenting.timeline_of(programme, leads or is_named(user, programme)),
            "main": [each for each in buttons if each["kind"] != "bad-quiet"],
            "others": [each for each in buttons if each["kind"] == "bad-quiet"],
            "edit": leads and programme.status in EDITABLE,
        }, status=status)  # fmt: skip


class Move(AtOnce, ProgrammeDetail):
    """One button."""

    at_once = AT_ONCE

    def place_of(self, condition: Any) -> str:
        """The form of the version, or the group on this page."""
        place = condition.pointer.strip("/")
        if place == "members":
            return "#versions"
        return f"{self.page_of('edit')}#{'id_field_0' if place == 'fields_of_study' else f'id_{place}'}"


class ConfirmContent(Once, ProgrammeDetail):
    """One tap: our organisation stands by what it read here."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        read = request.POST.get("content_hash", "")
        try:
            actions.confirm_content(self.programme, by=request.user, at=now(), content_hash=read)
        except actions.OtherContent as other:
            self.subject = None
            return self.page(409, [{"text": str(other.message), "url": "#versions"}])
        messages.success(request, _("Confirmed. Your organisation stands by this content."))
        return redirect(presenting.page(self.programme))


class AskProgramme(Record, AskedMove):
    """A move that says what it means on a page of its own."""

    moves = MOVES


def after(request: Any, programme: JointProgramme) -> HttpResponse:
    """Where what was saved leads: to its page, or back to the group that shall have one more row."""
    messages.success(request, _("Saved."))
    if request.POST.get("add") == "members":
        return redirect(f"{presenting.page(programme, 'edit')}#members")
    return redirect(presenting.page(programme))


class NewProgramme(Record, Once, View):
    """A programme that is not there yet: it becomes a row when it is sent, not when it is opened."""

    allowed_roles = {Role.INSTITUTION_ADMIN.value}

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(ProgrammeDraft(user=request.user, houses=self.own))

    def post(self, request: HttpRequest) -> HttpResponse:
        draft = ProgrammeDraft(request.POST, user=request.user, houses=self.own)
        if draft.is_valid():
            chosen = draft.head.houses.get(draft.head.cleaned_data.get("lead", ""), self.own[0])  # type: ignore[attr-defined]
            try:
                made = actions.draft_programme(by=request.user, at=now(), lead=chosen, **draft.content())
            except ValidationError as error:
                draft.refuse(error)
            else:
                return after(request, made)
        return self.page(draft, 422)

    @cached_property
    def own(self) -> list[Institution]:
        """The institutions in whose name the person may lead; 403 without one."""
        rows: Any = Institution.objects.visible_to(self.request.user)  # type: ignore[attr-defined]
        found = list(rows.filter(pk__in=admin_houses(self.request.user)).order_by("sort_key", "pk"))
        if not found:
            raise PermissionDenied
        return found

    def page(self, draft: ProgrammeDraft, status: int = 200) -> HttpResponse:
        title = _("New joint programme")
        context = {"title": title, "crumbs": self.crumbs({"text": title}), "draft": draft, "page_errors": status == 422}
        return render(self.request, "cooperation/programme_edit.html", context, status=status)


class EditProgramme(Record, Once, View):
    """What does the version in work hold, and who writes it? Only the lead's administrator."""

    allowed_roles = {Role.INSTITUTION_ADMIN.value}

    def get_queryset(self) -> Any:
        """While somebody saves, nobody else does: the version is compared on a row that is held."""
        rows = super().get_queryset()
        return rows.select_for_update(of=("self",)) if self.request.method == "POST" else rows

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return self.page(self.draft())

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        draft = self.draft(request.POST)
        if not draft.is_valid():
            return self.page(draft, 422)
        read = draft.head.cleaned_data["version"]
        if read is not None and read != self.programme.version:
            return self.page(draft, 409, changes=differences(self.programme, draft))
        try:
            actions.save_programme(self.programme, by=request.user, at=now(), **draft.content())
        except ValidationError as error:
            draft.refuse(error)
            self.subject = None
            return self.page(draft, 422)
        return after(request, self.programme)

    def draft(self, data: Any = None) -> ProgrammeDraft:
        """The form of the version in work; 403 for others, 409 when there is none."""
        programme, user = self.programme, self.request.user
        if not can_lead(user, programme):
            raise PermissionDenied
        if programme.status not in EDITABLE:
            raise WrongStatus(programme.status, PROGRAMME.available(programme, user))
        return ProgrammeDraft(data, user=user, houses=[programme.lead], programme=programme)

    def page(self, draft: ProgrammeDraft, status: int = 200, changes: Any = None) -> HttpResponse:
        told = {"number": draft.number}
        context = {
            **self.frame(_("Version %(number)s") % told), "draft": draft, "version": self.programme.version,
            "changes": changes, "page_errors": status >= 400,
        }  # fmt: skip
        return render(self.request, "cooperation/programme_edit.html", context, status=status)
