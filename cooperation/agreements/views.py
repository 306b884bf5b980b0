"""Pages of agreements: the list, the record, its wordings, its moves, and signing on paper."""

import secrets
from typing import Any

import segno
from django.contrib import messages
from django.contrib.auth import authenticate
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views import View

from accounts.clock import now, today
from accounts.names import name_now
from accounts.scoped import Scoped
from cooperation.agreements import actions, filters, listing, paper, presenting, reminding, scans, signing
from cooperation.agreements import content as wording
from cooperation.agreements.blocks import blocks_of
from cooperation.agreements.buttons import buttons_of
from cooperation.agreements.filing import PaperForm
from cooperation.agreements.forms import SignForm
from cooperation.agreements.history import timeline_of
from cooperation.agreements.models import Agreement, Revision
from cooperation.agreements.records import Record
from cooperation.agreements.rules import (
    acting_houses,
    admin_houses,
    can_copy,
    can_edit,
    can_erase,
    can_remind,
    is_open_draft,
    paper_houses,
    party_houses,
)
from cooperation.agreements.standing import parties_of, standing_for
from cooperation.pages.listpage import ReadyList, Words
from cooperation.pages.records import READERS, Asked, AskedMove
from exchange.once import Once
from exchange.papers import signed_out
from institutions.registry.scope import HOUSE_ROLES, houses
from lifecycle.transitions import Unmet, WrongStatus

MANY = 200  # as many rows as one act of the list reminds of


class AgreementList(ReadyList):
    """Which agreements need action, and whose."""

    scope = Agreement
    listing = listing
    table, icon, new_page, heads = (
        "cooperation/_agreement_table.html",
        "agreement",
        "agreement-new",
        ("number", "ends_on"),
    )
    words = Words(
        gettext_lazy("Agreements"), "agreement", gettext_lazy("No agreement fits these filters"), gettext_lazy("All agreements"),
        gettext_lazy("There are no agreements yet"),
        gettext_lazy("An agreement is one record for all parties: each signs the same text."), gettext_lazy("New agreement"),
    )  # fmt: skip

    def prepared(self, rows: Any) -> Any:
        return presenting.as_rows(rows)

    def shown(self, rows: Any, user: Any, on: Any, view: str) -> Any:
        return presenting.rows_of(rows, acting_houses(user), on, admin_houses(user))

    def may_add(self, user: Any) -> bool:
        return bool(admin_houses(user))


class AgreementDetail(Record, View):
    """What did we agree, who has signed, what now?"""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        agreement, revision, on = self.agreement, self.revision(), today()
        own = houses(request.user, *HOUSE_ROLES)
        parties = parties_of(revision)
        standing = standing_for(agreement, acting_houses(request.user), on)
        names = {party.institution.public_id: name_now(party.institution.names) for party in parties}
        names.setdefault(agreement.initiator.public_id, name_now(agreement.initiator.names))
        is_party = bool(own & {party.institution_id for party in parties})
        buttons = buttons_of(agreement, request.user)
        main = [each for each in buttons[:1] if each["kind"] == "main" or agreement.concluded_id is None]
        return render(request, "cooperation/agreement_detail.html", {
            "agreement": agreement, "revision": revision, "standing": standing,
            "crumbs": self.crumbs({"text": agreement.number}),
            "status": presenting.status_words(standing), "living": presenting.living_words(agreement, on), "signed": presenting.signed_words(standing),
            "document": presenting.document(revision), "signatures": presenting.signatures(revision, scans=is_party),
            "timeline": timeline_of(agreement, names, is_party or agreement.initiator_id in own),
            "main": main, "others": [each for each in buttons if each not in main],
            "changes": presenting.changed_from_concluded(agreement, revision), "notices": presenting.notices_of(agreement),
            "copy": can_copy(request.user, agreement), "once": secrets.token_urlsafe(18),
            "blocks": blocks_of(agreement, request.user),
            "earlier": [each for each in self.readable() if each.pk != revision.pk],
            "edit": is_open_draft(agreement) and can_edit(request.user, agreement),
            "erase": can_erase(request.user, agreement), "ask": can_remind(request.user, agreement),
            "on_paper": bool(paper_houses(request.user, agreement)),
            "paper": paper.choices(get_language()) if agreement.concluded_id else None,
        })  # fmt: skip

    def readable(self) -> list[Revision]:
        seen = Revision.objects.visible_to(self.request.user)  # type: ignore[attr-defined]
        return list(seen.filter(agreement=self.agreement).order_by("-number"))


