"""Rows of a list of agreements: every cell checked, every fault of a row named, what is unclear asked and not guessed."""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from accounts.names import name_now
from accounts.spelling import search_key
from accounts.wording import day_short
from cooperation.agreements.conditions import LONGEST_YEARS, years_later
from cooperation.agreements.models import Agreement
from cooperation.agreements.rules import admin_houses
from cooperation.intakes.days import EARLIEST, Question, Read, key_of, read_day
from cooperation.intakes.models import Intake, IntakeAnswer
from cooperation.intakes.terms import Until, read_until
from exchange.jobs.handlers import Fault, Row
from institutions.matching.suggesting import Matcher
from institutions.registry.models import Institution
from institutions.territory.models import Term

ASK_DAY, ASK_TERM, ASK_PARTY, ASK_KIND = "ask_day", "ask_term", "ask_party", "ask_kind"
ASKED = (ASK_DAY, ASK_TERM, ASK_PARTY, ASK_KIND)
MOST_PARTIES = 50
PARTED = re.compile(r"[,/+&]|\s(?:va|ва|and|и|hamda|ҳамда)\s")


@dataclass(slots=True)
class Arrival:
    """A row as a draft will say it; `parties` begin with the importing institution."""

    key: str
    number: str
    title: str
    kind: Term | None
    starts_on: datetime.date | None
    until: Until
    parties: list[Institution]
    source: str


@dataclass
class Known:
    """What rows are read against, read once for the whole file."""

    house: Institution
    kinds: dict[str, Term]
    matcher: Matcher
    answers: dict[str, str]
    stored: dict[str, Intake]
    numbers: dict[str, str]  # public id of an agreement that still is there → its number
    today: datetime.date
    seen: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, rows: Sequence[Row], by: Any, today: datetime.date) -> "Known | None":
        """None where this person drafts for no institution, or the rows do not say for which of several."""
        named = {name for row in rows for name in names_in(row["parties"])}
        house = house_of(by, named)
        if house is None:
            return None
        stored = {row.key: row for row in Intake.objects.filter(house=house)}
        keys = [row.agreement_key for row in stored.values()]
        numbers = Agreement.objects.filter(public_id__in=keys).values_list("public_id", "number")
        return cls(
            house, _kinds(), Matcher.read(named, by, house), answers_of(house), stored, dict(numbers), today
        )  # fmt: skip

    def kind(self, said: str) -> Term | None:
        """The kind of agreement that is called so, or was said to be meant by it."""
        answered = self.answers.get(key_of("kind", said), "")
        return self.kinds.get(said) or self.kinds.get(search_key(said)) or self.kinds.get(answered)


def house_of(by: Any, named: set[str]) -> Institution | None:
    """The own institution the list belongs to: the only one, or of several the only one the rows name."""
    own = list(Institution.objects.filter(pk__in=admin_houses(by), status="verified").order_by("pk"))
    if len(own) < 2:
        return own[0] if own else None
    keys = {search_key(name) for name in named}
    meant = [house for house in own if house.public_id in named or keys & {search_key(n) for n in house.names.values()}]
    return meant[0] if len(meant) == 1 else None


def answers_of(house: Institution) -> dict[str, str]:
    """What was answered before in this institution."""
    return dict(IntakeAnswer.objects.filter(house=house).values_list("key", "value"))


def _kinds() -> dict[str, Term]:
    """Kinds of agreement by code and by their names in every language."""
    found: dict[str, Term] = {}
    for term in Term.objects.filter(vocabulary="agreement_kind").order_by("pk"):
        found |= {search_key(name): term for name in term.names.values()}
    return found | {term.code: term for term in found.values()}


def names_in(text: str) -> list[str]:
    """The parties of a cell, parted by semicolons or line ends, each once."""
    return list(dict.fromkeys(part for line in text.replace(";", "\n").splitlines() if (part := line.strip())))


def known_parts(name: str, matcher: Matcher) -> list[str]:
    """The names in one piece of a cell, where commas, strokes or "and" part it into nothing but known ones."""
    parts = [part.strip() for part in PARTED.split(name) if part.strip()]
    return parts if len(parts) > 1 and all(matcher.known(part) for part in parts) else []


