"""Notices in words: a line in the reader's language, and the message that carries one or several of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext, ngettext, override

from accounts.models import User
from accounts.names import name_now
from exchange.notices.models import Notice
from exchange.notices.telling import Book


@dataclass(frozen=True)
class Message:
    """What leaves the house: one line for each notice and one button; `acts` are (line, label, id of the notice)."""

    title: str
    lines: list[str]
    button: str
    address: str
    acts: list[tuple[int, str, str]] = field(default_factory=list)


def line_of(notice: Notice, book: Book) -> str:
    """The notice in the language of the moment."""
    values = {name: name_now(value) if isinstance(value, Mapping) else value for name, value in notice.values.items()}
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
        lines = list(dict.fromkeys(line_of(notice, book) for notice in notices))
        if len(notices) == 1:
            title, button, path = lines[0], str(book.telling(notices[0]).button), path_of(notices[0], book)
        else:
            count: dict[str, Any] = {"count": len(notices)}
            title = ngettext("%(count)s new notice", "%(count)s new notices", len(notices)) % count
            button, path = gettext("Open the notices"), reverse("notice-list")
        acts = [
            (lines.index(line_of(notice, book)), str(act.label), notice.public_id)
            for notice in notices
            if (act := book.telling(notice).act)
        ]
        return Message(title, lines, button, settings.SITE_URL + path, acts)