class ReadRevision(Record, View):
    """An earlier wording, and what changed from the one before it."""

    def get(self, request: HttpRequest, public_id: str, number: int) -> HttpResponse:
        seen = Revision.objects.visible_to(request.user).filter(agreement=self.agreement)  # type: ignore[attr-defined]
        revision = seen.filter(number=number).select_related("agreement", "frozen").first()
        if revision is None:
            raise Http404
        before = seen.filter(number__lt=number, frozen__isnull=False).order_by("-number").first()
        changes = presenting.changed_clauses(wording.read(before), wording.read(revision)) if before else []
        context = {
            "revision": revision,
            "document": presenting.document(revision),
            "changes": changes,
            "signatures": presenting.signatures(revision, scans=self.is_member()),
        }
        return render(
            request,
            "cooperation/agreement_revision.html",
            {**self.frame(_("Revision %(number)s") % {"number": number}), **context},
        )


class AgreementPaper(Record, View):
    """The concluded wording as a PDF in one language or two, signed by the platform."""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        agreement, languages = self.agreement, filters.languages_of(request.GET, get_language())
        if agreement.concluded is None:
            raise Http404
        sheet = paper.sheet_of(agreement, agreement.concluded, languages)
        return signed_out(paper.TEMPLATE, sheet, f"{agreement.number}.pdf")


class SignAgreement(Record, Once, View):
    """The full text, what signing means, and the password again."""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        self.permit("approve")
        return self.page(SignForm(initial={"content_hash": self.revision().content_hash}))

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        self.permit("approve")
        form = SignForm(request.POST)
        if (
            form.is_valid()
            and authenticate(request, username=request.user.email, password=form.cleaned_data["password"])
            != request.user
        ):
            form.add_error(
                "password", ValidationError(_("Your password: it is not right. Nothing was signed."), code="wrong")
            )
        if not form.is_valid():
            return self.page(form, 422)
        try:
            signing.approve_agreement(
                self.agreement, content_hash=form.cleaned_data["content_hash"], by=request.user, at=now()
            )
        except signing.OtherContent as other:
            return changed(self, other)
        except Unmet as unmet:
            return self.page(form, 422, [{"text": str(each.message)} for each in unmet.conditions])
        messages.success(request, _("You have signed the agreement."))
        return redirect(presenting.page(self.agreement))

    def page(self, form: SignForm, status: int = 200, errors: Any = ()) -> HttpResponse:
        revision = self.revision()
        context = {
            **self.frame(_("Sign")),
            "form": form,
            "errors": errors,
            "revision": revision,
            "document": presenting.document(revision),
        }
        return render(self.request, "cooperation/agreement_sign.html", context, status=status)


MOVES = {
    "decline": Asked(
        actions.decline_agreement, gettext_lazy("Decline the agreement"),
        gettext_lazy("The agreement goes back to a draft. All parties read your reason; signatures given so far are void."),
        gettext_lazy("Decline"), gettext_lazy("The agreement was declined."),
    ),
    "withdraw": Asked(
        actions.withdraw_agreement, gettext_lazy("Withdraw the agreement"),
        gettext_lazy("The agreement is taken back for good. Its number is not used again."),
        gettext_lazy("Withdraw"), gettext_lazy("The agreement was withdrawn."),
    ),
}  # fmt: skip


class AskAgreement(Record, AskedMove):
    """No, and why; back, for good."""

    moves = MOVES


class RedraftAgreement(Record, Once, View):
    """A new revision after a refusal."""

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        actions.redraft(self.agreement, by=request.user, at=now())
        return redirect(presenting.page(self.agreement, "edit"))


class PrintAgreement(Record, View):
    """The whole text with its hash and a line for each signature: this page is printed and signed."""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        agreement = self.agreement
        if not acting_houses(request.user) & party_houses(agreement):
            raise PermissionDenied("paper")
        revision = agreement.shown
        if revision is None or not revision.content_hash:
            raise Http404
        check = request.build_absolute_uri(reverse("verify-hash", args=[revision.content_hash]))
        return render(request, "cooperation/agreement_paper.html", {
            **self.frame(_("Page to be signed on paper")), "revision": revision, "check": check,
            "document": presenting.document(revision), "lines": [each for each in parties_of(revision) if each.signs],
            "qr": segno.make(check, error="m").svg_data_uri(scale=3, border=2, light="#fff"),
            "may_file": bool(scans.paper_houses(request.user, agreement)),
        })  # fmt: skip


