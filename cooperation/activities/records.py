"""What all pages of one activity share: who may come in, and the frame around it."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.scoped import Scoped
from cooperation.activities import presenting
from cooperation.activities.models import Activity
from institutions.registry.scope import Role

READERS = {role.value for role in Role} - {Role.EXPERT.value}


def crumbs(*more: dict[str, str]) -> list[dict[str, str]]:
    """The way from the list."""
    return [{"text": _("Activities"), "url": f"/{get_language()}/activities/"}, *more]


class Record(Scoped):
    """What all pages of one activity share."""

    scope = Activity
    allowed_roles = READERS
    related = presenting.RELATED
    prefetch = presenting.PREFETCH
    request: Any

    @property
    def activity(self) -> Activity:
        found: Activity = self.get_object()
        return found

    def frame(self, title: str) -> dict[str, Any]:
        back, name = presenting.page(self.activity), presenting.title(self.activity)
        return {
            "activity": self.activity, "title": title, "name": name, "back": back,
            "crumbs": crumbs({"text": name, "url": back}, {"text": title}),
        }  # fmt: skip
