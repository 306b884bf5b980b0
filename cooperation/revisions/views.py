"""Pages on which a concluded agreement is changed, renewed, paused, ended, undone, left or copied."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from accounts.clock import now, today
from cooperation.agreements import actions, copying, deciding, leaving, presenting, revising
from cooperation.agreements import content as wording
from cooperation.agreements.forms import ChangeForm, TermsStep
from cooperation.agreements.models import Revision
from cooperation.agreements.records import Record
from cooperation.agreements.rules import can_copy
from cooperation.pages.forms import ReasonForm
from cooperation.revisions import forms
from exchange.once import Once
from lifecycle.transitions import Unmet, WrongStatus


@dataclass(frozen=True)
class Asking:
    """A move with its own page: what makes it, what it asks for, and how it is said."""

    act: Callable[..., Any]
    form: type[Any]
    title: Any
    consequence: Any
    verb: Any
    done: Any
    danger: bool = True


ALL_SIGN = gettext_lazy("It is a new revision: it happens when all parties have signed it.")
ASKED = gettext_lazy("It was put before all parties. Sign it for your own organisation.")
MOVES = {
    "renew": Asking(
        revising.renew_agreement, forms.RenewForm, gettext_lazy("Renew the agreement"),
        gettext_lazy("The same terms with a later last day. It is a new revision: it holds when all parties have signed it."),
        gettext_lazy("Propose the renewal"), ASKED, danger=False,
    ),
    "decide": Asking(
        deciding.decide_agreement, forms.DecideForm, gettext_lazy("Decide about the end"),
        gettext_lazy("All parties read what your organisation means to do when the agreement ends. The first decision counts."),
        gettext_lazy("Record the decision"), gettext_lazy("The decision was recorded."), danger=False,
    ),
    "revert": Asking(
        actions.revert_agreement, forms.Nothing, gettext_lazy("Take the proposal back"),
        gettext_lazy("The open revision is taken back. What was concluded before stays, and nobody has to sign again."),
        gettext_lazy("Take back"), gettext_lazy("The proposal was taken back."),
    ),
    "propose_suspension": Asking(
        revising.propose_suspension, forms.PauseForm, gettext_lazy("Suspend the agreement"), ALL_SIGN,
        gettext_lazy("Propose the suspension"), ASKED,
    ),
    "propose_resumption": Asking(
        revising.propose_resumption, ReasonForm, gettext_lazy("Resume the agreement"), ALL_SIGN,
        gettext_lazy("Propose to resume"), ASKED, danger=False,
    ),
    "propose_termination": Asking(
        revising.propose_termination, forms.EarlyEndForm, gettext_lazy("End the agreement early"),
        gettext_lazy("The agreement ends as a whole on that day, once all parties have signed. One month is left to undo it."),
        gettext_lazy("Propose the early end"), ASKED,
    ),
    "propose_annulment": Asking(
        revising.propose_annulment, ReasonForm, gettext_lazy("Annul the agreement"),
        gettext_lazy("The agreement is undone from its start, once all parties have signed. Only where nothing was done yet."),
        gettext_lazy("Propose to annul"), ASKED,
    ),
    "propose_reinstatement": Asking(
        revising.propose_reinstatement, ReasonForm, gettext_lazy("Put the agreement back in force"), ALL_SIGN,
        gettext_lazy("Propose to put it back"), ASKED, danger=False,
    ),
    "give_notice": Asking(
        leaving.give_notice, forms.NoticeForm, gettext_lazy("Give notice to leave"),
        gettext_lazy("Your organisation leaves on that day. All parties are told at once; until the day you can take it back."),
        gettext_lazy("Give notice"), gettext_lazy("Your notice was given."),
    ),
    "take_back_notice": Asking(
        leaving.take_back_notice, forms.Nothing, gettext_lazy("Take the notice back"),
        gettext_lazy("Your organisation stays a party."), gettext_lazy("Take back"),
        gettext_lazy("Your notice was taken back."), danger=False,
    ),
}  # fmt: skip


class Asked(Record, Once, View):
    """A page with the words of one move, its fields, and everything that is still lacking."""

    def page(self, asking: Any, form: Any, status: int = 200, errors: Any = ()) -> HttpResponse:
        context = {**self.frame(asking.title), "form": form, "asking": asking, "errors": errors}
        return render(self.request, "cooperation/agreement_move.html", context, status=status)

    def lacking(self, unmet: Unmet, form: Any) -> list[dict[str, str]]:
        """Each condition as a line, leading to its field where the form has one."""
        return [
            {
                "text": str(each.message),
                "url": f"#id_{name}" if (name := each.pointer.strip("/")) in form.fields else "",
            }
            for each in unmet.conditions
        ]


class MoveAgreement(Asked):
    """One move of the agreement, asked about before it is made."""

    def asking(self, move: str) -> Asking:
        if move not in MOVES:
            raise Http404
        self.permit(move)
        return MOVES[move]

    def get(self, request: HttpRequest, public_id: str, move: str) -> HttpResponse:
        self.get_object()
        asking = self.asking(move)
        return self.page(asking, asking.form(initial=forms.initial_of(move, self.agreement, today())))

    def post(self, request: HttpRequest, public_id: str, move: str) -> HttpResponse:
        self.get_object()
        asking = self.asking(move)
        form = asking.form(request.POST)
        if not form.is_valid():
            return self.page(asking, form, 422)
        try:
            asking.act(self.agreement, by=request.user, at=now(), **form.cleaned_data)
        except Unmet as unmet:
            self.again()
            return self.page(asking, form, 422, self.lacking(unmet, form))
        messages.success(request, asking.done)
        return redirect(presenting.page(self.agreement))


COPY = Asking(
    copying.copy_agreement, forms.CopyForm, gettext_lazy("Copy into a new agreement"),
    gettext_lazy("A new draft with the same parties, text and obligations. Only the dates move on."),
    gettext_lazy("Make the draft"), gettext_lazy("The new draft is ready: check it and send it."), danger=False,
)  # fmt: skip


class CopyAgreement(Asked):
    """Last year's agreement as a new draft."""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        self.check()
        return self.page(COPY, forms.CopyForm(initial=forms.initial_of("copy", self.agreement, today())))

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        self.check()
        form = forms.CopyForm(request.POST)
        if not form.is_valid():
            return self.page(COPY, form, 422)
        draft = copying.copy_agreement(self.agreement, by=request.user, at=now(), **form.cleaned_data)
        messages.success(request, COPY.done)
        return redirect(presenting.page(draft, "check"))

    def check(self) -> None:
        if not can_copy(self.request.user, self.agreement):
            raise PermissionDenied


