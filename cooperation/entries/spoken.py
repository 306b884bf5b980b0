"""One sentence as an entry: "open lesson with school 12, 25". What it says is read back before anything is written.

Words are folded, so any script and spelling will do; a type of activity is known by its name in any language, a partner
by the words of its name among those the person works with.
"""

import datetime
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.names import name_now
from accounts.spelling import search_key
from accounts.wording import day_short, number
from cooperation.activities.actions import log_activity
from cooperation.activities.attaching import attach_photo
from cooperation.activities.models import Activity
from cooperation.activities.rules import member_houses
from cooperation.agreements.models import Agreement
from cooperation.entries.choosing import Choices, agreement_words, choices_for
from exchange.notices.telling import Entry
from institutions.registry.models import Institution
from institutions.territory.models import Term

COUNT = re.compile(r"[,;:]\s*(\d{1,6})(?![\w-])")  # after a comma: a school has a number too
Option = TypeVar("Option")


@dataclass
class Spoken:
    """What was understood: the type, with whom, and how many of which category."""

    type: Term
    partner: Institution | Agreement
    count: int | None
    category: Term | None

    def content(self) -> dict[str, Any]:
        """In the words of the action."""
        found: dict[str, Any] = {"type_": self.type}
        if isinstance(self.partner, Agreement):
            found["agreement"] = self.partner
        else:
            found["agreement"], found["partners"] = None, [self.partner]
        if self.count and self.category:
            found["counts"] = {self.category: self.count}
        return found

    def words(self, on: datetime.date) -> str:
        """Said back in one line."""
        partner = self.partner
        told = agreement_words(partner) if isinstance(partner, Agreement) else name_now(partner.names)
        said = [name_now(self.type.names), day_short(on), told]
        if self.count and self.category:
            said.append(f"{name_now(self.category.names)}: {number(self.count)}")
        return " · ".join(said)


def understood(text: str, offered: Choices) -> Spoken:
    """The sentence as an entry among what this person is offered. Raises ValidationError for what is missing."""
    counts = COUNT.findall(text)
    said = search_key(COUNT.sub(" ", text)).split()
    type_ = _the_one(offered.types, said, lambda term: term.names.values(), whole=True)
    if type_ is None:
        raise ValidationError(_("What was it: name the activity, for example an open lesson."))
    named = {word for name in type_.names.values() for word in search_key(name).split()}
    rest = [word for word in said if word not in named]
    known: list[Institution | Agreement] = [*offered.agreements.values(), *offered.partners.values()]
    if partner := _the_one(known, rest, _names_of):
        count = int(counts[-1]) if counts else None
        return Spoken(type_, partner, count, _category(offered))
    raise ValidationError(_("With whom: name one partner you work with, so that it can be told from the others."))


def _names_of(option: Institution | Agreement) -> Iterable[str]:
    """The names in which a partner may be spoken of; those of an agreement are its other parties'."""
    maps = option.others if isinstance(option, Agreement) else [option.names]  # type: ignore[attr-defined]
    return [name for names in maps for name in names.values()]


def _the_one(
    options: Iterable[Option], said: Collection[str], names: Callable[[Option], Iterable[str]], *, whole: bool = False
) -> Option | None:
    """The option that most of the words speak of, if it is one alone: every number said must be in its name; `whole`:
    every word of its name must be said.
    """
    best: list[Option] = []
    most, numbers = 0, {word for word in said if word.isdigit()}
    for option in options:
        keys = [search_key(name).split() for name in names(option)]
        if whole:
            score = max((len(key) for key in keys if key and set(key) <= set(said)), default=0)
        else:
            score = max((len(set(key) & set(said)) for key in keys if numbers <= set(key)), default=0)
        if score > most:
            best, most = [option], score
        elif score == most and score and set(names(option)) != set(names(best[0])):  # of the same partner the first
            best.append(option)
    return best[0] if len(best) == 1 else None


def _category(offered: Choices) -> Term | None:
    """Who is counted: as the last time, else learners."""
    last = offered.last.get("category", "")
    known = [term for term in offered.categories if term.code == last]
    learners = [term for term in offered.categories if term.data.get("learner")]
    return next(iter([*known, *learners, *offered.categories]), None)


def read_back(person: User, text: str, at: datetime.datetime) -> str:
    """What was understood, in the person's language. Raises ValidationError."""
    on = timezone.localdate(at)
    if not member_houses(person):
        raise ValidationError(_("Only members of an organisation log activities."))
    return understood(text, choices_for(person, on)).words(on)


def write(person: User, text: str, key: str, at: datetime.datetime) -> str:
    """Logs it, once for a key; the public id. Raises ValidationError, PermissionDenied."""
    spoken = understood(text, choices_for(person, timezone.localdate(at)))
    return log_activity(by=person, at=at, client_key=key, **spoken.content()).public_id


def attach(person: User, public_id: str, data: bytes, at: datetime.datetime) -> None:
    """Adds the photo that came with the sentence."""
    activity = Activity.objects.all().visible_to(person).get(public_id=public_id)
    attach_photo(activity, by=person, at=at, data=data)


ENTRY = Entry(
    read_back, write, attach, page="activity-new", shown="activity-detail",
    done=gettext_lazy("Received. The partner is asked to confirm it."),
)  # fmt: skip
