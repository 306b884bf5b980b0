"""Parts that the page of every record shows alike: what happened, what may be done now, where an institution is read."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from django.urls import reverse

from accounts.wording import moment
from lifecycle.models import Event
from lifecycle.transitions import Lifecycle

Said = Callable[[Event], tuple[str, str]]  # the icon and the words of what happened


def house_page(public_id: str) -> str:
    """The page of an institution."""
    return reverse("institution-detail", args=[public_id])


def timeline(
    events: Iterable[Event], said: Said, who: Callable[[Event], str] = lambda event: ""
) -> list[dict[str, Any]]:
    """What happened as lines of a timeline: never which person."""
    lines = []
    for event in events:
        icon, text = said(event)
        lines.append({"icon": icon, "text": text, "who": who(event), "when": moment(event.happened_at)})
    return lines


def with_reason(words: Any, event: Event, with_reasons: bool) -> str:
    """The words, and for who may read it the reason."""
    return ": ".join(filter(None, [str(words), event.reason if with_reasons else ""]))


def acting(event: Event, leads: Collection[str]) -> str:
    """The id of the institution that acted: the one named, for acts of the lead its own."""
    return str(event.detail.get("institution") or (event.institution if event.name in leads else ""))


def buttons(
    lifecycle: Lifecycle, moves: Mapping[str, dict[str, Any]], open_now: Collection[str], page: Callable[[str], str]
) -> list[dict[str, Any]]:
    """The moves this person may make now, in the order of `moves`, the main one first."""
    return [
        {"name": name, "text": lifecycle.by_name[name][0].label, "url": page(name), **how}
        for name, how in moves.items()
        if name in open_now
    ]
