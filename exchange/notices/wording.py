"""Notices in words: a line in the reader's language, and the message that carries one or several of them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext, ngettext, override

from accounts.models import User
from accounts.names import name_now
from accounts.wording import day_short
from exchange.notices.models import Notice
from exchange.notices.telling import Book

DATE = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Message:
    """What leaves the house: one line for each notice and one button; `acts` are (line, label, id of the notice)."""

    title: str
    lines: list[str]
    button: str
    address: str
    acts: list[tuple[int, str, str]] = field(default_factory=list)


def said(value: Any) -> Any:
    """A value of a notice as the reader writes it: a map of names in their language, an ISO date as a date."""
    if isinstance(value, Mapping):
        return name_now(value)
    return day_short(value) if isinstance(value, str) and DATE.fullmatch(value) else value


def line_of(notice: Notice, book: Book) -> str:
    """The notice in the language of the moment."""
    values = {name: said(value) for name, value in notice.values.items()}
    try:
        return str(book.telling(notice).line) % values
    except (KeyError, ValueError, TypeError):  # an old row whose line has other blanks by now
        return str(book.telling(notice).button)


def path_of(notice: Notice, book: Book) -> str:
    """The page on which the notice is read, in the language of the moment."""
    telling = book.telling(notice)
    try:
        return reverse(telling.page, kwargs={"public_id": notice.subject_id} if telling.named else {})
    except NoReverseMatch:
        return reverse("notice-list")


def language_of(user: User) -> str:
    """The language somebody is written to."""
    return user.language if user.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def message_of(notices: Sequence[Notice], user: User, book: Book) -> Message:
    """Several notices as one message, in the receiver's language and script."""
    with override(language_of(user)):
        places = [(line_of(notice, book), path_of(notice, book)) for notice in notices]
        known = list(dict.fromkeys(places))  # the same thing said twice of the same page is said once
        if len(notices) == 1:
            title, button, path = known[0][0], str(book.telling(notices[0]).button), known[0][1]
        else:
            count: dict[str, Any] = {"count": len(notices)}
            title = ngettext("%(count)s new notice", "%(count)s new notices", len(notices)) % count
            button, path = gettext("Open the notices"), reverse("notice-list")
        acts = [
            (known.index(place), str(act.label), notice.public_id)
            for notice, place in zip(notices, places, strict=True)
            if (act := book.telling(notice).act)
        ]
        return Message(title, [line for line, _path in known], button, settings.SITE_URL + path, acts)
