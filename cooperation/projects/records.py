"""What all pages of one joint project share: who may come in, and the frame around it."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.scoped import Scoped
from cooperation.projects import presenting
from cooperation.projects.models import JointProject
from cooperation.projects.rules import PROJECT
from institutions.registry.scope import Role

READERS = {role.value for role in Role} - {Role.EXPERT.value}


def crumbs(*more: dict[str, str]) -> list[dict[str, str]]:
    """The way from the list."""
    return [{"text": _("Joint projects"), "url": f"/{get_language()}/projects/"}, *more]


class Record(Scoped):
    """What all pages of one project share."""

    scope = JointProject
    allowed_roles = READERS
    related = presenting.RELATED
    prefetch = presenting.PREFETCH
    request: Any
    kwargs: Any
    subject: Any

    @property
    def project(self) -> JointProject:
        found: JointProject = self.get_object()
        return found

    def again(self) -> None:
        """After a refused act: what it wrote in memory was taken back in the database."""
        self.subject = None

    def permit(self, move: str) -> None:
        """403 or 409 before a page asks for something the move will refuse."""
        PROJECT.permit(move, self.project, self.request.user, reason="asked later")

    def frame(self, title: str) -> dict[str, Any]:
        back = presenting.page(self.project)
        return {
            "project": self.project, "title": title, "back": back,
            "crumbs": crumbs({"text": self.project.title, "url": back}, {"text": title}),
        }  # fmt: skip
