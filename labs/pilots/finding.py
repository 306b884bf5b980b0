"""Pilot projects on the search page."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from institutions.registry.search import Hit, Source
from labs.pilots.models import PilotProject


def find(user: object, text: str, limit: int) -> list[Hit]:
    """The newest first; every word must stand in the title. The laboratory is told beside it."""
    rows = PilotProject.objects.visible_to(user).search(text).select_related("laboratory__site")  # type: ignore[arg-type]
    return [
        Hit(each.title, reverse("pilot-detail", args=[each.public_id]), name_now(each.laboratory.site.names))
        for each in rows.order_by("-modified_at", "-pk")[:limit]
    ]


SOURCE = Source("pilots", _("Pilot projects"), find)
