"""The hook `panels`: blocks that other things put on the page of an institution or a territory, or on the home of those
who work at an institution.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Block:
    """A block: `shown(user, subject, on)` gives the variables of its template, or None where there is nothing to say.

    `subject` is an institution (on its page or, with `place` home, under the queues of its people) or a territory.
    """

    code: str
    title: Any
    template: str
    shown: Callable[[Any, Any, datetime.date], dict[str, Any] | None]
    place: str = "institution"


BLOCKS: list[Block] = []


def block(made: Block) -> Block:
    """Registers a block once, whatever is imported twice."""
    if all((known.code, known.place) != (made.code, made.place) for known in BLOCKS):
        BLOCKS.append(made)
    return made


def blocks_of(subject: Any, user: Any, on: datetime.date, place: str = "institution") -> list[dict[str, Any]]:
    """What the page of this subject shows beside its own facts."""
    return [
        {"code": each.code, "title": each.title, "template": each.template, **values}
        for each in BLOCKS
        if each.place == place and (values := each.shown(user, subject, on)) is not None
    ]
