"""The page of a personal link (no account, no session), and where a side asks for an answer by one."""

from types import ModuleType
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import FormView

from accounts.clock import now, today
from accounts.names import name_now, tag_of
from accounts.scoped import Scoped
from accounts.wording import day, day_short
from cooperation.activities import links
from cooperation.activities.models import Activity
from cooperation.activities.rules import MEMBERS, can_ask_by_link, is_logging_side
from cooperation.agreements import links as signing
from cooperation.agreements.records import Record
from cooperation.agreements.rules import SIGNS, can_remind
from cooperation.confirmations import claims, signing_words
from cooperation.confirmations.accepting import AcceptPage
from cooperation.confirmations.confirming import ConfirmPage
from cooperation.confirmations.forms import AskForm, AskToSignForm
from cooperation.confirmations.frame import HEADERS, LinkPage
from cooperation.confirmations.signing import SignPage
from cooperation.obligations import links as acceptance
from cooperation.obligations.models import Obligation
from cooperation.obligations.rules import ACCEPTS, owes
from cooperation.obligations.showing import RELATED, page, what
from exchange.once import Once, keep
from institutions.registry.models import Institution
from lifecycle.links import OPEN, find_link
from lifecycle.models import SignedLink
from lifecycle.transitions import Unmet

ASKERS = {role.value for role in MEMBERS}
PAGES: dict[str, type[LinkPage]] = {links.PURPOSE: ConfirmPage, SIGNS: SignPage, ACCEPTS: AcceptPage}


@method_decorator(csrf_exempt, name="dispatch")
class AnswerLink(View):
    """The page of a personal link, whatever it was made for. Opening it has no effect: messengers open every link.

    The right to answer is the token in the address and never a cookie, so there is nothing another site could borrow
    from a browser; instead of a CSRF cookie the form carries a seal over the content that stood on the page.
    """

    public = True
    http_method_names = ["get", "head", "post"]

    def dispatch(self, request: HttpRequest, token: str, **more: str) -> Any:
        asked = request.GET.get("lang", "")
        with override(asked if asked in dict(settings.LANGUAGES) else get_language()):
            link = find_link(token, *PAGES)
            if link is None:
                raise Http404
            self.shown = PAGES[link.purpose](request, link)
            answer = super().dispatch(request, token, **more)
            answer["Content-Language"] = tag_of(get_language() or settings.LANGUAGE_CODE)
        for name, value in HEADERS.items():
            answer[name] = value
        return answer

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self.shown.get()

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        return self.shown.post()


