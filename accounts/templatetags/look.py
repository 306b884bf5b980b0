"""Filters that give a status its tone and icon: one table draws every chip, `{% load look %}`."""

from typing import Any

from django import template

register = template.Library()

NEUTRAL, WAITING, TURN, OK = ("neutral", "pencil"), ("waiting", "clock"), ("turn", "hand"), ("ok", "tick")
WARN, ENDED, BAD = ("warn", "warning"), ("ended", "stop"), ("bad", "cross")
TONES: dict[tuple[str, str], tuple[str, ...]] = {
    NEUTRAL: ("draft", "withdrawn", "superseded", "replaced", "reverted", "none", "cancelled", "unchanged"),
    WAITING: (
        "their_turn", "proposed", "partly_approved", "concluded", "applied", "submitted", "logged", "requested",
        "offered", "in_review", "queued", "running", "in_progress", "open", "some", "invited", "waiting",
        "new", "planned",
    ),
    TURN: ("your_turn",),
    OK: (
        "in_force", "active", "verified", "confirmed", "fulfilled", "done", "approved", "signed", "ready", "green", "completed",
        "genuine", "final", "locked", "created",
    ),
    WARN: (
        "expiring", "notice_given", "suspended", "at_risk", "returned", "disputed", "overdue", "unconfirmed", "yellow",
        "provisional", "paused", "changed",
    ),
    ENDED: ("ended", "expired", "dormant", "closed", "lapsed", "archived"),
    BAD: ("terminated", "declined", "rejected", "red", "failed", "refused", "not_found", "annulled"),
}  # fmt: skip
BY_STATUS = {status: tone for tone, statuses in TONES.items() for status in statuses}


@register.filter
def tone(status: Any) -> str:
    """The colour word of a status code."""
    return BY_STATUS.get(str(status), NEUTRAL)[0]


@register.filter
def tone_icon(status: Any) -> str:
    """The icon of a status code."""
    return BY_STATUS.get(str(status), ("neutral", "circle"))[1]
