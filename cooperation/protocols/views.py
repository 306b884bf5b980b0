"""Pages of the protocol of an activity: what it says, writing it, signing it, the paper."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View

from accounts.clock import now, today
from accounts.scoped import Scoped
from cooperation.activities.records import Record
from cooperation.pages.records import READERS
from cooperation.protocols import actions, presenting
from cooperation.protocols.content import CONTEST, EMPTY, OFFICES
from cooperation.protocols.forms import PARTS, Sheet
from cooperation.protocols.models import Protocol, ProtocolStatus
from cooperation.protocols.rules import (
    PROTOCOL,
    before_signing,
    can_write,
    findable,
    has_protocol,
    is_signatory,
    may_sign,
)
from exchange.once import Once
from exchange.papers import handed_out
from lifecycle.transitions import Unmet


class OfActivity(Record):
    """What the pages of a protocol share: the latest edition that this reader may see."""

    @cached_property
    def protocol(self) -> Protocol | None:
        if not has_protocol(self.activity):
            raise Http404
        seen = Protocol.objects.visible_to(self.request.user).filter(activity=self.activity)
        return seen.select_related("activity__type", "activity__organiser").order_by("-edition").first()


class ProtocolPage(OfActivity, Once, View):
    """What was held, who was there, what was decided, who has signed it?"""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return self.page()

    def page(self, status: int = 200, errors: Any = ()) -> HttpResponse:
        protocol, user, activity = self.protocol, self.request.user, self.activity
        draft = protocol is not None and protocol.status == ProtocolStatus.DRAFT
        mine = draft and (is_signatory(user, protocol) or can_write(user, activity))
        earlier = (
            Protocol.objects.visible_to(user).filter(activity=activity).exclude(pk=protocol.pk if protocol else None)
        )
        return render(self.request, "cooperation/protocol.html", {
            **self.frame(presenting.heading(protocol) if protocol else _("Protocol")), "protocol": protocol, "errors": errors,
            "page_errors": bool(errors), "may_write": can_write(user, activity), "draft": draft,
            "document": presenting.document(protocol) if protocol else None,
            "status": presenting.status_words(protocol) if protocol else "",
            "signatures": presenting.signatures(protocol) if protocol else [],
            "lacking": list(before_signing(protocol)) if mine else [],
            "may_sign": protocol is not None and "sign" in PROTOCOL.available(protocol, user),
            "earlier": [{"id": each.public_id, "words": presenting.status_words(each), "edition": each.edition}
                        for each in earlier.order_by("-edition")],
        }, status=status)  # fmt: skip


class SignProtocol(ProtocolPage):
    """One tap of the chair, one of the secretary."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        if self.protocol is None:
            raise Http404
        try:
            read = request.POST.get("content_hash", "")
            actions.sign_protocol(self.protocol, by=request.user, at=now(), content_hash=read)
        except Unmet as unmet:
            self.subject = None
            del self.protocol
            return self.page(422, [{"text": str(each.message), "url": "#lacking"} for each in unmet.conditions])
        messages.success(request, _("Signed."))
        return redirect("activity-protocol", public_id=public_id)


class WriteProtocol(OfActivity, Once, View):
    """The parts, one below the other; a signed one is corrected by its next edition."""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return self.page(self.sheet())

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        sheet = self.sheet(request.POST)
        if not sheet.is_valid():
            return self.page(sheet, 422)
        protocol = self.protocol
        try:
            if protocol is None or protocol.status != ProtocolStatus.DRAFT:
                actions.draft_protocol(self.activity, by=request.user, at=now(), **sheet.content())
            else:
                actions.save_protocol(protocol, by=request.user, at=now(), **sheet.content())
        except ValidationError as error:
            sheet.refuse(error)
            return self.page(sheet, 422)
        messages.success(request, _("The draft is saved."))
        wanted = request.POST.get("add", "")
        where = redirect("activity-protocol-write" if wanted in PARTS else "activity-protocol", public_id=public_id)
        where["Location"] += f"#{wanted}" if wanted in PARTS else ""
        return where

    def sheet(self, sent: Any = None) -> Sheet:
        """The form with what stands there; asks first whether this person may write here now."""
        protocol = self.protocol
        actions.permit_writing(self.activity, self.request.user)
        shown = protocol or Protocol(content={**EMPTY, "held_on": self.activity.starts_on.isoformat()})
        signers = {name: actions.signer(self.activity, getattr(shown, f"{name}_id")) for name, *_words in OFFICES}
        able = [*may_sign(self.activity, today()), *(member for member in signers.values() if member)]
        return Sheet(
            sent, content=shown.content, head=presenting.head_of(shown, signers),
            people=list({member.pk: member for member in able}.values()),
            contest=self.activity.type.code == CONTEST,
        )  # fmt: skip

    def page(self, sheet: Sheet, status: int = 200) -> HttpResponse:
        public_id = self.activity.public_id
        context = {**self.frame(_("Protocol")), "sheet": sheet, "public_id": public_id, "page_errors": status == 422}
        return render(self.request, "cooperation/protocol_write.html", context, status=status)


class ProtocolPeople(OfActivity, View):
    """Choices for a search box: people of the organisations that took part, by what was typed of their name."""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        actions.permit_writing(self.activity, request.user)
        found = findable(self.activity, may_sign(self.activity, today()), request.GET.get("q", "")[:100])
        return render(request, "institutions/_people_options.html", {"found": found})


class ProtocolPaper(Scoped, View):
    """The protocol as a PDF."""

    scope = Protocol
    allowed_roles = READERS
    related = ("activity__type", "activity__organiser")

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        protocol = self.get_object()
        sheet = presenting.sheet_of(protocol, protocol.activity)
        return handed_out(presenting.TEMPLATE, sheet, f"protocol_{protocol.public_id}.pdf")
