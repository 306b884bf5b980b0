"""Pages of shared resources: the list, one resource with its use, opening it, its form and its moves."""

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views import View

from accounts.clock import now, today
from cooperation.activities.rules import member_houses
from cooperation.pages.listpage import ReadyList, Words
from cooperation.pages.records import AtOnce
from cooperation.resources import actions, attaching, listing, presenting, uses
from cooperation.resources.download import handed_over
from cooperation.resources.forms import ResourceForm
from cooperation.resources.models import Resource, ResourceUse
from cooperation.resources.rules import RESOURCE
from cooperation.resources.use import is_open_to
from cooperation.reviewing.presenting import page
from cooperation.reviewing.records import AT_ONCE, EVERYBODY, DetailPage, EditPage, NewPage, Record, WithReason
from exchange.once import Once

HEADING = _("Shared resources")


class ResourceList(ReadyList):
    """What do others share?"""

    allowed_roles = EVERYBODY
    scope = Resource
    related = ("institution",)
    listing = listing
    table, icon, new_page, heads = "cooperation/_resource_table.html", "institution", "resource-new", ("title",)
    words = Words(
        HEADING, "resource", _("No shared resource fits these filters"), _("All shared resources"),
        _("There are no shared resources yet"),
        _("Premises, equipment, libraries and material that organisations open to others; use is counted by itself."),
        _("Share a resource"),
    )  # fmt: skip

    def may_add(self, user: Any) -> bool:
        return bool(member_houses(user))

    def shown(self, rows: Any, user: Any, on: Any, view: str) -> Any:
        return [presenting.row_of(resource) for resource in rows]


class UseList(ReadyList):
    """Who used what, and when?"""

    allowed_roles = EVERYBODY
    scope = ResourceUse
    related = (*uses.RELATED, "resource__institution")
    listing = uses
    table, icon, heads = "cooperation/_use_table.html", "institution", ("used_on",)
    words = Words(
        _("Use of shared resources"), "use", _("No use fits these filters"), _("All uses"), _("Nothing was used yet"),
        _("A row is written by itself when a member of another organisation opens a shared resource."),
    )  # fmt: skip

    def shown(self, rows: Any, user: Any, on: Any, view: str) -> Any:
        return [presenting.use_row(use) for use in rows]


class Page:
    """What all pages of one resource share."""

    scope = Resource
    related = ("institution", "author")
    machine, word, plural = RESOURCE, "resource", HEADING


class ResourceDetail(Page, DetailPage, View):
    """What is it, may we use it, and who does?"""

    template_name = "cooperation/resource_detail.html"

    def beside(self, open_now: Collection[str]) -> dict[str, Any]:
        resource, user = self.thing, self.request.user
        inside = presenting.inside_of(resource, user, today())
        return {
            "facts": presenting.facts_of(resource), "inside": inside, "may_open": "open" in open_now and not inside,
            "why_closed": presenting.why_closed(resource), "use": presenting.use_of(resource, user),
        }  # fmt: skip


class OpenResource(Page, Record, Once, View):
    """Opened by a button, never by an address that something looks at beforehand: this is the use that counts."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        self.permit("open")
        resource = actions.open_resource(self.thing, by=request.user, at=now())
        if resource.file and not (resource.link or resource.how):
            return redirect(page(resource, "file"))
        messages.success(request, presenting.opened_words())
        return redirect(f"{page(resource)}#inside")


class ResourceFile(Page, Record, View):
    """The file, for whoever has opened the resource today; who has not is led to its page."""

    def get(self, request: HttpRequest, public_id: str) -> Any:
        if not is_open_to(request.user, self.thing, today()):
            if "open" not in RESOURCE.available(self.thing, request.user):
                raise PermissionDenied
            return redirect(page(self.thing))
        return handed_over(self.thing)


class Move(AtOnce, ResourceDetail):
    """Sent, or published."""

    at_once = AT_ONCE


class ReasonedMove(Page, WithReason):
    """Returned, or withdrawn."""


class Form:
    """The form of a resource, with its file."""

    form_class = ResourceForm
    template_name = "cooperation/resource_edit.html"
    request: Any

    def write(self, form: Any) -> Resource:
        resource: Resource = super().write(form)  # type: ignore[misc]
        told: dict[str, Any] = {"by": self.request.user, "at": now()}
        if sent := form.cleaned_data["file"]:
            attaching.attach_file(resource, name=sent.name, data=sent.read(attaching.MOST_BYTES + 1), **told)
        elif form.cleaned_data.get("without_file"):
            attaching.detach_file(resource, **told)
        return resource


class NewResource(Page, Form, NewPage, View):
    """What do we open to others?"""

    title = _("Share a resource")
    draft = staticmethod(actions.draft_resource)


class EditResource(Page, Form, EditPage, View):
    """What is left to write?"""

    save = staticmethod(actions.save_resource)
