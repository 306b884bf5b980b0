"""How far an obligation is covered: what joint work gives to which promise, and when a promise was delivered. No database.

Whatever has the named attributes fits: rows of a model, or the rows a world is about to write.
"""

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

ONE = Decimal(1)
SERVICES_FORM = "F39"  # sessions of this form are what the kind `services` counts where its term names none


@dataclass(frozen=True)
class Work:
    """A confirmed activity as promises read it: `houses` are the ids of the institutions that stand by it."""

    key: str
    form: str
    starts_on: datetime.date
    logged_on: datetime.date
    hours: Decimal | None
    people: int
    houses: frozenset[int]


@dataclass(frozen=True)
class Promise:
    """What is owed, as work is measured against it; `quantity` None asks for one piece of any size."""

    key: Any
    kind: str
    form: str
    responsible: int
    beneficiary: int | None
    quantity: Decimal | None
    due_on: datetime.date | None


MEASURES: dict[str, Callable[[Work], Decimal]] = {
    "events": lambda work: ONE,
    "services": lambda work: ONE,
    "people": lambda work: Decimal(work.people),
    "hours": lambda work: work.hours or Decimal(0),
}
COUNTED_KINDS = tuple(MEASURES)


def measure(promise: Promise, work: Work) -> Decimal:
    """How much of the promise the work is; nought where it is none of it.

    Who owes it stands by the work, and so does who it is owed to, or any other where nobody is named.
    """
    form = promise.form or (SERVICES_FORM if promise.kind == "services" else "")
    if promise.kind not in MEASURES or (form and work.form != form) or promise.responsible not in work.houses:
        return Decimal(0)
    others = work.houses - {promise.responsible}
    if not (promise.beneficiary in others if promise.beneficiary else others):
        return Decimal(0)
    return MEASURES[promise.kind](work)


Place = tuple[str, int, int | None, str]  # kind, who owes, to whom, work: it is counted once in each


def nothing(promise: Promise) -> Decimal:
    """Of a promise that has nothing beside joint work."""
    return Decimal(0)


def allot(
    promises: Iterable[Promise],
    works: Iterable[Work],
    spent: Iterable[Place] = (),
    already: Callable[[Promise], Decimal] = nothing,
) -> dict[Any, list[tuple[Work, Decimal]]]:
    """Which work goes to which promise: the earliest logged first, to the promise that is due first.

    A piece of work is counted once among promises of the same kind between the same two sides; what one promise does
    not need is left for the next. `spent` was counted elsewhere, `already` is what else a promise has. The answer has
    every promise's key.
    """
    rows = sorted(works, key=lambda work: (work.logged_on, work.starts_on, work.key))
    found: dict[Any, list[tuple[Work, Decimal]]] = {}
    taken: set[Place] = set(spent)
    for promise in sorted(promises, key=_in_turn):
        mine, has = found.setdefault(promise.key, []), already(promise)
        for work in rows:
            if reaches(has, promise.quantity):
                break
            place = (promise.kind, promise.responsible, promise.beneficiary, work.key)
            size = measure(promise, work)
            if size and place not in taken:
                taken.add(place)
                mine.append((work, size))
                has += size
    return found


def _in_turn(promise: Promise) -> tuple[Any, ...]:
    """Due first; on one day who names a form before who takes any."""
    return (promise.due_on or datetime.date.max, not promise.form, promise.key)


def reaches(has: Decimal, quantity: Decimal | None) -> bool:
    """Whether that much is what was promised: of a promise without a number, anything at all."""
    return has > 0 if not quantity else has >= quantity


def delivered_on(evidence: Sequence[Any], quantity: Decimal | None) -> datetime.date | None:
    """The day on which what is there by then was enough; None while it is not.

    A proof without a number says that the whole was done where no number was promised, and one piece elsewhere.
    """
    has = Decimal(0)
    for proof in sorted(evidence, key=lambda each: each.submitted_on):
        has += size_of(proof)
        if reaches(has, quantity):
            day: datetime.date = proof.submitted_on
            return day
    return None


def size_of(proof: Any) -> Decimal:
    """How much one proof says was done."""
    found: Decimal | None = proof.quantity
    return ONE if found is None else found
