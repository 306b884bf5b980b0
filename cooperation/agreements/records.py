"""What all pages of one agreement share: who may come in, the revision its reader sees, the frame around it."""

from typing import Any

from django.http import Http404
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.scoped import Scoped
from cooperation.agreements import presenting
from cooperation.agreements.models import Agreement, Revision
from cooperation.agreements.rules import AGREEMENT
from cooperation.agreements.standing import revision_for
from institutions.registry.scope import Role, houses

READERS = {role.value for role in Role} - {Role.EXPERT.value}


def crumbs(*more: dict[str, str]) -> list[dict[str, str]]:
    """The way from the list."""
    return [{"text": _("Agreements"), "url": f"/{get_language()}/agreements/"}, *more]


class Record(Scoped):
    """What all pages of one agreement share."""

    scope = Agreement
    allowed_roles = READERS
    related = ("kind", "initiator", "latest__kind", "latest__frozen", "shown__kind", "shown__frozen", "concluded")
    request: Any
    kwargs: Any

    @property
    def agreement(self) -> Agreement:
        found: Agreement = self.get_object()
        return found

    def revision(self) -> Revision:
        """The revision this reader sees."""
        found = revision_for(self.agreement, houses(self.request.user))
        if found is None:
            raise Http404
        return found

    def permit(self, move: str) -> None:
        """403 or 409 before a page asks for something the move will refuse."""
        AGREEMENT.permit(move, self.agreement, self.request.user, reason="asked later")

    def frame(self, title: str) -> dict[str, Any]:
        agreement = self.agreement
        back = presenting.page(agreement)
        return {
            "agreement": agreement,
            "title": title,
            "back": back,
            "crumbs": crumbs({"text": agreement.number, "url": back}, {"text": title}),
        }
