"""What the doors of everything that is reviewed share: who may come in, what a row tells, which address makes a move."""

from collections.abc import Callable, Collection
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.response import Response

from accounts.clock import now
from accounts.doors import Guarded, StrictViewSet
from accounts.scoped import Scoped, ScopedSlugField
from accounts.strict import StrictSerializer
from cooperation.activities.rules import member_houses
from cooperation.pages.records import Asked, AskedMove, RecordPage
from cooperation.reviewing import actions
from cooperation.reviewing.models import ReviewStatus
from cooperation.reviewing.presenting import badge_of, buttons_of, page, timeline_of
from cooperation.reviewing.rules import is_author, is_own_side
from exchange.moving import Moving
from exchange.once import Once
from institutions.registry.models import Institution
from institutions.registry.scope import Role
from lifecycle.transitions import Unmet

EVERYBODY = {role.value for role in Role}  # what was published is for every role
MOVES: dict[str, Callable[..., Any]] = {
    "submit": actions.submit_for_review,
    "publish": actions.publish_reviewed,
    "return": actions.return_to_author,
    "withdraw": actions.withdraw_reviewed,
}
AT_ONCE = {
    "submit": (actions.submit_for_review, _("Sent. Somebody else reads it before everybody can.")),
    "publish": (actions.publish_reviewed, _("Published: everybody can read it now.")),
}
ASKED = {
    "return": Asked(
        actions.return_to_author, _("Return to the author"),
        _("It becomes a draft again. Its author reads your reason and can send it anew."),
        _("Return to the author"), _("It is with its author again."),
    ),
    "withdraw": Asked(
        actions.withdraw_reviewed, _("Withdraw"),
        _("It is no longer offered and cannot be published again. It stays on the record, and everybody reads your reason."),
        _("Withdraw"), _("Withdrawn."),
    ),
}  # fmt: skip


class ContentFields(StrictSerializer):
    """What every thing has; `institution` where the caller belongs to several."""

    title = serializers.CharField(max_length=300)
    institution = ScopedSlugField(Institution, required=False)


class ReviewedRow(StrictSerializer):
    """What every thing tells in a list; who wrote it is not among it."""

    id = serializers.CharField(read_only=True, source="public_id")
    title = serializers.CharField(read_only=True)
    institution = serializers.CharField(read_only=True, source="institution.public_id")
    status = serializers.CharField(read_only=True)
    published_at = serializers.DateTimeField(read_only=True, allow_null=True)
    modified_at = serializers.DateTimeField(read_only=True)


class ReviewedViewSet(Scoped, Once, Guarded, Moving, StrictViewSet):
    """Authors write and send, another person publishes; a thing names its serializers, filters, table and writers."""

    related: Any = ("institution",)
    prefetch: Any = ()
    write_serializers: Any = {}
    orderings = ("title", "modified_at")
    default_ordering = "-modified_at"
    modified_field = "modified_at"
    move_actions: Any = MOVES
    draft: Any = None
    save: Any = None

    def may_change(self, user: Any, subject: Any) -> bool:
        if self.kwargs.get("move") is None and self.subject is not None:
            return is_author(user, subject)
        return super().may_change(user, subject)

    def create(self, request: Any) -> Response:
        """Write a draft that nobody else sees."""
        made = self.draft(**self.checked(self.write_serializers["create"]), by=request.user, at=now())
        return self.answer(made, status=201)

    def partial_update(self, request: Any, **kwargs: Any) -> Response:
        """Save a part of a draft."""
        content = self.checked(self.write_serializers["partial_update"], partial=True)
        self.save(self.subject, **content, by=request.user, at=now())
        return self.answer(self.subject)


class Record(RecordPage):
    """A page of one thing; a thing names its scope, machine, word and plural."""

    allowed_roles = EVERYBODY

    @property
    def thing(self) -> Any:
        return self.get_object()

    def called(self) -> str:
        return str(self.thing.title)