class LinkFile(AnswerLink):
    """A file of the evidence that lies before the bearer of a link."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, token: str, public_id: str) -> Any:
        if not isinstance(self.shown, AcceptPage):
            raise Http404
        return self.shown.file(public_id)


class AskPage(Scoped, Once, FormView):
    """Who was asked by a link, and asking somebody: the link goes out by e-mail."""

    allowed_roles = ASKERS
    form_class = AskForm
    template_name = "cooperation/asked_by_link.html"

    def ask(self, **said: Any) -> str:
        """Makes the link; its token."""
        raise NotImplementedError

    def here(self) -> str:
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            token = self.ask(**form.cleaned_data)
        except Unmet as unmet:
            return self.unmet(form, unmet)
        except ValidationError as error:
            for name, errors in error.error_dict.items():
                form.add_error(name if name in form.fields else None, errors)
            return self.form_invalid(form)
        return self.asked(token)

    def asked(self, token: str) -> HttpResponse:
        """Whoever asked does not see the link: it is for the other side alone."""
        messages.success(self.request, _("The link goes out by e-mail within a minute."))
        return redirect(self.here())


def line_of(link: SignedLink, state: str, side: str, take_back: str) -> dict[str, Any]:
    """A link in the list of the asking side: for whom, until when, how it stands."""
    return {
        "open": state == OPEN, "state": state, "side": side, "take_back": take_back,
        "whom": link.addressee_name or link.addressee_email or "–", "until": day_short(link.expires_at),
        "words": _("Waiting for an answer") if state == OPEN else str(
            claims.GIVEN_THERE.get(link.outcome) or claims.CLOSED[state].title
        ),
    }  # fmt: skip


class TakeBack(Scoped, Once, View):
    """The asking side takes a link back."""

    allowed_roles = ASKERS
    http_method_names = ["post"]
    ours: ModuleType  # whose links_of and withdraw_link
    back = ""

    def post(self, request: HttpRequest, public_id: str, link: str) -> HttpResponse:
        subject = self.get_object()
        self.permitted(subject)
        found = self.ours.links_of(subject).filter(public_id=link).first()
        if found is None:
            raise Http404
        self.ours.withdraw_link(subject, found, by=request.user, at=now())
        messages.success(request, _("The link no longer works."))
        return redirect(self.back, public_id=public_id)

    def permitted(self, subject: Any) -> None:
        """Raises PermissionDenied."""
        raise NotImplementedError


class ActivityLinks(AskPage):
    """Asking somebody outside whether joint work took place."""

    scope = Activity

    def enter(self, request: HttpRequest) -> None:
        super().enter(request)
        self.activity = self.get_object(self.get_queryset().select_related("type", "organiser"))
        if not is_logging_side(request.user, self.activity):
            raise PermissionDenied

    def get_form_kwargs(self) -> dict[str, Any]:
        sides = links.sides_to_ask(self.activity)
        inside = [house.pk for house in sides] == [self.activity.organiser_id]
        return {**super().get_form_kwargs(), "sides": sides, "inside": inside}

    def ask(self, **said: Any) -> str:
        return links.ask_by_link(self.activity, by=self.request.user, at=now(), **said)[1]

    def here(self) -> str:
        return reverse("activity-links", args=[self.activity.public_id])

    def asked(self, token: str) -> HttpResponse:
        """The link stands here once, to be sent by whatever reaches the other side."""
        if self._once is not None:  # a second click finds the list, for the token is stored nowhere
            keep(self._once, HttpResponseRedirect(self.here()))
            self._once = None
        address = self.request.build_absolute_uri(reverse("link-answer", args=[token]))
        kept = self.get_form_kwargs()
        fresh = AskForm(sides=kept["sides"], inside=kept["inside"])
        answer = self.render_to_response(self.get_context_data(form=fresh, link=address))
        answer["Cache-Control"] = "no-store"
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        at, activity = now(), self.activity
        name = name_now(activity.type.names)
        crumbs = [
            {"text": _("Activities"), "url": reverse("activity-list")},
            {"text": name, "url": reverse("activity-detail", args=[activity.public_id])},
        ]
        may = can_ask_by_link(self.request.user, activity) and links.sides_to_ask(activity).exists()
        rows = [
            line_of(
                link, links.standing_of(link, activity, at), claims.side_of(link, activity),
                reverse("link-withdraw", args=[activity.public_id, link.public_id]),
            )
            for link in links.links_of(activity)[:50]
        ]  # fmt: skip
        return super().get_context_data(**{
            "crumbs": [*crumbs, {"text": _("Personal links")}], "may": may, "link": "", "rows": rows,
            "what": f"{name}, {day(activity.starts_on)}", "nobody": _("Every side has answered already."), **kwargs,
        })  # fmt: skip


class WithdrawLink(TakeBack):
    """The logging side takes a link back."""

    scope, ours, back = Activity, links, "activity-links"

    def permitted(self, subject: Any) -> None:
        if not is_logging_side(self.request.user, subject):
            raise PermissionDenied


class ObligationLinks(AskPage):
    """Asking somebody of a side without accounts to accept what was handed in."""

    scope = Obligation
    related = RELATED

    def enter(self, request: HttpRequest) -> None:
        super().enter(request)
        self.obligation = self.get_object()
        if not owes(request.user, self.obligation):
            raise PermissionDenied

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "sides": acceptance.sides_to_ask(self.obligation, today())}

    def ask(self, **said: Any) -> str:
        return acceptance.ask_by_link(self.obligation, by=self.request.user, at=now(), **said)[1]

    def here(self) -> str:
        return reverse("obligation-links", args=[self.obligation.public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        at, row = now(), self.obligation
        found = list(acceptance.links_of(row)[:50])
        houses = Institution.objects.visible_to(self.request.user).filter(
            public_id__in={link.institution for link in found}
        )
        names = dict(houses.values_list("public_id", "names"))
        crumbs = [
            {"text": _("Obligations"), "url": reverse("obligation-list")}, {"text": what(row), "url": page(row)},
            {"text": _("Personal links")},
        ]  # fmt: skip
        rows = [
            line_of(
                link, acceptance.standing_of(link, row, at), name_now(names.get(link.institution, {})),
                reverse("obligation-link-withdraw", args=[row.public_id, link.public_id]),
            )
            for link in found
        ]  # fmt: skip
        return super().get_context_data(**{
            "crumbs": crumbs, "may": acceptance.can_ask_by_link(self.request.user, row, today()), "link": "",
            "rows": rows, "what": f"{row.agreement.number} · {what(row)}",
            "nobody": _("Nothing waits for a partner without accounts: an organisation that works here answers itself."),
            **kwargs,
        })  # fmt: skip


class WithdrawObligationLink(TakeBack):
    """The side that handed it in takes a link back."""

    scope, ours, back = Obligation, acceptance, "obligation-links"

    def permitted(self, subject: Any) -> None:
        if not owes(self.request.user, subject):
            raise PermissionDenied


class AgreementLinks(Record, Once, FormView):
    """Who of a partner without accounts was asked for a signature, and asking somebody: the link goes out by e-mail."""

    form_class = AskToSignForm
    template_name = "cooperation/agreement_links.html"

    def enter(self, request: HttpRequest) -> None:
        super().enter(request)
        if not signing.can_manage_links(request.user, self.agreement):
            raise PermissionDenied

    def get_form_kwargs(self) -> dict[str, Any]:
        sides = signing.parties_to_ask(self.agreement, self.request.user)
        return {**super().get_form_kwargs(), "sides": sides}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        at, user = now(), self.request.user
        found = list(signing.links_of(self.agreement).select_related("created_by")[:50])
        names = dict(
            Institution.objects.visible_to(user)
            .filter(public_id__in={link.institution for link in found})
            .values_list("public_id", "names")
        )
        rows = [self.line(link, names, at) for link in found]
        may = can_remind(user, self.agreement)
        return super().get_context_data(
            **{**self.frame(_("Ask for a signature by a link")), "may": may, "rows": rows, **kwargs}
        )

    def line(self, link: SignedLink, names: Any, at: Any) -> dict[str, Any]:
        """A link in the list: for whom, until when, how it stands; the person only for the side that asked."""
        state = signing.standing_of(link, self.agreement, at)
        own = signing.can_withdraw_link(self.request.user, self.agreement, link)
        shown = signing.masked(link.addressee_email) if link.addressee_email else ""
        office = f"{link.addressee_name}, {link.addressee_post}" if own and link.addressee_name else link.addressee_post
        return {
            "id": link.public_id, "open": state == OPEN and own, "side": name_now(names.get(link.institution, {})),
            "whom": " · ".join(filter(None, [office, link.addressee_email if own else shown])) or "–",
            "until": day_short(link.expires_at),
            "words": _("Waiting for an answer") if state == OPEN else str(
                signing_words.GIVEN_THERE.get(link.outcome) or signing_words.CLOSED[state].title
            ),
        }  # fmt: skip

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            signing.ask_to_sign(self.agreement, by=self.request.user, at=now(), **form.cleaned_data)
        except Unmet as unmet:
            return self.unmet(form, unmet)
        except ValidationError as error:
            for name, errors in error.error_dict.items():
                form.add_error(name if name in form.fields else None, errors)
            return self.form_invalid(form)
        messages.success(self.request, _("The link goes out by e-mail within a minute."))
        return redirect("agreement-links", public_id=self.agreement.public_id)


class WithdrawSignLink(Record, Once, View):
    """The asking side takes a link back."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, public_id: str, link: str) -> HttpResponse:
        if not signing.can_manage_links(request.user, self.agreement):
            raise PermissionDenied
        found = signing.links_of(self.agreement).select_related("created_by").filter(public_id=link).first()
        if found is None:
            raise Http404
        signing.withdraw_link(self.agreement, found, by=request.user, at=now())
        messages.success(request, _("The link no longer works."))
        return redirect("agreement-links", public_id=public_id)
