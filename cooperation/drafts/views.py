"""Pages on which a wording is written: the wizard of a draft, the check before it is sent, and a proposed change."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from accounts.clock import now, today
from accounts.scoped import Scoped
from cooperation.agreements import actions, presenting
from cooperation.agreements import content as wording
from cooperation.agreements.forms import STEPS, ChangeForm, PartiesStep, TermsStep
from cooperation.agreements.models import Agreement, Revision
from cooperation.agreements.records import Record
from cooperation.agreements.rules import admin_houses, can_edit, can_erase, is_open_draft
from cooperation.clauses import library
from cooperation.clauses.actions import add_clause, use_template
from cooperation.clauses.showing import library_for
from cooperation.drafts import steps
from cooperation.drafts.duplicates import repeated_by
from exchange.once import Once
from institutions.registry.models import Institution
from institutions.registry.scope import Role
from lifecycle.transitions import Unmet, WrongStatus


class NewAgreement(Scoped, Once, View):
    """The first step of a draft that is not there yet: it becomes a row when it is sent, not when it is opened."""

    scope = Agreement
    allowed_roles = {Role.INSTITUTION_ADMIN.value}

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(PartiesStep(user=request.user))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PartiesStep(request.POST, user=request.user)
        house = self.house(request)
        if not form.is_valid():
            return self.page(form, 422)
        content = form.content()
        own = {"institution": house, "role": form.cleaned_data.get("own_role")}
        agreement = actions.draft_agreement(
            by=request.user, at=now(), institution=house, **{**content, "parties": [own, *content["parties"]]}
        )
        return redirect(steps.step_url(agreement, steps.after("parties")))

    def house(self, request: HttpRequest) -> Institution:
        """The own institution that was chosen, or the only one."""
        own = (
            Institution.objects.visible_to(request.user)
            .filter(pk__in=admin_houses(request.user))
            .order_by("sort_key", "pk")
        )  # type: ignore[attr-defined]
        chosen = own.filter(public_id=request.POST["institution"]) if request.POST.get("institution") else own
        if not chosen:
            raise PermissionDenied
        found: Institution = chosen[0]
        return found

    def page(self, form: PartiesStep, status: int = 200) -> HttpResponse:
        own = (
            Institution.objects.visible_to(self.request.user)
            .filter(pk__in=admin_houses(self.request.user))
            .order_by("sort_key", "pk")
        )  # type: ignore[attr-defined]
        if not own:
            raise PermissionDenied
        context = {
            "title": _("New agreement"), "crumbs": Record.crumbs({"text": _("New agreement")}), "form": form, "own": list(own),
            "choices": getattr(form, "choices", []), "steps": steps.unstarted(),
        }  # fmt: skip
        return render(self.request, "cooperation/draft_new.html", context, status=status)


class Draft(Record):
    """What the pages of the wizard share: only the drafting side's administrator, only while it is a draft."""

    allowed_roles = {Role.INSTITUTION_ADMIN.value}

    def open_draft(self) -> Revision:
        """The draft revision; 403 for others, 409 when it is no draft any more."""
        agreement = self.agreement
        if not can_edit(self.request.user, agreement):
            raise PermissionDenied
        if not is_open_draft(agreement) or agreement.latest is None:
            raise WrongStatus(agreement.status)
        return agreement.latest

    def beside(self, revision: Revision, current: str = "") -> dict[str, Any]:
        """The list of steps and the summary that stand on every page of the wizard."""
        agreement = self.agreement
        return {
            "steps": steps.steps_of(agreement, revision, today(), current),
            "summary": steps.summary(agreement, revision, with_links=not current),
            "erase": can_erase(self.request.user, agreement),
            "saved_at": f"{timezone.localtime(agreement.modified_at):%H:%M}",
        }


class EditDraft(Draft, View):
    """What is left to fill?"""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        revision = self.open_draft()
        return render(request, "cooperation/draft_steps.html", {**self.frame(_("Draft")), **self.beside(revision)})


