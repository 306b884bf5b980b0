"""The page of a personal link (no account, no session), and where the logging side asks for one."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import FormView

from accounts.clock import now
from accounts.names import name_now, tag_of
from accounts.scoped import Scoped
from accounts.wording import day, day_short
from cooperation.activities import links
from cooperation.activities.models import Activity
from cooperation.activities.rules import MEMBERS, can_ask_by_link, is_logging_side
from cooperation.confirmations import claims
from cooperation.confirmations.forms import AnswerForm, AskForm
from exchange.once import Once, keep
from lifecycle.links import OPEN, LinkClosed, seal_of, sealed_content
from lifecycle.models import SignedLink
from lifecycle.transitions import Unmet

ASKERS = {role.value for role in MEMBERS}
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


@method_decorator(csrf_exempt, name="dispatch")
class AnswerLink(View):
    """One screen: what is claimed, and the answer. Opening it has no effect: messengers and scanners open every link.

    The right to answer is the token in the address and never a cookie, so there is nothing another site could borrow
    from a browser; instead of a CSRF cookie the form carries a seal over the content that stood on the page.
    """

    public = True
    http_method_names = ["get", "head", "post"]

    def dispatch(self, request: HttpRequest, token: str) -> HttpResponse:
        asked = request.GET.get("lang", "")
        with override(asked if asked in dict(settings.LANGUAGES) else get_language()):
            found = links.linked_activity(token)
            if found is None:
                raise Http404
            self.link, self.activity = found
            answer = super().dispatch(request, token)
            answer["Content-Language"] = tag_of(get_language() or settings.LANGUAGE_CODE)
        for name, value in HEADERS.items():
            answer[name] = value
        return answer

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        state = links.standing_of(self.link, self.activity, now())
        return self.claim() if state == OPEN else self.closed(state)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        form = AnswerForm(request.POST)
        content = sealed_content(self.link, form.cleaned_data["seal"]) if form.is_valid() else None
        state = links.standing_of(self.link, self.activity, now())
        if state != OPEN:
            return self.closed(state)
        if content is None:
            return self.claim(422, error=_("Read what is claimed, then answer once more."))
        if links.is_own_side(request.user, self.activity):
            return self.claim(403)
        said = {name: form.cleaned_data[name] for name in ("reason", "thanks")}
        return self.answered(form.cleaned_data["answer"], content, **said)

    def answered(self, answer: str, content: str, **said: str) -> HttpResponse:
        """Acts, and says what came of it."""
        try:
            links.answer_link(self.link, answer, at=now(), content_hash=content, by=self.request.user, **said)
        except LinkClosed as closed:
            self.link.refresh_from_db()
            return self.closed(closed.current_status)
        except ValidationError:
            return self.claim(422, error=_("Say what was not so: the other side will read it."), wrong="reason")
        done = {"title": _("Answer received"), "text": claims.THANKS[answer], "icon": "tick", "said": ""}
        return self.page("link_closed.html", done, 200)

    def claim(self, status: int = 200, **more: str) -> HttpResponse:
        """What is claimed, with what may be answered; nothing to press for whoever works where it was logged."""
        own = links.is_own_side(self.request.user, self.activity)
        return self.page("link_claim.html", {
            "title": _("Did this take place?"), "rows": claims.claim_of(self.link, self.activity), "own": own,
            "answers": [] if own else links.answers_open(self.link, self.activity),
            "seal": seal_of(self.link, self.activity.content_hash), "until": day(self.link.expires_at), **more,
        }, status)  # fmt: skip

    def closed(self, state: str) -> HttpResponse:
        """The page of a link that answers no more, each kind with its own words."""
        return self.page("link_closed.html", claims.closed_words(state, self.link), 409)

    def page(self, template: str, context: dict[str, Any], status: int) -> HttpResponse:
        offered = [
            {"code": code, "name": name, "tag": tag_of(code), "current": code == get_language()}
            for code, name in settings.LANGUAGES
        ]
        return render(self.request, f"cooperation/{template}", {**context, "offered": offered}, status=status)


class ActivityLinks(Scoped, Once, FormView):
    """Who was asked by a link, and asking somebody: the link stands on the page once, and goes out by e-mail."""

    scope = Activity
    allowed_roles = ASKERS
    form_class = AskForm
    template_name = "cooperation/activity_links.html"

    def enter(self, request: HttpRequest) -> None:
        super().enter(request)
        self.activity = self.get_object(self.get_queryset().select_related("type", "organiser"))
        if not is_logging_side(request.user, self.activity):
            raise PermissionDenied

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "activity": self.activity}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        at = now()
        crumbs = [
            {"text": _("Activities"), "url": reverse("activity-list")},
            {
                "text": name_now(self.activity.type.names),
                "url": reverse("activity-detail", args=[self.activity.public_id]),
            },
        ]
        may = can_ask_by_link(self.request.user, self.activity) and links.sides_to_ask(self.activity).exists()
        return super().get_context_data(**{
            "crumbs": [*crumbs, {"text": _("Personal links")}], "may": may, "link": "", "activity": self.activity,
            "what": f"{name_now(self.activity.type.names)}, {day(self.activity.starts_on)}",
            "rows": [link_line(link, self.activity, at) for link in links.links_of(self.activity)[:50]], **kwargs,
        })  # fmt: skip

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            _link, token = links.ask_by_link(self.activity, by=self.request.user, at=now(), **form.cleaned_data)
        except Unmet as unmet:
            return self.unmet(form, unmet)
        except ValidationError as error:
            for name, errors in error.error_dict.items():
                form.add_error(name if name in form.fields else None, errors)
            return self.form_invalid(form)
        here = reverse("activity-links", args=[self.activity.public_id])
        if self._once is not None:  # a second click finds the list, for the token is stored nowhere
            keep(self._once, HttpResponseRedirect(here))
            self._once = None
        address = self.request.build_absolute_uri(reverse("link-answer", args=[token]))
        fresh = AskForm(activity=self.activity)
        answer = self.render_to_response(self.get_context_data(form=fresh, link=address))
        answer["Cache-Control"] = "no-store"
        return answer


def link_line(link: SignedLink, activity: Activity, at: Any) -> dict[str, Any]:
    """A link in the list of the logging side: for whom, until when, how it stands."""
    state = links.standing_of(link, activity, at)
    return {
        "id": link.public_id, "open": state == OPEN, "state": state, "side": claims.side_of(link, activity),
        "whom": link.addressee_name or link.addressee_email or "–", "until": day_short(link.expires_at),
        "words": _("Waiting for an answer") if state == OPEN else str(
            claims.GIVEN_THERE.get(link.outcome) or claims.CLOSED[state].title
        ),
    }  # fmt: skip


class WithdrawLink(Scoped, Once, View):
    """The logging side takes a link back."""

    scope = Activity
    allowed_roles = ASKERS

    def post(self, request: HttpRequest, public_id: str, link: str) -> HttpResponse:
        activity = self.get_object()
        found = links.links_of(activity).filter(public_id=link).first()
        if not is_logging_side(request.user, activity):
            raise PermissionDenied
        if found is None:
            raise Http404
        links.withdraw_link(activity, found, by=request.user, at=now())
        messages.success(request, _("The link no longer works."))
        return redirect("activity-links", public_id=public_id)
