"""A status moves in one way: by a move of its table, with one conditional UPDATE and one Event.

The table of a model is read by the action, by the buttons of the page and `moves` of the API, by the diagram in the
docs, by the tests of allowed and refused, and by the guards in the database.
"""

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from lifecycle.events import record
from lifecycle.models import Event

Rule = Callable[[Any, Any], bool]
RESTRICTED = "23001"  # what guards of the database raise: restrict_violation


class WrongStatus(Exception):
    """Not now (409): the subject is in `current_status`; `moves` are open to this person from there.

    `extra` is what else the answer tells, as JSON: the difference between what was read and what is there now.
    """

    def __init__(
        self, current_status: str, moves: Sequence[str] = (), message: Any = "", extra: dict[str, Any] | None = None
    ) -> None:
        super().__init__(str(message or current_status))
        self.current_status, self.moves, self.message = current_status, list(moves), message
        self.extra: dict[str, Any] = extra or {}


@dataclass(frozen=True)
class Condition:
    """Something that must hold for a move and does not: a code, a sentence, and the field it speaks of."""

    code: str
    message: Any
    pointer: str = ""


class Unmet(Exception):
    """Conditions of a move that do not hold (422): all of them."""

    def __init__(self, conditions: Iterable[Condition]) -> None:
        self.conditions = list(conditions)
        super().__init__("; ".join(str(condition.message) for condition in self.conditions))


def by_system(user: Any, subject: Any) -> bool:
    """A move nobody makes by hand."""
    return user is None


@contextmanager
def held(*rows: Any) -> Iterator[None]:
    """The rows of one model are ours until commit, and fresh; locked in one order, whoever asks."""
    with transaction.atomic():
        for row in sorted(rows, key=lambda each: each.pk):
            row.refresh_from_db(from_queryset=type(row)._base_manager.select_for_update())
        yield


class Subject(Protocol):
    """What a life cycle moves: a row with a status and a public id, which says whom it concerns."""

    pk: Any
    status: str
    public_id: str

    def audience(self) -> dict[str, Any]:
        """Fields of the Event about it: `title`, `concerned`, `members_only`, `institution`."""


@dataclass(frozen=True)
class Transition:
    """One line of a table. `target` None means: no change of status, only the Event (a notice, an extension)."""

    name: str
    sources: tuple[str, ...]
    target: str | None
    may: Rule
    label: Any = ""
    needs_reason: bool = False
    must_hold: Callable[[Any], Iterable[Condition]] | None = None
    dangerous: bool = False
    who: Rule | None = (
        None  # whose move it is at its time: from another status they are told "not now", others "not you"
    )
    timely: Callable[[Any], bool] | None = None  # whether its time is now, where the status alone does not say so
    by_link: Rule | None = None  # whether the bearer of this personal link, who has no account, may make the move

    def is_timely(self, subject: Any) -> bool:
        """Whether this is its time."""
        return subject.status in self.sources and (self.timely is None or self.timely(subject))

    def allows(self, by: Any, subject: Any, link: Any = None) -> bool:
        """The rule of the person, or of the link where nobody is signed in."""
        if link is None:
            return self.may(by, subject)
        return by is None and self.by_link is not None and self.by_link(link, subject)


LIFECYCLES: dict[str, "Lifecycle"] = {}


