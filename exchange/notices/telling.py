"""How an act becomes a notice: things say it in their `emails.py`, the table of the site maps acts to what they say.

No text is kept: a line is put into words when it is shown or sent, in the language of whoever reads it.
"""

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from exchange.notices.models import Notice
from exchange.notices.rules import Calendar
from lifecycle.models import Event


@dataclass(frozen=True)
class Told:
    """Somebody who is to know (by the key of their account), and what fills the line in; a map of names is translated.

    `subject` (type, public id) is what it is read of, where that is another thing than the one the act was done upon.
    """

    user_id: int
    values: Mapping[str, Any] = field(default_factory=dict)
    subject: tuple[str, str] | None = None


@dataclass(frozen=True)
class Act:
    """What a person can do about a notice with one tap in the messenger: the button, the deed, and what is said then.

    `do(notice, person, at)` calls an action of the thing and raises what actions raise; what the person decided upon,
    such as a hash of the content, stands in the values of the notice.
    """

    label: Any
    do: Callable[[Notice, User, datetime.datetime], Any]
    done: Any


@dataclass(frozen=True)
class Telling:
    """One line with one button: whom it is told, by which words, and on which page it is read.

    `page` is the name of an address; `named` says that it takes the subject's public id. `urgent` makes a deadline
    tomorrow's. `stands(notice)` is asked before a message leaves: a turn that has passed is not announced. `act` is what
    can be done about it in the messenger.
    """

    code: str
    kind: str
    line: Any
    button: Any
    page: str
    who: Callable[[Event], Iterable[Told]]
    named: bool = True
    urgent: bool = False
    stands: Callable[[Notice], bool] = lambda notice: True
    act: Act | None = None


@dataclass(frozen=True)
class Entry:
    """What becomes of a plain sentence that somebody writes to the bot.

    `read` says back what was understood, `write` does it, once for a key, and answers with the public id, `attach` adds
    a picture; all raise ValidationError with the words for what is missing. `page` is where it is done by hand, `shown`
    where it is seen then.
    """

    read: Callable[[User, str, datetime.datetime], str]
    write: Callable[[User, str, str, datetime.datetime], str]
    attach: Callable[[User, str, bytes, datetime.datetime], Any]
    page: str
    shown: str
    done: Any


Table = Mapping[tuple[str, str], tuple[Telling, ...]]


@dataclass(frozen=True)
class Book:
    """The table of the site, (subject type, act) → what is told of it, the country's calendar, and what the bot writes."""

    table: Table
    calendar: Calendar
    entry: Entry | None = None

    @cached_property
    def by_code(self) -> dict[str, Telling]:
        return {telling.code: telling for tellings in self.table.values() for telling in tellings}

    def telling(self, notice: Notice) -> Telling:
        """The line of a notice; of one whose line is no longer told, a plain one that leads to the list."""
        return self.by_code.get(notice.telling, FORGOTTEN)

    def read_on(self, page: str) -> set[str]:
        """Codes of the lines that are read by opening this page."""
        return {code for code, telling in self.by_code.items() if telling.page == page}


FORGOTTEN = Telling("", "", _("Something changed that concerns you"), _("Open"), "notice-list", lambda event: (), False)


@lru_cache(maxsize=1)
def the_book() -> Book:
    """The site's own, as the settings name it."""
    book: Book = import_string(settings.NOTICES)
    return book
