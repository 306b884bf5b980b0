"""Pages of obligations: the list, one of them with its evidence, and the moves of both sides."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views import View

from accounts.clock import now, today
from accounts.scoped import Scoped
from cooperation.obligations import actions, listing, presenting
from cooperation.obligations.forms import EvidenceForm
from cooperation.obligations.links import can_ask_by_link
from cooperation.obligations.models import TO_DO, Evidence, Obligation, ObligationStatus
from cooperation.obligations.proofs import choices_for
from cooperation.obligations.rules import OBLIGATION, owes, owes_or_benefits
from cooperation.obligations.showing import RELATED, badge_of, page, what
from cooperation.pages.listpage import ReadyList, Words
from cooperation.pages.records import READERS, Asked, AskedMove, AtOnce, RecordPage
from exchange.once import Once
from lifecycle.transitions import Unmet


class ObligationList(ReadyList):
    """What was promised, by whom, until when, and what waits for me?"""

    scope = Obligation
    allowed_roles = READERS
    related = RELATED
    listing = listing
    table, icon, heads = "cooperation/_obligation_table.html", "agreement", ("due_on",)
    words = Words(
        _l("Obligations"), "obligation", _l("No obligation fits these filters"), _l("All obligations"),
        _l("There are no obligations yet"),
        _l("They come from concluded agreements by themselves: what each party promised, until when."),
    )  # fmt: skip

    def prepared(self, rows: Any) -> Any:
        return presenting.with_all(rows)

    def shown(self, rows: Any, user: Any, on: Any, view: str) -> Any:
        return presenting.rows_of(rows, on)


class Record(RecordPage):
    """A page of one obligation."""

    scope = Obligation
    related = RELATED
    machine, word, plural = OBLIGATION, "obligation", _l("Obligations")

    def get_queryset(self) -> Any:
        return presenting.with_all(super().get_queryset())

    def called(self) -> str:
        return what(self.get_object())


class ObligationDetail(Record, View):
    """What was promised, what shows that it was done, what now?"""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return self.page()

    def page(self, status: int = 200, errors: Any = ()) -> HttpResponse:
        row, user, on = self.get_object(), self.request.user, today()
        buttons = presenting.buttons_of(row, user)
        may_add = owes(user, row) and row.status in TO_DO
        return render(self.request, "cooperation/obligation_detail.html", {
            "title": what(row), "number": row.agreement.number, "public_id": row.public_id, "crumbs": self.crumbs({"text": what(row)}),
            "errors": errors, "page_errors": bool(errors), "status": badge_of(row, on),
            "facts": presenting.facts_of(row), "progress": presenting.progress_of(row),
            "evidence": presenting.evidence_of(row, user), "add": page(row, "evidence") if may_add else "",
            "timeline": presenting.timeline_of(row, owes_or_benefits(user, row)),
            "ask": can_ask_by_link(user, row, on),
            "main": [each for each in buttons if each["kind"] == "main"],
            "others": [each for each in buttons if each["kind"] != "main"],
        }, status=status)  # fmt: skip


MOVES: dict[str, tuple[Callable[..., Obligation], Any]] = {
    "submit": (actions.submit_obligation, _l("Handed in. The other side is asked to accept it.")),
    "accept": (actions.accept_obligation, _l("Accepted: the obligation is fulfilled.")),
}


class MoveObligation(AtOnce, ObligationDetail):
    """One tap of a side."""

    at_once = MOVES

    def place_of(self, condition: Any) -> str:
        return "#evidence"


class AddEvidence(Record, Once, View):
    """What shows that it was done?"""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return self.page(self.form())

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        form = self.form(request.POST, request.FILES)
        if form.is_valid():
            try:
                actions.add_evidence(self.get_object(), by=request.user, at=now(), **form.said())
            except ValidationError as error:
                self.again()
                for name, told in error.message_dict.items():
                    form.add_error(name if name in form.fields else None, told)
        if not form.is_valid():
            return self.page(form, 422)
        messages.success(request, _("Evidence added. Hand it in when everything is here."))
        return redirect(self.address)

    def form(self, *sent: Any) -> EvidenceForm:
        self.permit("submit")
        row = self.get_object()
        return EvidenceForm(*sent, offered=choices_for(self.request.user, row.responsible_id))

    def page(self, form: EvidenceForm, status: int = 200) -> HttpResponse:
        context = {**self.frame(_("Add evidence")), "form": form, "page_errors": status == 422}
        return render(self.request, "cooperation/obligation_evidence.html", context, status=status)


class OneEvidence(Scoped):
    """One piece of evidence of a visible obligation."""

    scope = Evidence
    allowed_roles = READERS
    related = ("obligation__agreement", "obligation__kind", "obligation__responsible", "obligation__beneficiary")


class EvidenceFile(OneEvidence, View):
    """The file, for whoever may read the obligation."""

    def get(self, request: HttpRequest, public_id: str) -> FileResponse:
        proof = self.get_object()
        name = proof.file.name
        if not name or not proof.file.storage.exists(name):
            raise Http404
        return presenting.file_of(proof)


class DropEvidence(OneEvidence, Once, View):
    """Taken back before it is handed in."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        try:
            obligation = actions.drop_evidence(self.get_object(), by=request.user, at=now())
        except Unmet as unmet:
            messages.warning(request, str(unmet))
            return redirect(page(self.get_object().obligation))
        messages.success(request, _("Evidence taken back."))
        return redirect(page(obligation))


class AskObligation(Record, AskedMove):
    """Not enough, or not needed: and why."""

    moves = {
        "return": Asked(
            actions.return_obligation, _l("Return it"),
            _l("It goes back to the other side, which reads your reason and can hand it in again."), _l("Return"),
            ObligationStatus.RETURNED.label,
        ),
        "waive": Asked(
            actions.waive_obligation, _l("Do without it"),
            _l("The other side owes it no longer. It still counts as something that was promised."), _l("Waive"),
            ObligationStatus.WAIVED.label,
        ),
    }  # fmt: skip
