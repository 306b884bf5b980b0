"""Colleagues for search boxes: members that this person may see, by what was typed of their name."""

import datetime
from collections.abc import Iterable
from typing import Any

from accounts.spelling import search_key
from institutions.people.models import Membership
from institutions.registry.scope import HOUSE_ROLES, Role

FOUND = 8


def colleagues_of(user: Any, on: datetime.date) -> list[Membership]:
    """Who works where this person administers, and the person themselves; each once at an institution."""
    rows = Membership.objects.visible_to(user).held_on(on).filter(role__in=set(HOUSE_ROLES) - {Role.INTEGRATOR})
    rows = rows.filter(institution__isnull=False).select_related("user", "institution").order_by("user__name", "pk")
    return list({(row.user_id, row.institution_id): row for row in rows}.values())


def named_like(rows: Iterable[Membership], text: str) -> list[Membership]:
    """Those whose name holds every word that was typed, in any writing."""
    words = search_key(text).split()
    found = [row for row in rows if row.user and all(word in search_key(row.user.name) for word in words)]
    return found[:FOUND] if words else []


def chosen(rows: Iterable[Membership], key: str, text: str) -> Membership | None:
    """The colleague who was chosen, or the only one of exactly this name; nobody where the name is somebody else's."""
    if key:
        return next((row for row in rows if row.public_id == key), None)
    same = [row for row in rows if text and row.user and search_key(row.user.name) == search_key(text)]
    return same[0] if len(same) == 1 else None
