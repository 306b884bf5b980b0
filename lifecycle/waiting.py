"""What waits for a person: each thing says it in its `inbox.py`, the inbox page only lists it.

A queue holds exactly the rows on which the reader can make a move that somebody waits for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet


@dataclass(frozen=True)
class Line:
    """One waiting row in words: what it is about, what to do, since when, and where."""

    title: str
    action: str
    url: str
    since: Any = None
    due: Any = None


@dataclass(frozen=True)
class Queue:
    """A kind of waiting work; `rows(user)` is scoped by construction, `line(row, user)` says it in words."""

    code: str
    label: Any
    rows: Callable[[Any], QuerySet[Any]]
    line: Callable[[Any, Any], Line]
    url: str = ""


QUEUES: list[Queue] = []


def waits(queue: Queue) -> Queue:
    """Registers a queue once, whatever is imported twice."""
    if all(known.code != queue.code for known in QUEUES):
        QUEUES.append(queue)
    return queue
