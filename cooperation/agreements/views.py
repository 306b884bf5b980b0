"""Pages of agreements: the list, the record, its wordings, and its moves."""

import secrets
from typing import Any

from django.contrib import messages
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View

from accounts.clock import now, today
from accounts.doors import ParameterError
from accounts.listing import PAGE_ONLY, Keyset, read_ordering, refuse
from accounts.names import name_now
from accounts.scoped import Scoped
from accounts.wording import counted
from cooperation.agreements import actions, listing, presenting, signing
from cooperation.agreements import content as wording
from cooperation.agreements.forms import ReasonForm, SignForm
from cooperation.agreements.models import Agreement, Revision
from cooperation.agreements.records import READERS, Record, crumbs
from cooperation.agreements.rules import acting_houses, admin_houses, can_edit, can_erase, is_open_draft
from cooperation.agreements.standing import parties_of, standing_for
from exchange.jobs.actions import hand_out
from exchange.once import PAGE_KEY, Once
from institutions.registry.scope import HOUSE_ROLES, houses
from lifecycle.transitions import Unmet

FILE_FORMS = ("CSV", "XLSX")


class AgreementList(Scoped, View):
    """Which agreements need action, and whose."""

    scope = Agreement
    allowed_roles = READERS

    def get(self, request: HttpRequest) -> HttpResponse:
        known = {*listing.AgreementPageFilters.base_filters, *PAGE_ONLY, "ordering", "cursor", "limit", "format"}
        unknown = [name for name in request.GET if name not in known]
        if unknown:
            raise ParameterError(refuse(unknown[0], "unknown_parameter", _("There is no such parameter.")).detail)
        if request.GET.get("format"):
            return self.file(request)
        return render(request, "cooperation/agreements_list.html", self.context(request))

    def file(self, request: HttpRequest) -> HttpResponse:
        form = request.GET["format"]
        if form not in ("csv", "xlsx"):
            raise ParameterError(refuse("format", "invalid", _("Write csv or xlsx.")).detail)
        params = {
            name: value for name, value in request.GET.items() if name not in ("format", "cursor", "limit", "ordering")
        }
        made = hand_out(
            listing.AGREEMENTS, params, form, by=request.user, at=now(), today=today(), language=get_language() or "uz"
        )
        if not isinstance(made, tuple):
            messages.success(request, _("The file is being prepared. You will find it under “My files”."))
            return redirect("agreement-list")
        content, name, kind = made
        return HttpResponse(
            content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
        )

    def context(self, request: HttpRequest) -> dict[str, Any]:
        on, user = today(), request.user
        seen = self.get_queryset()
        counts = listing.counts_of(seen, user, on)
        view = request.GET.get("view") or (listing.MINE if counts[listing.MINE] and not request.GET else listing.ALL)
        if view not in listing.VIEW_WORDS:
            raise ParameterError(refuse("view", "invalid", _("There is no such view.")).detail)
        filters = listing.filters_of(request.GET, user, listing.narrowed(seen, view, user, on))
        order = read_ordering(request.GET.get("ordering"), listing.SORTS, listing.default_order(view))
        request.query_params = request.GET  # type: ignore[attr-defined]  # what the page machine of lists reads
        keyset = Keyset(request, order)
        rows = keyset.page(presenting.as_rows(filters.qs))
        chips = listing.chips_of(filters, request.GET)
        return {
            "crumbs": [{"text": _("Agreements")}],
            "filters": filters.form, "chips": chips, "clear": f"?view={view}", "view": view,
            "views": [{"text": words, "url": f"?view={code}", "count": counts[code], "current": code == view}
                      for code, words in listing.VIEW_WORDS.items()],
            "rows": presenting.rows_of(rows, acting_houses(user), on),
            "links": keyset.links(), "total": counted(filters.qs.count() if chips else counts[view], "agreement"),
            "sorts": self.sorts(request, order[0]), "may_draft": bool(admin_houses(user)),
            "files": [{"text": form, "url": f"?{self.query(request, format=form.lower())}"} for form in FILE_FORMS],
            "page_errors": not filters.is_valid(),
        }  # fmt: skip

    def query(self, request: HttpRequest, **changed: str) -> str:
        params = request.GET.copy()
        for name in ("cursor", *changed):
            params.pop(name, None)
        params.update(changed)
        return params.urlencode()

    def sorts(self, request: HttpRequest, order: str) -> dict[str, dict[str, str]]:
        """Addresses of the sortable heads and how they are sorted now."""
        found = {}
        for name in ("number", "ends_on"):
            turned = f"-{name}" if order == name else name
            state = {name: "ascending", f"-{name}": "descending"}.get(order, "")
            found[name] = {"url": f"?{self.query(request, ordering=turned)}", "sort": state}
        return found


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
        buttons = presenting.buttons(agreement, request.user)
        return render(request, "cooperation/agreement_detail.html", {
            "agreement": agreement, "revision": revision, "standing": standing,
            "crumbs": crumbs({"text": agreement.number}),
            "status": presenting.status_words(standing), "signed": presenting.signed_words(standing),
            "document": presenting.document(revision), "signatures": presenting.signatures(revision),
            "timeline": presenting.timeline_of(agreement, names, is_party or agreement.initiator_id in own),
            "main": buttons[:1], "others": buttons[1:], "once": secrets.token_urlsafe(18),
            "earlier": [each for each in self.readable() if each.pk != revision.pk],
            "edit": is_open_draft(agreement) and can_edit(request.user, agreement),
            "erase": can_erase(request.user, agreement),
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
            "signatures": presenting.signatures(revision),
        }
        return render(
            request,
            "cooperation/agreement_revision.html",
            {**self.frame(_("Revision %(number)s") % {"number": number}), **context},
        )


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
            return self.changed(other)
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

    def changed(self, other: signing.OtherContent) -> HttpResponse:
        """Somebody proposed another wording after this one was opened: the difference, and nothing signed."""
        present = other.revision
        words = presenting.Words(wording.read(present)) if present else None
        changes = [presenting.clause_words(change, words) for change in other.changes] if words else []
        context = {**self.frame(_("The agreement has changed")), "changes": changes, "revision": present}
        return render(self.request, "cooperation/agreement_changed.html", context, status=409)


class ReasonedMove(Record, Once, View):
    """A move that says why, on a page of its own that says what it means."""

    move = ""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        self.permit(self.move)
        return self.page()

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        form = ReasonForm(request.POST)
        self.permit(self.move)
        if not form.is_valid():
            return self.page(form.errors["reason"][0], 422)
        getattr(actions, f"{self.move}_agreement")(
            self.agreement, by=request.user, at=now(), reason=form.cleaned_data["reason"]
        )
        messages.success(request, self.words()[3])
        return redirect(presenting.page(self.agreement))

    def words(self) -> tuple[str, str, str, str]:
        """Title, consequence, verb, and what is said afterwards."""
        raise NotImplementedError

    def page(self, error: str = "", status: int = 200) -> HttpResponse:
        title, consequence, verb, _done = self.words()
        context = {**self.frame(title), "consequence": consequence, "verb": verb, "error": error,
                   "page_errors": bool(error),
                   "fields": [{"name": PAGE_KEY, "value": secrets.token_urlsafe(18)}]}  # fmt: skip
        return render(self.request, "cooperation/agreement_reason.html", context, status=status)


class DeclineAgreement(ReasonedMove):
    """No, and why."""

    move = "decline"

    def words(self) -> tuple[str, str, str, str]:
        return (
            _("Decline the agreement"),
            _("The agreement goes back to a draft. All parties read your reason; signatures given so far are void."),
            _("Decline"),
            _("The agreement was declined."),
        )


class WithdrawAgreement(ReasonedMove):
    """Back, for good."""

    move = "withdraw"

    def words(self) -> tuple[str, str, str, str]:
        return (
            _("Withdraw the agreement"),
            _("The agreement is taken back for good. Its number is not used again."),
            _("Withdraw"),
            _("The agreement was withdrawn."),
        )


class RedraftAgreement(Record, Once, View):
    """A new revision after a refusal."""

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        actions.redraft(self.agreement, by=request.user, at=now())
        return redirect(presenting.page(self.agreement, "edit"))
