"""What is reviewed on the search page: one source for each kind of thing, built the same."""

from typing import Any

from accounts.names import name_now
from cooperation.reviewing.models import Reviewed
from cooperation.reviewing.presenting import page
from institutions.registry.search import Hit, Source


def search_source(model: type[Reviewed], label: Any) -> Source:
    """The newest first; every word must stand in the title."""

    def find(user: Any, text: str, limit: int) -> list[Hit]:
        rows: Any = model.objects.visible_to(user).search(text).select_related("institution")
        found = rows.order_by("-modified_at", "-pk")[:limit]
        return [Hit(thing.title, page(thing), name_now(thing.institution.names)) for thing in found]

    return Source(f"{model.subject_type}s", label, find)
