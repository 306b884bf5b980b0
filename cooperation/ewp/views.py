"""Pages of the exchange with partners abroad: what of an agreement goes out, and a file looked at before it is taken."""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View

from accounts.clock import now
from accounts.names import name_now
from accounts.scoped import Scoped
from accounts.wording import day_short
from cooperation.agreements.models import Agreement
from cooperation.agreements.presenting import page
from cooperation.agreements.records import Record
from cooperation.agreements.rules import can_edit, is_open_draft
from cooperation.ewp import actions
from cooperation.ewp.exporting import outgoing
from cooperation.ewp.handing import as_file
from cooperation.ewp.parsing import NotEwp, read_iias
from cooperation.ewp.trees import MAX_BYTES
from cooperation.ewp.writing import write_iias
from exchange.once import Once
from institutions.registry.scope import Role, houses


class AgreementEwp(Record, View):
    """Can this agreement go to a partner's system, and what of it?"""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        agreement = self.agreement
        found = outgoing(agreement, self.revision(), houses(request.user))
        if found.iia is not None and "file" in request.GET:
            return as_file(agreement, write_iias([found.iia]))
        edit = is_open_draft(agreement) and can_edit(request.user, agreement)
        context = {
            **self.frame(_("Exchange with a partner abroad")),
            "iia": found.iia, "rows": rows_of(found.iia) if found.iia else [], "left_out": found.left_out,
            "unmet": [{"text": str(each.message), "url": page(agreement, "edit") if edit else ""} for each in found.unmet],
        }  # fmt: skip
        return render(request, "cooperation/ewp_agreement.html", context)


def rows_of(iia: Any) -> list[dict[str, Any]]:
    """The mobilities of an agreement in a table."""
    return [
        {
            "kind": each.kind, "sending": each.sending, "receiving": each.receiving, "people": each.per_year,
            "years": f"{each.first_year} – {each.last_year}", "areas": ", ".join(area.isced for area in each.areas),
            "languages": ", ".join(f"{one.language} {one.level}".strip() for one in each.languages),
        }
        for each in iia.mobilities
    ]  # fmt: skip


class EwpIntake(Scoped, Once, View):
    """A file of a partner's system: first what it would become, then the drafts."""

    scope = Agreement
    allowed_roles = {Role.INSTITUTION_ADMIN.value}
    request: HttpRequest

    def get(self, request: HttpRequest) -> HttpResponse:
        actions.permit(request.user)
        return self.page([])

    def post(self, request: HttpRequest) -> HttpResponse:
        actions.permit(request.user)
        try:
            content = self.content(request)
            iias = read_iias(content)
            if "take" not in request.POST:
                return self.page([], found=actions.incoming(iias, by=request.user), content=content)
            made = actions.draft_from_ewp(iias, by=request.user, at=now())
        except NotEwp as wrong:
            return self.page(wrong.faults, status=422)
        said = ngettext("%(count)d draft was made of the file.", "%(count)d drafts were made of the file.", len(made))
        messages.success(request, said % {"count": len(made)})
        return redirect(page(made[0]) if len(made) == 1 else reverse("agreement-list"))

    def content(self, request: HttpRequest) -> bytes:
        """The file that was sent, or the one that was looked at. Raises NotEwp."""
        if "take" in request.POST:
            try:
                return b64decode(request.POST.get("content", ""), validate=True)
            except (NotBase64, ValueError):
                raise NotEwp([_("File: choose the XML file again.")]) from None
        file = request.FILES.get("file")
        if file is None:
            raise NotEwp([_("File: choose the XML file.")])
        return bytes(file.read(MAX_BYTES + 1))

    def page(
        self, faults: list[str], *, found: list[actions.Incoming] | None = None, content: bytes = b"", status: int = 200
    ) -> HttpResponse:
        title = _("Agreement from a partner abroad")
        context = {
            "title": title, "crumbs": Record.crumbs({"text": title}), "faults": [{"text": each} for each in faults],
            "found": [shown(each) for each in found or []], "content": b64encode(content).decode() if found else "",
        }  # fmt: skip
        return render(self.request, "cooperation/ewp_intake.html", context, status=status)


def shown(each: actions.Incoming) -> dict[str, Any]:
    """An agreement of the file before it is taken."""
    people = sum(each.left_out.values())
    left = ngettext("%(count)d contact person", "%(count)d contact persons", people) % {"count": people}
    return {
        "title": each.title, "house": name_now(each.house.names), "partner": name_now(each.partner.names),
        "starts": day_short(each.starts_on) if each.starts_on else "", "ends": day_short(each.ends_on) if each.ends_on else "",
        "rows": rows_of(each.iia), "left_out": left if people else "", "hash_holds": each.iia.hash_holds,
    }  # fmt: skip
