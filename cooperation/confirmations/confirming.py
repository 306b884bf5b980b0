"""The page on which somebody without an account says whether joint work took place: one screen, one tap."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.clock import now
from accounts.wording import day
from cooperation.activities import links
from cooperation.confirmations import claims
from cooperation.confirmations.forms import AnswerForm
from cooperation.confirmations.frame import LinkPage
from lifecycle.links import OPEN, LinkClosed, seal_of, sealed_content
from lifecycle.models import SignedLink


class ConfirmPage(LinkPage):
    """What is claimed, and the answer."""

    def __init__(self, request: HttpRequest, link: SignedLink) -> None:
        super().__init__(request, link)
        self.activity = links.activity_of(link)

    def get(self) -> HttpResponse:
        state = links.standing_of(self.link, self.activity, now())
        return self.claim() if state == OPEN else self.closed(state)

    def post(self) -> HttpResponse:
        form = AnswerForm(self.request.POST)
        content = sealed_content(self.link, form.cleaned_data["seal"]) if form.is_valid() else None
        state = links.standing_of(self.link, self.activity, now())
        if state != OPEN:
            return self.closed(state)
        if content is None:
            return self.claim(422, **self.wrong(_("Read what is claimed, then answer once more.")))
        if links.is_own_side(self.request.user, self.activity):
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
            said = self.wrong(_("Say what was not so: the other side will read it."), "#reason")
            return self.claim(422, wrong="reason", **said)
        return self.closed_page({"title": _("Answer received"), "text": str(claims.THANKS[answer])}, 200)

    def about(self) -> list[dict[str, str]]:
        return claims.about_activity(self.link, self.activity)

    def claim(self, status: int = 200, **more: Any) -> HttpResponse:
        """What is claimed, with what may be answered; nothing to press for whoever works where it was logged."""
        own = links.is_own_side(self.request.user, self.activity)
        return self.page("link_claim.html", {
            "title": _("Did this take place?"), "rows": claims.claim_of(self.link, self.activity), "own": own,
            "answers": [] if own else links.answers_open(self.link, self.activity),
            "seal": seal_of(self.link, self.activity.content_hash), "until": day(self.link.expires_at), **more,
        }, status)  # fmt: skip

    def closed(self, state: str) -> HttpResponse:
        """The page of a link that answers no more, each kind with its own words."""
        return self.closed_page(claims.closed_words(state, self.link), 409)
