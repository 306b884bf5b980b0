"""Which public pages can be commented. A thing says it in one object, named in `settings.COMMENTABLE`.

    PAGE = Commentable("public-agreement", lambda given: About(…) or None)

`page` is the name of the page's address; `find` gets the address's own arguments and its parameter `territory`. The link
stands below every public page by itself: a page that is in no list has none.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.module_loading import import_string
from django.utils.translation import get_language

from institutions.registry.models import Institution
from institutions.territory.models import Territory

LONGEST = 300  # characters of an address
Given = Mapping[str, str]


@dataclass(frozen=True)
class About:
    """What a public page speaks of: its title, and the organisation that answers for it, else the place."""

    title: str
    institution: Institution | None = None
    territory: Territory | None = None

    @property
    def place(self) -> Territory | None:
        """Where it is: offices above it answer too."""
        return self.institution.territory if self.institution else self.territory or country()


@dataclass(frozen=True)
class Commentable:
    """A kind of public page."""

    page: str
    find: Callable[[Given], About | None]


def commentables() -> dict[str, Commentable]:
    """By the name of the address."""
    return {kind.page: kind for kind in map(import_string, settings.COMMENTABLE)}


def country() -> Territory | None:
    """The country of this site."""
    rows = Territory.objects.filter(depth=0, pack=settings.COUNTRY_PACK)
    return rows.order_by("pk").first()


def page_of(address: str) -> str:
    """A public page's address in the reader's language."""
    return f"/{get_language() or settings.LANGUAGE_CODE}/{address}"


def plain_path(typed: str) -> str:
    """The address without host and language, with the parameter that pages of places read; empty for a foreign one."""
    if len(typed) > LONGEST:
        return ""
    try:
        parts = urlsplit(typed)
    except ValueError:
        return ""
    language, _slash, rest = parts.path.lstrip("/").partition("/")
    if language.casefold() not in {code.casefold() for code, _name in settings.LANGUAGES}:
        return ""
    place = parse_qs(parts.query).get("territory", [""])[0]
    return f"{rest}?{urlencode({'territory': place})}" if place else rest


def find_about(address: str) -> tuple[str, About] | None:
    """The name of the page at a plain address and what it speaks of; None for what is no public page of ours."""
    parts = urlsplit(page_of(address))
    try:
        match = resolve(parts.path)
    except Resolver404:
        return None
    kind = commentables().get(match.url_name or "")
    if kind is None:
        return None
    given: dict[str, Any] = {**match.kwargs, "territory": parse_qs(parts.query).get("territory", [""])[0]}
    about = kind.find({name: str(value) for name, value in given.items()})
    return (kind.page, about) if about else None
