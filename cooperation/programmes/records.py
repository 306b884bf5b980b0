"""What all pages of one joint programme share: who may come in, and the frame around it."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.scoped import Scoped
from cooperation.programmes import presenting
from cooperation.programmes.models import JointProgramme
from cooperation.programmes.rules import PROGRAMME
from cooperation.projects.records import READERS


def crumbs(*more: dict[str, str]) -> list[dict[str, str]]:
    """The way from the list."""
    return [{"text": _("Joint programmes"), "url": f"/{get_language()}/programmes/"}, *more]


class Record(Scoped):
    """What all pages of one programme share."""

    scope = JointProgramme
    allowed_roles = READERS
    related = presenting.RELATED
    prefetch = presenting.PREFETCH
    request: Any
    kwargs: Any
    subject: Any

    @property
    def programme(self) -> JointProgramme:
        found: JointProgramme = self.get_object()
        return found

    def permit(self, move: str) -> None:
        """403 or 409 before a page asks for something the move will refuse."""
        PROGRAMME.permit(move, self.programme, self.request.user, reason="asked later")

    def frame(self, title: str) -> dict[str, Any]:
        back = presenting.page(self.programme)
        return {
            "programme": self.programme, "title": title, "back": back,
            "crumbs": crumbs({"text": self.programme.title, "url": back}, {"text": title}),
        }  # fmt: skip
