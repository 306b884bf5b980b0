"""Colleagues for search boxes: members that this person may see, by what was typed of their name."""

import datetime
from collections.abc import Collection, Iterable
from typing import Any

from accounts.spelling import search_key
from institutions.people.models import Membership
from institutions.registry.scope import HOUSE_ROLES, Role

FOUND = 8


def colleagues_of(user: Any, on: datetime.date) -> list[Membership]:
    """Who works where this person administers, and the person themselves; each once at an institution."""
    return _each_once(Membership.objects.visible_to(user).filter(institution__isnull=False), on)


def staff_of(houses: Collection[int], on: datetime.date) -> list[Membership]:
    """Who works at these institutions, whoever asks; each once at an institution."""
    return _each_once(Membership.objects.filter(institution__in=houses), on)


def posts_of(houses: Collection[int], on: datetime.date) -> Any:
    """The same as rows to choose one from."""
    return Membership.objects.filter(pk__in=[each.pk for each in staff_of(houses, on)])


def _each_once(rows: Any, on: datetime.date) -> list[Membership]:
    held = rows.held_on(on).filter(role__in=set(HOUSE_ROLES) - {Role.INTEGRATOR})
    found = held.select_related("user", "institution").order_by("user__name", "pk")
    return list({(row.user_id, row.institution_id): row for row in found}.values())


def named_like(rows: Iterable[Membership], text: str) -> list[Membership]:
    """Those whose name holds every word that was typed, in any writing."""
    words = search_key(text).split()
    found = [row for row in rows if row.user and all(word in search_key(row.user.name) for word in words)]
    return found[:FOUND] if words else []


def called(rows: Iterable[Membership], text: str) -> list[Membership]:
    """Those of exactly this name, in any writing."""
    return [row for row in rows if text and row.user and search_key(row.user.name) == search_key(text)]


def chosen(rows: Iterable[Membership], key: str, text: str) -> Membership | None:
    """The colleague who was chosen, or the only one of exactly this name; nobody where the name is somebody else's."""
    if key:
        return next((row for row in rows if row.public_id == key), None)
    same = called(rows, text)
    return same[0] if len(same) == 1 else None
