"""The frame around every page: sections by role, languages, the look. A section without a page is not shown."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import is_valid_path, reverse
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from structlog.contextvars import get_contextvars

from accounts.looks import look
from accounts.spelling import search_key
from exchange.notices.reading import bell_of
from institutions.registry.scope import OFFICE_ROLES, Role, standings
from institutions.registry.search import Hit, Source
from quality.comments.subjects import commentables

BAR, PHONE_BAR = 6, 5
OFFICE, HOUSE, TEACHER, EXPERT, OTHER = "office", "house", "teacher", "expert", "other"


@dataclass(frozen=True)
class Section:
    """One place of the site: who has it in the main bar, who finds it under "More"."""

    path: str
    name: Any
    icon: str
    bar: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    url: str = ""
    current: bool = False


SECTIONS = (
    Section("/inbox/", _("My work"), "inbox", bar=(OFFICE, HOUSE, EXPERT, OTHER), more=(TEACHER,)),
    Section("/dashboard/", _("Dashboard"), "dashboard", bar=(OFFICE,)),
    Section("/activities/new/", _("Add an activity"), "plus", bar=(TEACHER,), more=(HOUSE,)),
    Section("/activities/mine/", _("My log"), "activity", bar=(TEACHER,)),
    Section("/agreements/", _("Agreements"), "agreement", bar=(OFFICE, HOUSE), more=(TEACHER,)),
    Section("/obligations/", _("Obligations"), "tick", more=(OFFICE, HOUSE)),
    Section("/activities/", _("Activities"), "activity", bar=(OFFICE, HOUSE)),
    Section("/indicators/", _("Indicators"), "indicator", bar=(OFFICE, HOUSE)),
    Section("/tasks/", _("Assignments"), "task", bar=(OFFICE,), more=(HOUSE,)),
    Section("/projects/", _("Joint projects"), "project", bar=(TEACHER,), more=(OFFICE, HOUSE)),
    Section("/practices/", _("Good practices"), "hand", more=(OFFICE, HOUSE, TEACHER)),
    Section("/resources/", _("Shared resources"), "institution", more=(OFFICE, HOUSE, TEACHER)),
    Section("/placements/", _("Practice"), "practice", bar=(HOUSE,), more=(OFFICE,)),
    Section("/labs/", _("Laboratories"), "lab", bar=(HOUSE,), more=(OFFICE, TEACHER)),
    Section("/institutions/", _("Organisations"), "institution", more=(OFFICE, HOUSE)),
    Section("/scorecard/", _("Scorecard"), "dashboard", more=(OFFICE, HOUSE)),
    Section("/targets/", _("Targets"), "tick", more=(OFFICE,)),
    Section("/releases/", _("Releases"), "print", more=(OFFICE,)),
    Section("/comments/", _("Remarks of readers"), "help", more=(OFFICE, HOUSE)),
    Section("/meetings/", _("Meetings"), "meeting", more=(OFFICE, HOUSE)),
    Section("/feedback/", _("Feedback received"), "meeting", more=(OFFICE, HOUSE)),
    Section("/activities/audit/", _("Audit of activities"), "tick", more=(OFFICE,)),
    Section("/discrepancies/", _("Figures that disagree"), "indicator", more=(OFFICE,)),
    Section("/programmes/", _("Joint programmes"), "agreement", more=(OFFICE, HOUSE, TEACHER)),
    Section("/adoptions/", _("Who uses what"), "hand", more=(OFFICE, HOUSE)),
    Section("/observations/", _("Figures"), "indicator", more=(HOUSE,)),
    Section("/submissions/", _("Figures handed in"), "indicator", more=(OFFICE,)),
    Section("/people/", _("Staff"), "people", more=(OFFICE, HOUSE)),
    Section("/imports/", _("Import from a file"), "import", more=(OFFICE, HOUSE)),
    Section("/files/", _("My files"), "download", more=(OFFICE, HOUSE)),
    Section("/me/contribution/", _("My contribution"), "user", bar=(TEACHER,)),
    Section("/help/", _("Help"), "help", bar=(TEACHER,), more=(OFFICE, HOUSE)),
)
SETTINGS = Section("/settings/", _("Settings"), "settings")
FOOT = (
    ("/help/", _("Help")),
    ("/public/accessibility/", _("Accessibility options")),
    ("/public/", _("Public figures")),
    ("/public/agreements/", _("Register of agreements")),
    ("/public/comments/", _("Remarks of readers")),
    ("/public/methods/", _("Methods")),
    ("/public/pilots/", _("What laboratories tried")),
    ("/public/burden/", _("Time spent on logging")),
    ("/public/data/", pgettext_lazy("nav.opendata", "Open data")),
)


def group_of(user: Any) -> str:
    """Which of the five ways of working is this person's; the widest office wins."""
    roles = {role for role, _house, _territory in standings(user)}
    if roles & {str(role) for role in OFFICE_ROLES}:
        return OFFICE
    if roles & {Role.INSTITUTION_ADMIN, Role.COORDINATOR}:
        return HOUSE
    if Role.TEACHER in roles:
        return TEACHER
    return EXPERT if Role.EXPERT in roles else OTHER


