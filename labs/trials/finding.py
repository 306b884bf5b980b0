"""Trials on the search page."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from institutions.registry.search import Hit, Source
from labs.pilots.models import PilotProject
from labs.trials.models import Trial
from labs.trials.presenting import page


def find(user: Any, text: str, limit: int) -> list[Hit]:
    """By the title of its project, the newest first; state and laboratory are told beside it."""
    named = PilotProject.objects.all().search(text)
    rows = Trial.objects.all().visible_to(user).filter(project__in=named).select_related("project__laboratory__site")
    return [
        Hit(
            each.project.title, page(each),
            f"{each.get_status_display()} · {name_now(each.project.laboratory.site.names)}",
        )
        for each in rows.order_by("-modified_at", "-pk")[:limit]
    ]  # fmt: skip


SOURCE = Source("trials", _("Trials"), find)
