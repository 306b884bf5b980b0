"""What is reviewed in words for pages: its history, its buttons, and a row of its list."""

from collections.abc import Collection
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from accounts.wording import day_short
from cooperation.pages.showing import buttons, timeline, with_reason
from cooperation.reviewing.models import Reviewed, ReviewStatus
from lifecycle.models import Event
from lifecycle.transitions import LIFECYCLES

EVENTS: dict[str, tuple[Any, str]] = {
    "draft": (_("Draft prepared"), "pencil"),
    "submit": (_("Sent for review"), "right"),
    "return": (_("Returned to the author"), "undo"),
    "publish": (_("Published"), "tick"),
    "withdraw": (_("Withdrawn"), "stop"),
}
MOVES: dict[str, dict[str, Any]] = {
    "publish": {"icon": "tick", "kind": "main", "ask": False},
    "submit": {"icon": "right", "kind": "main", "ask": False},
    "return": {"icon": "undo", "kind": "second", "ask": True},
    "withdraw": {"icon": "stop", "kind": "bad-quiet", "ask": True},
}
BADGES = {
    ReviewStatus.DRAFT: ("neutral", "pencil"),
    ReviewStatus.IN_REVIEW: ("waiting", "clock"),
    ReviewStatus.PUBLISHED: ("ok", "tick"),
    ReviewStatus.WITHDRAWN: ("ended", "stop"),
}


def page(thing: Reviewed, name: str = "detail") -> str:
    """The address of one of its pages."""
    return reverse(f"{thing.subject_type}-{name}", kwargs={"public_id": thing.public_id})


def badge_of(thing: Reviewed) -> dict[str, Any]:
    """Its status as a badge."""
    tone, icon = BADGES[ReviewStatus(thing.status)]
    return {"tone": tone, "icon": icon, "text": ReviewStatus(thing.status).label}


def row_of(thing: Reviewed) -> dict[str, Any]:
    """What a row of every list shows; who wrote it is not among it."""
    return {
        "url": page(thing), "title": thing.title, "house": name_now(thing.institution.names), "badge": badge_of(thing),
        "published": day_short(thing.published_at) if thing.published_at else "",
    }  # fmt: skip


def timeline_of(thing: Reviewed, with_reasons: bool) -> list[dict[str, Any]]:
    """What happened, newest first; who reviewed it is not told, reasons only to the own side until it is public."""
    rows = Event.objects.about(thing.subject_type, thing.public_id).filter(name__in=EVENTS)
    told = [event for event in rows.order_by("-id") if with_reasons or event.name in ("publish", "withdraw")]
    return timeline(told, lambda event: (EVENTS[event.name][1], with_reason(EVENTS[event.name][0], event, True)))


def buttons_of(thing: Reviewed, open_now: Collection[str]) -> list[dict[str, Any]]:
    """The moves this person may make now."""
    return buttons(LIFECYCLES[thing.subject_type], MOVES, open_now, lambda name: page(thing, name))