class EditStep(Draft, Once, View):
    """One step of the draft, saved when it is left and every two seconds while somebody types."""

    def get(self, request: HttpRequest, public_id: str, step: str) -> HttpResponse:
        revision = self.open_draft()
        form_class = self.form_class(step)
        if step == "terms":
            form = form_class(initial=form_class.initial_of(revision), revision=revision)
        else:
            form = form_class(initial=form_class.initial_of(revision), user=request.user, revision=revision)
        return self.page(step, form, revision)

    def post(self, request: HttpRequest, public_id: str, step: str) -> HttpResponse:
        revision = self.open_draft()
        form = self.bound(step, revision)
        if not form.is_valid():
            return self.page(step, form, revision, 422)
        try:
            actions.save_draft(self.agreement, by=request.user, at=now(), version=self.version(), **form.content())
        except actions.StaleDraft:
            return self.stale(step, form)
        inserted = step == "subject" and self.insert()
        again = inserted or "add" in request.POST or request.POST.get("remove")
        following = step if again else steps.after(step)
        return redirect(
            steps.step_url(self.agreement, following) if following else presenting.page(self.agreement, "check")
        )

    def insert(self) -> bool:
        """Puts in the template or the clause whose button was pressed; whether one was."""
        asked = self.request.POST
        languages = [each for each in library.LANGUAGES if each in asked.getlist("language")] or ["uz"]
        with_whom = {"languages": languages, "by": self.request.user, "at": now()}
        if asked.get("template"):
            template = library.templates().filter(code=asked["template"]).first()
            if template is None:
                raise Http404
            use_template(self.agreement, template, **with_whom)
            messages.success(self.request, _("The template was put in. What was written stays."))
            return True
        if asked.get("clause"):
            clause = library.by_code(library.clauses()).get(asked["clause"])
            if clause is None:
                raise Http404
            add_clause(self.agreement, clause, **with_whom)
            messages.success(self.request, _("The clause was put at the end of the text."))
            return True
        return False

    def form_class(self, step: str) -> Any:
        if step not in STEPS:
            raise Http404
        return STEPS[step]

    def bound(self, step: str, revision: Revision) -> Any:
        form_class = self.form_class(step)
        if step == "terms":
            return form_class(self.request.POST, initial=form_class.initial_of(revision), revision=revision)
        return form_class(self.request.POST, user=self.request.user, revision=revision)

    def version(self) -> int | None:
        """The version the editor had read; a form without one saves what it says."""
        text = self.request.POST.get("version", "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

    def stale(self, step: str, form: Any) -> HttpResponse:
        """Somebody else saved meanwhile: both values, field by field, and the question which shall stay."""
        self.agreement.refresh_from_db()
        revision = self.open_draft()
        changes = steps.conflict(step, form, revision)
        return self.page(step, form, revision, 409, changes=changes, page_errors=True)

    def page(self, step: str, form: Any, revision: Revision, status: int = 200, **more: Any) -> HttpResponse:
        partners = revision.parties.select_related("institution", "role").exclude(institution=revision.drafted_for)
        context = {
            **self.frame(steps.NAMES[step]), **self.beside(revision, step), "step": step, "form": form,
            "partners": partners.order_by("position", "pk"), "choices": getattr(form, "choices", []),
            "last": not steps.after(step), **(library_for(revision) if step == "subject" else {}), **more,
        }  # fmt: skip
        return render(self.request, f"cooperation/draft_{step}.html", context, status=status)


class SaveStep(EditStep):
    """The same step saved by itself; answers with the version the next save is based on."""

    def check_page_key(self, request: Any) -> None:
        """A save names the version it is based on, so a repeated one is refused as stale by itself."""

    def get(self, request: HttpRequest, public_id: str, step: str) -> HttpResponse:
        return redirect(steps.step_url(self.agreement, step))

    def post(self, request: HttpRequest, public_id: str, step: str) -> HttpResponse:
        form = self.bound(step, self.open_draft())
        if not form.is_valid():
            return JsonResponse({"saved": False}, status=422)
        try:
            actions.save_draft(self.agreement, by=request.user, at=now(), version=self.version(), **form.content())
        except actions.StaleDraft as stale:
            return JsonResponse({"version": stale.version}, status=409)
        at = timezone.localtime(self.agreement.modified_at)
        return JsonResponse({"version": self.agreement.version, "saved_at": f"{at:%H:%M}"})


class CheckDraft(Draft, Once, View):
    """All answers on one page, and the sending."""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return self.page(steps.missing(self.open_draft(), today()))

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        try:
            actions.propose_agreement(self.agreement, by=request.user, at=now())
        except Unmet as unmet:
            return self.page(unmet.conditions, 422, page_errors=True)
        messages.success(request, _("The agreement was sent to the partner."))
        return redirect(presenting.page(self.agreement))

    def page(self, conditions: Any, status: int = 200, **more: Any) -> HttpResponse:
        revision = self.open_draft()
        context = {
            **self.frame(_("Check and send")),
            **self.beside(revision),
            "errors": steps.errors_of(self.agreement, conditions),
            "repeated": repeated_by(self.agreement, revision, self.request.user),
            **more,
        }
        return render(self.request, "cooperation/draft_check.html", context, status=status)


class ChangeAgreement(Record, Once, View):
    """Another wording for what is proposed: first the difference, then the sending."""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        self.permit("change")
        revision = self.revision()
        form = ChangeForm(initial=ChangeForm.initial_of(revision), user=request.user)
        return self.page(form, TermsStep(initial=TermsStep.initial_of(revision), revision=revision))

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        self.permit("change")
        revision = self.revision()
        form = ChangeForm(request.POST, user=request.user)
        terms = TermsStep(request.POST, initial=TermsStep.initial_of(revision), revision=revision)
        if not (form.is_valid() and terms.is_valid()):
            return self.page(form, terms, 422)
        try:
            changes = self.change(form, terms, revision, for_good="send" in request.POST)
        except Unmet as unmet:
            return self.page(form, terms, 422, errors=[{"text": str(each.message)} for each in unmet.conditions])
        if changes:
            return self.page(form, terms, changes=changes)
        messages.success(request, _("The change was sent to the parties. Approvals start again."))
        return redirect(presenting.page(self.agreement))

    def change(self, form: Any, terms: Any, revision: Revision, *, for_good: bool) -> list[dict[str, Any]]:
        """Makes the change; one that is only looked at is taken back at once, and its clauses are handed over."""
        agreement = self.agreement
        with transaction.atomic():
            actions.change_agreement(agreement, by=self.request.user, at=now(), **form.content(), **terms.content())
            if for_good or agreement.shown is None:
                return []
            changes = presenting.changed_clauses(wording.read(revision), wording.read(agreement.shown))
            transaction.set_rollback(True)
        agreement.refresh_from_db()
        return changes

    def page(self, form: Any, terms: Any, status: int = 200, **more: Any) -> HttpResponse:
        context = {
            **self.frame(_("Propose a change")),
            "form": form,
            "terms": terms,
            "signed": self.revision().parties.filter(state="approved").exists(),
            **more,
        }
        return render(self.request, "cooperation/agreement_change.html", context, status=status)


class EraseDraft(Record, Once, View):
    """Removes a draft nobody else has seen."""

    allowed_roles = {Role.INSTITUTION_ADMIN.value}

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        if not can_erase(request.user, self.agreement):
            raise PermissionDenied
        context = {
            "consequence": _("The draft is removed. Its number is not used again."),
            "verb": _("Remove the draft"),
        }
        return render(request, "cooperation/asked.html", {**self.frame(_("Remove the draft")), **context})

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        actions.erase_draft(self.agreement, by=request.user, at=now())
        messages.success(request, _("The draft was removed."))
        return redirect("agreement-list")