class DetailPage(Record):
    """The one page of a thing, with its moves and its history."""

    template_name = ""

    def get(self, request: Any, public_id: str) -> Any:
        return self.page()

    def page(self, status: int = 200, errors: Any = ()) -> Any:
        """The page; with what a move still lacks on top."""
        thing, user = self.thing, self.request.user
        open_now = self.machine.available(thing, user)
        found = buttons_of(thing, open_now)
        return render(self.request, self.template_name, {
            "thing": thing, "crumbs": self.crumbs({"text": thing.title}), "errors": errors, "page_errors": bool(errors),
            "badge": badge_of(thing), "main": [each for each in found if each["kind"] == "main"],
            "others": [each for each in found if each["kind"] != "main"],
            "edit": page(thing, "edit") if thing.status == ReviewStatus.DRAFT and is_author(user, thing) else "",
            "timeline": timeline_of(thing, is_own_side(user, thing)), **self.beside(open_now),
        }, status=status)  # fmt: skip

    def beside(self, open_now: Collection[str]) -> dict[str, Any]:
        """What is special to the thing."""
        return {}


class WithReason(AskedMove, Record):
    """A move that says why, on a page of its own; what was returned is out of its reviewer's sight."""

    moves = ASKED

    @property
    def address(self) -> str:
        returned = self.move == "return" and self.thing.status == ReviewStatus.DRAFT
        return reverse(f"{self.word}-list") if returned else super().address


class WritePage(Once):
    """The form of a draft, before or behind `Scoped`: kept, or kept and sent at once.

    A thing names its form and says in `write` how what it holds is kept.
    """

    form_class: Any = None
    template_name = ""
    request: Any

    def write(self, form: Any) -> Any:
        """Keeps the content and returns the draft. Raises ValidationError."""
        raise NotImplementedError

    def form(self, data: Any = None, files: Any = None) -> Any:
        raise NotImplementedError

    def get(self, request: Any, **place: str) -> Any:
        return self.shown(self.form())

    def post(self, request: Any, **place: str) -> Any:
        form = self.form(request.POST, request.FILES)
        if not form.is_valid():
            return self.shown(form, 422)
        try:
            thing = self.write(form)
            if "send" in request.POST:
                actions.submit_for_review(thing, by=request.user, at=now())
        except Unmet as unmet:
            form.lacks(unmet)
        except ValidationError as error:
            form.refuse(error)
        except Overtaken:
            return self.shown(form, 409)
        if form.errors:
            return self.refused(form)
        messages.success(request, AT_ONCE["submit"][1] if "send" in request.POST else _("The draft is saved."))
        return redirect(page(thing))

    def refused(self, form: Any) -> Any:
        """The form with what it lacks; nothing of it was kept."""
        self.subject = None
        return self.shown(form, 422)

    def shown(self, form: Any, status: int = 200) -> Any:
        context = {"form": form, "page_errors": status >= 400, "overtaken": status == 409, **self.around()}
        return render(self.request, self.template_name, context, status=status)

    def around(self) -> dict[str, Any]:
        """Title and crumbs."""
        raise NotImplementedError


class Overtaken(Exception):
    """The draft was saved elsewhere since this form was opened."""


class NewPage(WritePage, Record):
    """A draft that is not there yet: it becomes a row when it is sent, not when it is opened."""

    title: Any = ""
    draft: Any = None

    def own(self) -> list[Institution]:
        """The institutions in whose name the person may write; 403 without one."""
        seen: Any = Institution.objects.visible_to(self.request.user)
        found = list(seen.filter(pk__in=member_houses(self.request.user)).order_by("sort_key", "pk"))
        if not found:
            raise PermissionDenied
        return found

    def form(self, data: Any = None, files: Any = None) -> Any:
        return self.form_class(data, files, user=self.request.user, houses=self.own())

    def write(self, form: Any) -> Any:
        return self.draft(**form.content(), institution=form.house, by=self.request.user, at=now())

    def around(self) -> dict[str, Any]:
        return {"title": self.title, "crumbs": self.crumbs({"text": str(self.title)})}


class EditPage(WritePage, Record):
    """What is left to write? Its author alone, only while it is a draft."""

    save: Any = None

    def get_queryset(self) -> Any:
        """While somebody saves, nobody else does: the version is compared on a row that is held."""
        rows = super().get_queryset()
        return rows.select_for_update(of=("self",)) if self.request.method == "POST" else rows

    def form(self, data: Any = None, files: Any = None) -> Any:
        actions.permit_writing(self.thing, self.request.user)
        return self.form_class(data, files, user=self.request.user, houses=[self.thing.institution], thing=self.thing)

    def write(self, form: Any) -> Any:
        read = form.cleaned_data["version"]
        if read is not None and read != self.thing.version:
            raise Overtaken
        return self.save(self.thing, **form.content(), by=self.request.user, at=now())

    def around(self) -> dict[str, Any]:
        return {**self.frame(_("Draft")), "version": self.thing.version}
