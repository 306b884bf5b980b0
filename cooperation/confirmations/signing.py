"""The page on which somebody without an account signs one agreement: read it, confirm the mailbox, sign.

Nothing is done without a code that was sent to the mailbox of the link: neither signing nor declining.
"""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.clock import now
from accounts.names import name_now
from accounts.wording import moment
from cooperation.agreements import codes, links, presenting
from cooperation.agreements import content as wording
from cooperation.agreements.signing import OtherContent
from cooperation.confirmations import signing_words
from cooperation.confirmations.emails import send_code
from cooperation.confirmations.forms import SignAnswerForm
from cooperation.confirmations.frame import LinkPage
from institutions.registry.models import Institution
from institutions.registry.scope import HOUSE_ROLES, houses
from lifecycle.links import CHANGED, OPEN, LinkClosed, seal_of, sealed_content
from lifecycle.models import SignedLink
from lifecycle.transitions import Unmet


class SignPage(LinkPage):
    """The whole text and its parties, what signing means, the code, and the two answers."""

    def __init__(self, request: HttpRequest, link: SignedLink) -> None:
        super().__init__(request, link)
        self.agreement = links.agreement_of(link)

    def get(self) -> HttpResponse:
        state = links.standing_of(self.link, self.agreement, now())
        return self.text() if state == OPEN else self.closed(state)

    def post(self) -> HttpResponse:
        form = SignAnswerForm(self.request.POST)
        if form.answer_given() == "fresh":
            return self.fresh()
        state = links.standing_of(self.link, self.agreement, now())
        if state != OPEN:
            return self.closed(state, differing=state == CHANGED)
        if self.is_of_another_party():
            return self.text(403)
        return self.code() if form.answer_given() == "code" else self.checked(form)

    def checked(self, form: SignAnswerForm) -> HttpResponse:
        """The answer, if it is one to what stood on the page."""
        if not form.is_valid():
            return self.text(422, form=form)
        content = sealed_content(self.link, form.cleaned_data["seal"])
        if content is None:
            form.add_error(None, _("Read the agreement, then answer once more."))
            return self.text(422, form=form)
        return self.answered(form, content)

    def fresh(self) -> HttpResponse:
        """A fresh link to the same address."""
        try:
            links.renew_link(self.link, at=now())
        except LinkClosed as closed:
            self.link.refresh_from_db()
            return self.closed(closed.current_status)
        except PermissionDenied:
            return self.text(422, said=_("This link still works: read the agreement and answer."))
        return self.done(signing_words.FRESH)

    def code(self) -> HttpResponse:
        """A new code into the mailbox, at once: somebody waits for it."""
        try:
            sent = codes.make_code(self.link, at=now())
            send_code(self.link, self.agreement, sent)
        except Unmet as unmet:
            return self.text(422, said=str(unmet.conditions[0].message))
        except OSError:
            return self.text(503, said=_("The letter could not be sent just now. Try again in a minute."))
        return self.text()

    def answered(self, form: SignAnswerForm, content: str) -> HttpResponse:
        """Confirms the mailbox, acts, and says what came of it."""
        answer = form.cleaned_data["answer"]
        try:
            codes.confirm_mailbox(self.link, form.cleaned_data["code"], at=now())
            if answer == "sign":
                links.sign_by_link(self.link, content_hash=content, at=now())
            else:
                links.decline_by_link(self.link, content_hash=content, at=now(), reason=form.cleaned_data["reason"])
        except (LinkClosed, OtherContent, PermissionDenied) as refused:
            return self.refused(refused)
        except Unmet as unmet:
            for each in unmet.conditions:
                form.add_error("code" if each.pointer == "/code" else None, ValidationError(each.message))
            return self.text(422, form=form)
        return self.done(signing_words.DONE[answer])

    def refused(self, refused: Exception) -> HttpResponse:
        """Somebody was quicker: what the link is now."""
        self.link.refresh_from_db()
        self.agreement = links.agreement_of(self.link)
        state = links.standing_of(self.link, self.agreement, now())
        if isinstance(refused, LinkClosed) and state == OPEN:
            state = refused.current_status
        return self.closed(state if state != OPEN else links.OVER, differing=state == CHANGED)

    def is_of_another_party(self) -> bool:
        """Whether the reader is signed in at another party: nobody answers for the other side."""
        user = self.request.user
        own = houses(user, *HOUSE_ROLES) if user.is_authenticated else set()
        parties = self.agreement.shown.parties.all() if self.agreement.shown else []
        answering = {each.institution_id for each in parties if each.institution.public_id == self.link.institution}
        return bool(own & {each.institution_id for each in parties} - answering)

    def text(self, status: int = 200, form: Any = None, said: str = "") -> HttpResponse:
        """The agreement with what may be answered; nothing to press for whoever works at another party."""
        revision, own = self.agreement.shown, self.is_of_another_party()
        house = Institution.objects.get(public_id=self.link.institution)
        errors = [{"text": said, "url": "#answer"}] if said else []
        title = wording.read(revision)["title"] if revision else ""
        return self.page("link_sign.html", {
            "title": title, "agreement": self.agreement, "revision": revision, "own": own, "errors": errors,
            "document": self.document(), "house": name_now(house.names),
            "name": self.link.addressee_name, "post": self.link.addressee_post, "form": form or SignAnswerForm(),
            "error": bool(form and form.errors) or bool(said), "said": said, "asker": name_now(self.agreement.initiator.names),
            "sent": codes.is_waiting(self.link, now()),
            "mailbox": links.masked(self.link.addressee_email), "seal": seal_of(self.link, self.link.content_hash),
            "until": moment(self.link.expires_at),
        }, status)  # fmt: skip

    def document(self) -> dict[str, Any]:
        """The content in words; pages of the parties are for who has an account."""
        revision = self.agreement.shown
        if revision is None:
            return {}
        told = presenting.document(revision)
        return {**told, "parties": [{**party, "url": ""} for party in told["parties"]]}

    def closed(self, state: str, *, differing: bool = False) -> HttpResponse:
        """The page of a link that answers no more; one that is too old offers a fresh one."""
        changes = []
        if differing:
            other = OtherContent(self.agreement, self.link.content_hash, None)
            words = presenting.Words(wording.read(other.revision)) if other.revision and other.changes else None
            changes = [presenting.clause_words(change, words) for change in other.changes] if words else []
        context = {
            **signing_words.closed_words(state, self.link), "changes": changes,
            "about": [] if self.link.withdrawn_at else self.about(),
            "renewable": links.may_be_renewed(self.link, self.agreement, now()),
        }  # fmt: skip
        return self.page("link_sign_closed.html", context, 409)

    def done(self, words: signing_words.Closed) -> HttpResponse:
        return self.closed_page({"title": words.title, "text": words.text}, 200)

    def about(self) -> list[dict[str, str]]:
        """Which agreement, by whom; its subject as long as it is the wording that the link was made for."""
        revision, number = self.agreement.shown, self.agreement.number
        same = revision is not None and revision.content_hash == self.link.content_hash
        title = f" · {wording.read(revision)['title']}" if revision and same else ""
        return [
            {"label": _("Agreement"), "text": f"{number}{title}"},
            {"label": _("Proposed by"), "text": name_now(self.agreement.initiator.names)},
        ]
