"""What the search page looks through: each source is an object named in `settings.SEARCH_SOURCES`."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from accounts.names import name_now
from institutions.registry.models import Institution


@dataclass(frozen=True)
class Hit:
    """One thing found: its name, its page, and a word about it."""

    title: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class Source:
    """A kind of thing: `find(user, text, limit)` is scoped by construction; `exact` knows codes and numbers."""

    code: str
    label: Any
    find: Callable[[Any, str, int], list[Hit]]
    exact: Callable[[Any, str], str | None] = lambda user, text: None


@lru_cache(maxsize=1)
def sources() -> list[Source]:
    """In the order of the settings."""
    return [import_string(path) for path in settings.SEARCH_SOURCES]


def hit_of(house: Institution) -> Hit:
    """An institution found."""
    note = f"{name_now(house.kind.names)} · {name_now(house.territory.names)}"
    return Hit(name_now(house.names), reverse("institution-detail", kwargs={"public_id": house.public_id}), note)


def find_institutions(user: Any, text: str, limit: int) -> list[Hit]:
    """The nearest names."""
    rows: Any = Institution.objects.visible_to(user).select_related("kind", "territory").ranked(text)
    return [hit_of(house) for house in rows.order_by("-search_rank", "sort_key", "pk")[:limit]]


def exact_institution(user: Any, text: str) -> str | None:
    """An identifier, or a number of a register, typed in full."""
    scheme, colon, value = text.partition(":")
    rows = Institution.objects.visible_to(user)
    if colon:
        rows = rows.filter(external_ids__scheme=scheme.strip().lower(), external_ids__value=value.strip())
    else:
        rows = rows.filter(public_id=text.upper())
    house = rows.first()
    return reverse("institution-detail", kwargs={"public_id": house.public_id}) if house else None


SOURCE = Source("institutions", _("Organisations"), find_institutions, exact_institution)