class FilePaper(Record, Once, View):
    """Recording a signature on paper."""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return self.page(self.form())

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        form = self.form(request.POST, request.FILES)
        if not form.is_valid():
            return self.page(form, 422)
        given = {name: form.cleaned_data[name] for name in ("code", "position", "signed_on")}
        upload = form.cleaned_data["file"]
        data = upload.read(scans.MOST_BYTES + 1)
        try:
            scans.file_paper(self.agreement, by=request.user, at=now(), data=data, **given)
        except signing.OtherContent as other:
            return changed(self, other)
        except Unmet as unmet:
            self.again()
            return self.page(form, 422, [{"text": str(each.message)} for each in unmet.conditions])
        except ValidationError as error:
            for name, told in error.error_dict.items():
                form.add_error(name, told)
            return self.page(form, 422)
        messages.success(request, _("The signature on paper was recorded."))
        return redirect(presenting.page(self.agreement))

    def form(self, *sent: Any) -> PaperForm:
        house = scans.paper_party(self.agreement, self.request.user)
        return PaperForm(*sent, posts=scans.signatories_of(house))

    def page(self, form: PaperForm, status: int = 200, errors: Any = ()) -> HttpResponse:
        context = {
            **self.frame(_("Record a signature on paper")), "form": form, "errors": errors, "revision": self.agreement.shown,
        }  # fmt: skip
        return render(self.request, "cooperation/agreement_paper_file.html", context, status=status)


def changed(door: Any, other: signing.OtherContent) -> HttpResponse:
    """The page bears another revision: what differs, and nothing signed."""
    present = other.revision
    words = presenting.Words(wording.read(present)) if present else None
    changes = [presenting.clause_words(change, words) for change in other.changes] if words else []
    context = {**door.frame(_("The agreement has changed")), "changes": changes, "revision": present}
    return render(door.request, "cooperation/agreement_changed.html", context, status=409)


class SignedScan(Record, View):
    """The scan of a signed page, for members of the parties."""

    def get(self, request: HttpRequest, public_id: str, number: int, party: str) -> FileResponse:
        if not self.is_member():
            raise PermissionDenied("scan")
        seen = Revision.objects.visible_to(self.request.user).filter(agreement=self.agreement, number=number)
        revision = seen.first()
        proof = scans.scan_of(revision, party) if revision else None
        name = (proof.file.name if proof else "") or ""
        if proof is None or not name or not proof.file.storage.exists(name):
            raise Http404
        ending = name.rpartition(".")[2]
        answer = FileResponse(
            proof.file.open("rb"), as_attachment=True, content_type=scans.KINDS[ending],
            filename=f"{self.agreement.number}-{number}.{ending}",
        )  # fmt: skip
        answer["Cache-Control"] = "no-store"
        answer["Content-Security-Policy"] = "sandbox"
        answer["X-Content-Type-Options"] = "nosniff"
        return answer


class RemindAgreement(Record, Once, View):
    """A reminder to those who have yet to sign; too early a one is said, not sent."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        try:
            reminding.remind_agreement(self.agreement, by=request.user, at=now())
        except Unmet as unmet:
            messages.warning(request, " ".join(str(each.message) for each in unmet.conditions))
        else:
            messages.success(request, _("The reminder was sent."))
        return redirect(presenting.page(self.agreement))


class RemindAgreements(Scoped, Once, View):
    """Reminders about several agreements of the list: one that cannot be sent does not hold up the others."""

    scope = Agreement
    allowed_roles = READERS
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        seen = self.get_queryset().filter(public_id__in=request.POST.getlist("id")[:MANY])
        sent, kept = [], []
        for agreement in seen.select_related("shown", "latest").order_by("number"):
            line = {"number": agreement.number, "url": presenting.page(agreement), "title": agreement.title}
            why = self.remind(agreement)
            kept.append({**line, "why": why}) if why else sent.append(line)
        context = {
            "title": _("Reminders"), "crumbs": Record.crumbs({"text": _("Reminders")}), "sent": sent, "kept": kept,
        }  # fmt: skip
        return render(request, "cooperation/agreement_reminded.html", context)

    def remind(self, agreement: Agreement) -> str:
        """Empty once it is sent, else why it was not."""
        try:
            reminding.remind_agreement(agreement, by=self.request.user, at=now())
        except Unmet as unmet:
            return " ".join(str(each.message) for each in unmet.conditions)
        except (PermissionDenied, WrongStatus):
            return _("There is nobody here whom you could remind.")
        return ""