class AmendAgreement(Record, Once, View):
    """Another wording for what was concluded: first the difference, then the sending."""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        self.permit("amend")
        source = self.source()
        form = ChangeForm(
            initial={**ChangeForm.initial_of(source), "ends_on": self.agreement.ends_on}, user=request.user
        )
        return self.page(form, TermsStep(initial=TermsStep.initial_of(source), revision=source))

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        self.permit("amend")
        source = self.source()
        form = ChangeForm(request.POST, user=request.user)
        terms = TermsStep(request.POST, initial=TermsStep.initial_of(source), revision=source)
        if not (form.is_valid() and terms.is_valid()):
            return self.page(form, terms, 422)
        try:
            changes = self.amend(form, terms, source, for_good="send" in request.POST)
        except Unmet as unmet:
            self.again()
            return self.page(form, terms, 422, errors=[{"text": str(each.message)} for each in unmet.conditions])
        if changes:
            return self.page(form, terms, changes=changes)
        messages.success(request, ASKED)
        return redirect(presenting.page(self.agreement))

    def source(self) -> Revision:
        """The concluded revision."""
        if self.agreement.concluded is None:
            raise WrongStatus(self.agreement.status)
        return self.agreement.concluded

    def amend(self, form: Any, terms: Any, source: Revision, *, for_good: bool) -> list[dict[str, Any]]:
        """Proposes the change; one that is only looked at is taken back at once, and its clauses are handed over."""
        agreement = self.agreement
        with transaction.atomic():
            revising.amend_agreement(agreement, by=self.request.user, at=now(), **form.content(), **terms.content())
            if for_good or agreement.shown is None:
                return []
            changes = presenting.changed_clauses(wording.read(source), wording.read(agreement.shown))
            transaction.set_rollback(True)
        agreement.refresh_from_db()
        return changes

    def page(self, form: Any, terms: Any, status: int = 200, **more: Any) -> HttpResponse:
        context = {**self.frame(_("Change the agreement")), "form": form, "terms": terms, "amends": True, **more}
        return render(self.request, "cooperation/agreement_change.html", context, status=status)
