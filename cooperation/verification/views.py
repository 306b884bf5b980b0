"""The public check of a number or of the first characters of a hash."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View

from accounts.wording import moment
from cooperation.agreements import presenting
from cooperation.trainings import presenting as trainings
from cooperation.verification import findings


class Verify(View):
    """Genuine, superseded or not found, for anybody, in every language."""

    public = True

    def page(self, asked: str, found: list[findings.Finding]) -> HttpResponse:
        facts = []
        for each in found:
            said = findings.public_facts(each, presenting.document(each.revision))
            facts.append({**said, "concluded": moment(said["concluded_at"]) if said["concluded_at"] else ""})
        certificates = [trainings.public_facts(each) for each in findings.certificates(asked)]
        others = findings.others(asked)
        context: dict[str, Any] = {
            "title": _("Check of a document"), "asked": asked, "findings": facts, "certificates": certificates,
            "others": others,
        }  # fmt: skip
        known = bool(found or certificates or others)
        answer = render(self.request, "cooperation/verify.html", context, status=200 if known else 404)
        answer["Cache-Control"] = "no-store"
        return answer


class VerifyForm(Verify):
    """The box into which a number or a code is typed."""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("q", "").strip()[:64]
        if not asked:
            return render(request, "cooperation/verify.html", {"title": _("Check of a document"), "asked": ""})
        return self.page(asked, findings.by_number(asked) or findings.by_hash(asked))


class VerifyNumber(Verify):
    """By the number of an agreement or a certificate."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        return self.page(number[:64], findings.by_number(number))


class VerifyHash(Verify):
    """By eight or more first characters of the hash; several hits are all listed."""

    def get(self, request: HttpRequest, prefix: str) -> HttpResponse:
        return self.page(prefix[:64], findings.by_hash(prefix))


class ShortHash(View):
    """The short address on paper leads to the page in the reader's language."""

    public = True

    def get(self, request: HttpRequest, prefix: str) -> HttpResponse:
        return redirect("verify-hash", prefix=prefix)