@dataclass
class Lifecycle:
    """The table of one model; `subject_type` is its word in Events."""

    subject_type: str
    transitions: tuple[Transition, ...]
    initial: tuple[str, ...]
    by_name: dict[str, list[Transition]] = field(init=False)

    def __init__(self, subject_type: str, *transitions: Transition, initial: tuple[str, ...]) -> None:
        self.subject_type, self.transitions, self.initial = subject_type, transitions, initial
        self.by_name = {}
        for line in transitions:
            self.by_name.setdefault(line.name, []).append(line)
        LIFECYCLES[subject_type] = self

    def pairs(self) -> set[tuple[str, str]]:
        """Every (from, to) the database lets pass."""
        return {(source, line.target) for line in self.transitions if line.target for source in line.sources}

    def available(self, subject: Any, user: Any) -> list[str]:
        """Moves this person may make now, by role and status; an unmet condition hides nothing."""
        return [line.name for line in self.transitions if subject.status in line.sources and line.may(user, subject)]

    def line(self, name: str, status: str) -> Transition:
        """The line of a move from this status, or its first line when the status is wrong (the rule still speaks)."""
        lines = self.by_name[name]
        return next((line for line in lines if status in line.sources), lines[0])

    def might(self, name: str, subject: Any, by: Any) -> bool:
        """Whether this is a move of this person, now or from another status."""
        lines = self.by_name[name]
        if any(line.may(by, subject) for line in lines):
            return True
        early = not any(line.is_timely(subject) for line in lines)
        return early and any(line.who is not None and line.who(by, subject) for line in lines)

    def permit(self, name: str, subject: Any, by: Any, reason: str = "", link: Any = None) -> Transition:
        """The line of the move, if this person (or the bearer of this link) may make it now.

        Raises PermissionDenied, WrongStatus or ValidationError.
        """
        line = self.line(name, subject.status)
        if not line.allows(by, subject, link):
            if by is not None and self.might(name, subject, by):
                raise WrongStatus(subject.status, self.available(subject, by))
            raise PermissionDenied(name)
        if subject.status not in line.sources:
            raise WrongStatus(subject.status, self.available(subject, by))
        if line.needs_reason and not reason.strip():
            raise ValidationError({"reason": _("Say why: the other side will read it.")}, code="required")
        return line

    def apply(
        self,
        name: str,
        subject: Any,
        *,
        by: Any,
        at: datetime.datetime,
        reason: str = "",
        where: dict[str, Any] | None = None,
        change: dict[str, Any] | None = None,
        permitted: Transition | None = None,
        **event: Any,
    ) -> Event:
        """Move: may they, one conditional UPDATE, what must hold, the Event; all in one transaction.

        `where` names what the decision relied on beside the status, `change` what else the move writes. An action that
        holds the row and must prepare before it moves asks `permit` first and hands over its answer as `permitted`.
        Raises PermissionDenied, ValidationError (no reason), WrongStatus, Unmet.
        """
        line = permitted or self.permit(name, subject, by, reason)
        before = subject.status
        try:
            with transaction.atomic():
                self._update(line, subject, by, where or {}, change or {})
                unmet = list(line.must_hold(subject)) if line.must_hold else []
                if unmet:
                    subject.status = before
                    raise Unmet(unmet)
                said = {"status_before": before, "reason": reason, **event}
                told = self.tell(name, subject, by=by, at=at, **said)
                self._let_follow(subject, told)
                return told
        except IntegrityError as error:
            self._say_in_words(line, subject, error)
            raise

    def _let_follow(self, subject: Any, event: Event) -> None:
        """What follows from the move in things above, in this very transaction (`settings.FOLLOWERS`)."""
        for path in settings.FOLLOWERS.get(self.subject_type, ()):
            import_string(path)(subject, event)

    def tell(self, name: str, subject: Any, *, by: Any, at: datetime.datetime, **event: Any) -> Event:
        """The Event of an act that is no line of the table: the status stays."""
        said = {"status_before": subject.status, **subject.audience(), **event}
        return record(
            name, subject_type=self.subject_type, subject_id=subject.public_id, status_after=subject.status,
            by=by, at=at, **said,
        )  # fmt: skip

    def _say_in_words(self, line: Transition, subject: Any, error: IntegrityError) -> None:
        """Where the database keeps the same law and refused first: what is lacking, as the table says it."""
        guarded = getattr(error.__cause__, "pgcode", "") == RESTRICTED and line.must_hold is not None
        unmet = list(line.must_hold(subject)) if guarded and line.must_hold else []
        if unmet:
            raise Unmet(unmet) from error

    def _update(self, line: Transition, subject: Any, by: Any, where: dict[str, Any], change: dict[str, Any]) -> None:
        model: type[models.Model] = type(subject)
        rows = model._default_manager.filter(pk=subject.pk, status__in=line.sources, **where)
        written = {**({"status": line.target} if line.target else {}), **change}
        if not (rows.update(**written) if written else rows.exists()):
            fresh = model._default_manager.get(pk=subject.pk)
            raise WrongStatus(fresh.status, self.available(fresh, by))  # type: ignore[attr-defined]
        subject.refresh_from_db(fields=list(written) or None)