class Check:
    """One row: the draft it would become, and everything that is wrong with it or has to be asked."""

    def __init__(self, row: Row, known: Known) -> None:
        self.row, self.known = row, known
        self.faults: list[Fault] = []
        self.warnings: list[Fault] = []

    def result(self) -> Arrival | None:
        """The draft where nothing is wrong; `faults` and `warnings` say the rest."""
        number = self._line("number", 100, _("Give the number the agreement has on paper."))
        title = self._line("title", 300, _("Say in one line what the agreement is about."))
        starts_on = self._start()
        arrival = Arrival(
            search_key(number)[:200], number, title, self._kind(), starts_on, self._until(starts_on), self._parties(),
            self._line("source", 500, ""),
        )  # fmt: skip
        self._once(arrival)
        return None if self.faults else arrival

    def fault(self, column: str, code: str, message: str) -> None:
        """Adds a fault of this row."""
        self.faults.append(Fault(self.row.number, column, code, message))

    def _line(self, column: str, most: int, missing: str) -> str:
        said = " ".join(self.row[column].split())
        if not said and missing:
            self.fault(column, "required", missing)
        if len(said) > most:
            self.fault(column, "too_long", _("A cell has at most %(most)s characters.") % {"most": most})
        return said

    def _kind(self) -> Term | None:
        said = self.row["kind"]
        if not said:
            self.fault("kind", "required", _("Choose the kind of agreement."))
            return None
        found = self.known.kind(said)
        if found is None:
            self.fault("kind", ASK_KIND, asked(Question("kind", "", said)))
        elif self.known.today not in found.valid:
            self.fault("kind", "closed", _("This kind of agreement is no longer used. Choose another one."))
        return found

    def _start(self) -> datetime.date | None:
        said = self.row["starts_on"]
        if not said:
            message = _("Enter the first day of the agreement, for example 01.09.2026.")
            self.fault("starts_on", "required", message)
            return None
        try:
            read = read_day(said, self.known.answers)
        except ValueError:
            self._no_day("starts_on", said)
            return None
        return self._heard("starts_on", said, read)

    def _until(self, starts_on: datetime.date | None) -> Until:
        said = self.row["ends_on"]
        try:
            read = read_until(said, starts_on, self.known.answers)
        except ValueError:
            self._no_day("ends_on", said)
            return Until()
        self._heard("ends_on", said, Read(read.ends_on, read.question, read.note))
        if starts_on and read.ends_on and read.ends_on <= starts_on:
            self.fault("ends_on", "dates_out_of_order", _("The end date must be later than the start date."))
        elif starts_on and read.ends_on and read.ends_on > years_later(starts_on, LONGEST_YEARS):
            message = _("An agreement lasts at most %(years)s years.") % {"years": LONGEST_YEARS}
            self.fault("ends_on", "lasts_too_long", message)
        return read

    def _no_day(self, column: str, said: str) -> None:
        message = _("There is no such day: “%(said)s”. Write it as 2026-09-01.") % {"said": said[:40]}
        self.fault(column, "invalid", message)

    def _heard(self, column: str, said: str, read: Read) -> datetime.date | None:
        """What a cell means, its question as a fault of the row, and a word about a reading that deserves a look."""
        if read.question is not None:
            code = ASK_TERM if not read.question.rule and column == "ends_on" else ASK_DAY
            self.fault(column, code, asked(read.question))
        elif read.day and not EARLIEST <= read.day <= (latest := years_later(self.known.today, LONGEST_YEARS)):
            days = {"day": day_short(read.day), "first": day_short(EARLIEST), "last": day_short(latest)}
            message = _("%(day)s cannot be right: enter a day between %(first)s and %(last)s.") % days
            self.fault(column, "out_of_range", message)
            return None
        elif read.day and read.note:
            message = _("“%(said)s” is read as %(day)s.") % {"said": said[:40], "day": day_short(read.day)}
            self.warnings.append(Fault(self.row.number, column, read.note, message))
        return read.day

    def _parties(self) -> list[Institution]:
        """The importing institution first, then whoever else is named."""
        names, found = names_in(self.row["parties"]), [self.known.house]
        for name in names[:MOST_PARTIES]:
            meant = self.known.matcher.known(name)
            if meant is not None and meant not in found:
                found.append(meant)
            elif meant is None:
                self._unknown(name)
        if len(names) > MOST_PARTIES:
            self.fault("parties", "too_many", _("At most %(most)s parties.") % {"most": MOST_PARTIES})
        elif len(found) < 2 and not any(fault.column == "parties" for fault in self.faults):
            message = _("Add a partner: an agreement needs at least two organisations.")
            self.fault("parties", "parties_too_few", message)
        return found

    def _unknown(self, name: str) -> None:
        matcher, said = self.known.matcher, {"name": name[:120]}
        if matcher.is_left_out(name):
            message = _("“%(name)s” is not in the register: it has to be registered first.") % said
            self.fault("parties", "not_registered", message)
            return
        if several := known_parts(name, matcher):
            message = _("“%(name)s” names several organisations: part them with semicolons.") % said
            self.fault("parties", "not_parted", f"{message} {'; '.join(several)}")
            return
        likely = [f"{name_now(each.institution.names)} ({each.score:.0%})" for each in matcher.suggestions(name)[:3]]
        message = _("Who is “%(name)s”? Pick the organisation on the page of questions.") % said
        if likely:
            message = f"{message} {_('Perhaps: %(names)s.') % {'names': '; '.join(likely)}}"
        self.fault("parties", ASK_PARTY, message)

    def _once(self, arrival: Arrival) -> None:
        if not arrival.key:
            return
        first = self.known.seen.setdefault(arrival.key, self.row.number)
        if first != self.row.number:
            message = _("This number stands in the file already, in row %(row)s.") % {"row": first}
            self.fault("number", "duplicate", message)


def asked(question: Question) -> str:
    """A question in one sentence, for the row it comes from."""
    said = {"said": question.said[:60]}
    if question.rule == "order":
        return _("“%(said)s”: is the day or the month first? Answer once on the page of questions.") % said
    if question.rule == "figures":
        return _("“%(said)s”: is the day or the year first? Answer once on the page of questions.") % said
    if question.rule == "until":
        return _("“%(said)s”: does that day still belong to it? Answer once on the page of questions.") % said
    if question.rule in ("month", "month_end"):
        return _("“%(said)s” names no day. Say once on the page of questions which day of the month counts.") % said
    if question.rule in ("year", "year_end"):
        return _("“%(said)s” names no day. Say once on the page of questions which day of the year counts.") % said
    return _("“%(said)s” is not clear. Say what it means on the page of questions.") % said
