"""What waits for a person: each thing says it in its `inbox.py`, the inbox page only lists it.

A queue holds exactly the rows on which the reader can make a move that somebody waits for.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.clock import today
from accounts.wording import counted, day_short


@dataclass(frozen=True)
class Line:
    """One waiting row in words: what it is about, what to do, since when, and where; `note` says with whom."""

    title: str
    action: str
    url: str
    since: Any = None
    due: Any = None
    note: str = ""

    @property
    def asked(self) -> str:
        """What is asked of the reader, and since when."""
        if self.since is None:
            return self.action
        day = timezone.localdate(self.since) if isinstance(self.since, datetime.datetime) else self.since
        waited = (today() - day).days
        if waited <= 0:
            return _("%(action)s · waiting since today") % {"action": self.action}
        values = {"action": self.action, "day": day_short(day), "days": counted(waited, "day")}
        return _("%(action)s · waiting since %(day)s (%(days)s)") % values


@dataclass(frozen=True)
class Queue:
    """A kind of waiting work; `rows(user)` is scoped by construction, `line(row, user)` says it in words; `prepared`
    reads at once what the lines of these rows need.
    """

    code: str
    label: Any
    rows: Callable[[Any], QuerySet[Any]]
    line: Callable[[Any, Any], Line]
    url: str = ""
    prepared: Callable[[list[Any]], list[Any]] = list


QUEUES: list[Queue] = []


def waits(queue: Queue) -> Queue:
    """Registers a queue once, whatever is imported twice."""
    if all(known.code != queue.code for known in QUEUES):
        QUEUES.append(queue)
    return queue
