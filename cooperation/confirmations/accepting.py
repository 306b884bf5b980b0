"""The page on which somebody without an account accepts what was promised to their organisation, or returns it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.clock import now
from accounts.names import name_now
from accounts.wording import day
from cooperation.confirmations import claims
from cooperation.confirmations.forms import AcceptanceForm
from cooperation.confirmations.frame import LinkPage
from cooperation.obligations import links, presenting
from cooperation.obligations.showing import amount, what
from institutions.registry.models import Institution
from lifecycle.links import OPEN, LinkClosed, seal_of, sealed_content, token_of
from lifecycle.models import SignedLink
from lifecycle.transitions import Unmet


class AcceptPage(LinkPage):
    """What was promised and what shows that it was done, and the answer."""

    def __init__(self, request: HttpRequest, link: SignedLink) -> None:
        super().__init__(request, link)
        self.obligation = links.obligation_of(link)

    def state(self) -> str:
        return links.standing_of(self.link, self.obligation, now())

    def get(self) -> HttpResponse:
        state = self.state()
        return self.offer() if state == OPEN else self.closed(state)

    def post(self) -> HttpResponse:
        form = AcceptanceForm(self.request.POST)
        content = sealed_content(self.link, form.cleaned_data["seal"]) if form.is_valid() else None
        state = self.state()
        if state != OPEN:
            return self.closed(state)
        if content is None:
            return self.offer(422, **self.wrong(_("Read what was handed in, then answer once more.")))
        if links.is_own_side(self.request.user, self.obligation):
            return self.offer(403)
        return self.answered(form.cleaned_data["answer"], content, form.cleaned_data["reason"])

    def answered(self, answer: str, content: str, reason: str) -> HttpResponse:
        """Acts, and says what came of it."""
        try:
            links.answer_link(self.link, answer, at=now(), content=content, by=self.request.user, reason=reason)
        except LinkClosed as closed:
            self.link.refresh_from_db()
            return self.closed(closed.current_status)
        except Unmet as unmet:
            return self.offer(409, **({} if links.falls_short(self.obligation) else self.wrong(str(unmet))))
        except ValidationError:
            said = self.wrong(_("Say what is missing: the other side will read it."), "#reason")
            return self.offer(422, wrong="reason", **said)
        return self.closed_page({"title": _("Answer received"), "text": str(claims.THANKS[answer])}, 200)

    def offer(self, status: int = 200, **more: Any) -> HttpResponse:
        """What is to be accepted; nothing to press for whoever works where it was done."""
        return self.page("link_accept.html", {
            "title": _("Was this done for you?"), "rows": self.rows(), "proofs": self.proofs(),
            "own": links.is_own_side(self.request.user, self.obligation), "short": links.falls_short(self.obligation),
            "seal": seal_of(self.link, self.link.content_hash), "until": day(self.link.expires_at), **more,
        }, status)  # fmt: skip

    def rows(self) -> list[dict[str, str]]:
        """The promise in words, and for whom the bearer answers; nothing here needs an account."""
        row, house = self.obligation, Institution.objects.get(public_id=self.link.institution)
        who, promised, agreement = self.about()
        rows = [
            (_("Wording"), row.text),
            (_("How much"), amount(row.quantity, presenting.unit_of(row))),
            (_("Until"), day(row.due_on) if row.due_on else ""),
            (_("You answer for"), name_now(house.names)),
        ]
        return [who, promised, *({"label": label, "text": text} for label, text in rows if text), agreement]

    def about(self) -> list[dict[str, str]]:
        """Who asks, what was promised, under which agreement."""
        agreement = self.obligation.agreement
        return [
            {"label": _("Who does it"), "text": name_now(self.obligation.responsible.names)},
            {"label": _("What is promised"), "text": what(self.obligation)},
            {"label": _("Agreement"), "text": f"{agreement.number} · {agreement.title}"},
        ]

    def proofs(self) -> list[dict[str, Any]]:
        """The evidence as whoever asked sees it: a file opens by this very link, pages of the site need an account."""
        files = {
            proof.public_id: reverse("link-file", args=[token_of(self.link), proof.public_id])
            for proof in self.obligation.evidence.standing().exclude(file="")
        }
        found = presenting.evidence_of(self.obligation, self.link.created_by)
        return [{**row, "url": files.get(row["id"]) or row["outside"]} for row in found if not row["void"]]

    def file(self, public_id: str) -> FileResponse:
        """One file of the evidence, as long as the link can be answered."""
        proof = self.obligation.evidence.standing().exclude(file="").filter(public_id=public_id).first()
        if proof is None or self.state() != OPEN or not proof.file.storage.exists(str(proof.file.name)):
            raise Http404
        return presenting.file_of(proof)

    def closed(self, state: str) -> HttpResponse:
        """The page of a link that answers no more, each kind with its own words."""
        return self.closed_page(claims.closed_words(state, self.link, claims.NOT_ACCEPTED), 409)
