"""What the page of a link to sign says when there is nothing to answer any more, or an answer was given."""

from django.utils.translation import gettext_lazy as _

from accounts.wording import moment
from cooperation.agreements.links import DECLINED, OVER, RENEWED, SIGNED
from cooperation.confirmations.claims import Closed
from lifecycle.links import CHANGED, EXPIRED, USED, WITHDRAWN
from lifecycle.models import SignedLink

CLOSED = {
    USED: Closed(_("This link was already used"), _("Each link takes one answer. Nothing more is to do."), "tick"),
    EXPIRED: Closed(
        _("This link has expired"), _("Nothing was signed with it. A link to sign works for three days."),
    ),
    CHANGED: Closed(
        _("The agreement has changed since"),
        _("This link was made for another revision, so nothing was signed. A new one is needed for the new text."),
        "warning",
    ),
    WITHDRAWN: Closed(
        _("This link was taken back"),
        _("The organisation that sent it no longer asks for a signature by this link. Nothing was signed with it."),
        "stop",
    ),
    OVER: Closed(
        _("Nothing is to be signed any more"),
        _("Your organisation has answered already, or the proposal is no longer open."), "tick",
    ),
}  # fmt: skip
GIVEN = {
    SIGNED: _("Your answer: signed"),
    DECLINED: _("Your answer: declined"),
}
GIVEN_THERE = {SIGNED: _("Signed"), DECLINED: _("Declined"), RENEWED: _("A fresh link was sent")}
FRESH = Closed(
    _("A fresh link was sent"), _("It goes to the same address within a minute and works for three days."), "tick"
)
DONE = {
    "sign": Closed(
        _("You have signed the agreement"),
        _("All parties see your signature. When everybody has signed the same text, the agreement is concluded."), "tick",
    ),
    "decline": Closed(_("You have declined"), _("All parties read your reason. Nothing was signed."), "stop"),
}  # fmt: skip


def closed_words(state: str, link: SignedLink) -> dict[str, str]:
    """The page of a link that answers no more; of a used one also what was answered, and when."""
    kind = CLOSED[state]
    if state == USED and link.outcome == RENEWED:  # something is still to do: the answer goes by the fresh one
        return {"title": str(FRESH.title), "text": str(FRESH.text), "icon": FRESH.icon, "said": moment(link.used_at)}
    said = f"{GIVEN[link.outcome]}, {moment(link.used_at)}" if state == USED and link.outcome in GIVEN else ""
    return {"title": str(kind.title), "text": str(kind.text), "icon": kind.icon, "said": said}