def address(path: str) -> str:
    """A path of the site in the reader's language."""
    return f"/{get_language()}{path}"


def exists(path: str) -> bool:
    """Whether the site has this page."""
    return leads(address(path), settings.ROOT_URLCONF)


@lru_cache(maxsize=1024)
def leads(full: str, urls: str) -> bool:
    """Whether an address of these urls leads somewhere; asked some thirty times a page, so each is looked up once."""
    return bool(is_valid_path(full, urls))


def bare(path: str) -> str:
    """A path without its language."""
    first, _slash, rest = path.lstrip("/").partition("/")
    return f"/{rest}" if first in dict(settings.LANGUAGES) else path


def sections_of(group: str, here: str) -> list[Section]:
    """Existing sections of a group, those of the bar first, the one the reader is in marked."""
    own = sorted(
        (section for section in SECTIONS if group in section.bar + section.more), key=lambda one: group in one.more
    )
    found = [replace(section, url=address(section.path)) for section in (*own, SETTINGS) if exists(section.path)]
    nearest = max((section.path for section in found if here.startswith(section.path)), key=len, default="")
    return [replace(section, current=section.path == nearest) for section in found]


def find_sections(user: Any, text: str, limit: int) -> list[Hit]:
    """Places of the site by their name in the reader's language."""
    wanted = search_key(text)
    found = [one for one in sections_of(group_of(user), "") if wanted and wanted in search_key(str(one.name))]
    return [Hit(str(one.name), one.url) for one in found[:limit]]


PLACES = Source("places", _("Pages"), find_sections)


def bars(sections: list[Section]) -> dict[str, Any]:
    """The desktop bar of six and the phone bar of five, and what is left under "More"; settings are always there."""
    places = [section for section in sections if section.path != SETTINGS.path]
    rest = [section for section in sections if section.path == SETTINGS.path]
    more = places[BAR:] + rest
    phone_more = places[PHONE_BAR - 1 :] + rest
    return {
        "sections": places[:BAR],
        "more": more,
        "more_is_current": any(section.current for section in more),
        "phone": places[: PHONE_BAR - 1],
        "phone_more": phone_more,
    }


def tag(code: str, codes: Iterable[str]) -> str:
    """The language tag with its script, where the site writes one language in two scripts."""
    language, _dash, script = code.partition("-")
    if script:
        return f"{language}-{script.title()}"
    return f"{language}-Latn" if any(other.startswith(f"{code}-") for other in codes) else code


def languages(request: HttpRequest) -> list[dict[str, Any]]:
    """The same page with the same query string in every language."""
    codes = [code for code, _name in settings.LANGUAGES]
    full = request.get_full_path()
    prefixed = bare(full) != full
    return [
        {
            "code": code,
            "name": name,
            "tag": tag(code, codes),
            "url": f"/{code}{bare(full)}" if prefixed else f"/{code}/",
            "current": code == get_language(),
        }
        for code, name in settings.LANGUAGES
    ]


def wrong_address(request: HttpRequest) -> str:
    """Where a reader of this page says that something is wrong on it; empty for pages that nobody answers for."""
    match = request.resolver_match
    if match is None or match.url_name not in commentables():
        return ""
    return f"{reverse('public-comment-new')}?{urlencode({'page': request.get_full_path()})}"


def frame(request: HttpRequest) -> dict[str, Any]:
    """What base.html needs, as the context variable `frame`."""
    user = getattr(request, "user", None)
    known = user is not None and user.is_authenticated
    offered = languages(request)
    current = next((language for language in offered if language["current"]), offered[0])
    shown: dict[str, Any] = {
        "lang": current["tag"],
        "language_name": current["name"],
        "languages": offered,
        "alternates": [] if known else offered,
        "address": request.build_absolute_uri(),
        "home": address("/"),
        "settings": address(SETTINGS.path),
        "search": address("/search/") if known and exists("/search/") else "",
        "is_demo": settings.DEMO,
        "request_id": get_contextvars().get("request_id", ""),
        "foot": [{"url": address(path), "name": name} for path, name in FOOT if exists(path)],
        "wrong": wrong_address(request),
        **look(request),
    }
    if known:
        shown["person"] = str(user)
        shown["notices"], shown["unread"] = address("/notices/"), bell_of(request)
        shown.update(bars(sections_of(group_of(user), bare(request.path))))
    return {"frame": shown}
