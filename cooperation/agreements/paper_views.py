"""Pages of signing on paper: the page to be printed, filing its scan, and the scan itself."""

from typing import Any

import segno
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from accounts.clock import now
from cooperation.agreements import content as wording
from cooperation.agreements import papers, presenting, signing
from cooperation.agreements.forms import PaperForm
from cooperation.agreements.models import Revision
from cooperation.agreements.records import Record
from cooperation.agreements.rules import acting_houses, party_houses
from cooperation.agreements.standing import parties_of
from exchange.once import Once
from lifecycle.transitions import Unmet


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
            "may_file": bool(papers.paper_houses(request.user, agreement)),
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
        data = upload.read(papers.MOST_BYTES + 1)
        try:
            papers.file_paper(self.agreement, by=request.user, at=now(), data=data, **given)
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
        house = papers.paper_party(self.agreement, self.request.user)
        return PaperForm(*sent, posts=papers.signatories_of(house))

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
        proof = papers.scan_of(revision, party) if revision else None
        name = (proof.file.name if proof else "") or ""
        if proof is None or not name or not proof.file.storage.exists(name):
            raise Http404
        ending = name.rpartition(".")[2]
        answer = FileResponse(
            proof.file.open("rb"), as_attachment=True, content_type=papers.KINDS[ending],
            filename=f"{self.agreement.number}-{number}.{ending}",
        )  # fmt: skip
        answer["Cache-Control"] = "no-store"
        answer["Content-Security-Policy"] = "sandbox"
        answer["X-Content-Type-Options"] = "nosniff"
        return answer
