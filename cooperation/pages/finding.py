"""What has a title on the search page: one source for each kind of thing, built the same."""

from typing import Any

from django.urls import reverse

from accounts.names import name_now
from institutions.registry.search import Hit, Source


def titled_source(word: str, model: Any, label: Any, house: str = "institution") -> Source:
    """The newest first; every word must stand in the title. `house` names the institution that is told beside it."""

    def find(user: Any, text: str, limit: int) -> list[Hit]:
        rows = model.objects.visible_to(user).search(text).select_related(house)
        return [
            Hit(thing.title, reverse(f"{word}-detail", args=[thing.public_id]), name_now(getattr(thing, house).names))
            for thing in rows.order_by("-modified_at", "-pk")[:limit]
        ]

    return Source(f"{word}s", label, find)
