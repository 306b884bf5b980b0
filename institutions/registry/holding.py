"""What holds an institution open: running work of other things, to be ended or taken over before it closes.

The things above say it in their `panels.py`, beside the block they put on its page.
"""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from lifecycle.transitions import Condition


@dataclass(frozen=True)
class Hold:
    """A kind of running work; `numbers(institution, day)` names what still runs on that day or later.

    `message` says with `%(named)s` what to do about it.
    """

    code: str
    message: Any
    numbers: Callable[[Any, datetime.date], Sequence[str]]


HOLDS: list[Hold] = []


def holds_open(made: Hold) -> Hold:
    """Registers a kind of work once, whatever is imported twice."""
    if all(known.code != made.code for known in HOLDS):
        HOLDS.append(made)
    return made


def running(institution: Any, day: datetime.date) -> dict[str, list[str]]:
    """What still runs, by kind."""
    found = {hold.code: list(hold.numbers(institution, day)) for hold in HOLDS}
    return {code: numbers for code, numbers in found.items() if numbers}


def held_by(found: dict[str, list[str]]) -> list[Condition]:
    """A condition for each kind of work that nobody takes over, naming every piece of it."""
    said = {hold.code: hold.message for hold in HOLDS}
    return [Condition(f"running_{code}", said[code] % {"named": ", ".join(found[code])}, "/heirs") for code in found]
