"""The public register of agreements, and the record from which anybody can check it."""

from pathlib import Path
from typing import Any

import segno
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.clock import today
from accounts.wording import counted
from cooperation.agreements import paper
from cooperation.agreements.filters import languages_of
from cooperation.pages.filters import chips_of, filtered, notes_of
from cooperation.register import showing
from cooperation.register.filters import RegisterFilters
from exchange.certifying import signing
from exchange.papers import signed_out
from exchange.tables import as_file
from institutions.registry.listpage import ListPage, Query
from institutions.registry.openpage import OpenPage
from lifecycle import verify_audit
from lifecycle.models import LedgerHead

DAY = "public, max-age=86400"
HEADS = 60


class PublicAgreements(OpenPage):
    """Who has agreed with whom, about what, and until when?"""

    def get(self, request: HttpRequest) -> HttpResponse:
        query = Query(request, (*RegisterFilters.base_filters, "format"))
        filters = filtered(RegisterFilters, request.GET.dict(), request.user, showing.registered())
        if request.GET.get("format") in ("csv", "xlsx"):
            return self.file(filters, request.GET["format"])
        listed = ListPage(query, filters.qs, showing.SORTS, "-concluded_at")
        chips, total = chips_of(filters, request.GET), counted(listed.total, "agreement")
        title = _("Register of agreements")
        return self.drawn("cooperation/register_list.html", {
            "title": title, "crumbs": [{"text": _("Public figures"), "url": reverse("public-home")}, {"text": title}],
            "filters": filters.form, "chips": chips, "clear": query.path, "page_errors": not filters.is_valid(),
            "columns": [
                listed.head(_("Agreement number"), "number"), listed.head(_("Parties")), listed.head(_("Form of cooperation")),
                listed.head(_("Status")), listed.head(_("Concluded"), "concluded_at"),
                listed.head(_("Period of validity"), "in_force_until"),
            ],
            "rows": showing.rows_of(listed.rows), "total": total, "pagination": listed.pagination(total),
            "csv": query.address(format="csv"), "xlsx": query.address(format="xlsx"),
        })  # fmt: skip

    def file(self, filters: Any, form: str) -> HttpResponse:
        """The same as a file."""
        rows: QuerySet[Any] = filters.qs.order_by("number", "pk")
        table = showing.table_of(rows, notes_of(filters))
        content, name, kind = as_file(table, form, get_language() or "", today())
        told = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return HttpResponse(content, content_type=kind, headers=told)


class PublicAgreement(OpenPage):
    """Is this agreement real, who made it, and how can I check it myself?"""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        agreement = showing.registered().filter(number=number.upper()).first()
        if agreement is None:
            raise Http404
        check = request.build_absolute_uri(reverse("verify-number", args=[agreement.number]))
        crumbs = [
            {"text": _("Register of agreements"), "url": reverse("public-agreements")},
            {"text": agreement.number},
        ]
        return self.drawn("cooperation/register_agreement.html", {
            "title": agreement.number, "crumbs": crumbs, "facts": showing.facts_of(agreement),
            "revisions": showing.revisions_of(agreement), "check": check,
            "qr": segno.make(check, error="m").svg_data_uri(scale=4, border=2, light="#fff"),
            "paper": paper.choices(get_language()),
        })  # fmt: skip


class PublicPaper(OpenPage):
    """What is public of an agreement, on paper."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        languages = languages_of(request.GET, get_language())
        agreement = showing.registered().filter(number=number.upper()).first()
        if agreement is None:
            raise Http404
        return signed_out(paper.TEMPLATE, showing.sheet_of(agreement, languages), f"{agreement.number}.pdf")


class PublicRecord(OpenPage):
    """What has been signed, day by day, and how do I check it without this site?"""

    def get(self, request: HttpRequest) -> HttpResponse:
        heads = list(LedgerHead.objects.order_by("-id")[:HEADS])
        title = _("The record anyone can check")
        crumbs = [{"text": _("Register of agreements"), "url": reverse("public-agreements")}, {"text": title}]
        return self.drawn("cooperation/register_record.html", {
            "title": title, "crumbs": crumbs, "record": showing.record_facts(),
            "keys": list(dict.fromkeys(head.key for head in heads)), "certificate": signing(), **showing.heads_table(heads),
        })  # fmt: skip


def program() -> bytes:
    """The offline program, as it stands in the source."""
    return Path(verify_audit.__file__).read_bytes()


class Verifier(OpenPage):
    """The program that checks everything without this site: one file."""

    def get(self, request: HttpRequest) -> HttpResponse:
        told = {"Content-Disposition": 'attachment; filename="verify_audit.py"', "Cache-Control": DAY}
        return HttpResponse(program(), content_type="text/x-python; charset=utf-8", headers=told)


class PaperCertificate(OpenPage):
    """The certificate with which this platform signs papers, to check them without it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        by = signing()
        if by is None:
            raise Http404
        told = {"Content-Disposition": 'attachment; filename="certificate.pem"', "Cache-Control": DAY}
        return HttpResponse(by.pem(), content_type="application/x-pem-file", headers=told)
