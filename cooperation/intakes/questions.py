"""What a file leaves open: one question for all cells that one answer settles, the most frequent first."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.names import name_now
from accounts.wording import counted
from cooperation.intakes.days import RULES, NotADay, Question, Side, key_of, read_side
from cooperation.intakes.reading import ASK_PARTY, ASKED, Known, known_parts, names_in
from cooperation.intakes.terms import as_answer, hinted, read_until
from exchange.jobs.handlers import Row
from exchange.jobs.models import Job, RowState
from institutions.matching.suggesting import REASONS

ON_ONE_PAGE = 50
NOBODY, OTHER = "nobody", "other"
RULE_WORDS: Mapping[str, Any] = {
    "day_first": gettext_lazy("The day stands first (31/12/2026)"),
    "month_first": gettext_lazy("The month stands first (12/31/2026)"),
    "day_before": gettext_lazy("The day stands first, the year last"),
    "year_before": gettext_lazy("The year stands first, the day last"),
    "first_day": gettext_lazy("The first day"),
    "last_day": gettext_lazy("The last day"),
    "same_day": gettext_lazy("So many whole years after the agreement began"),
    "inclusive": gettext_lazy("The day itself is the last one"),
    "exclusive": gettext_lazy("The day before it is the last one"),
}
LASTING: Mapping[str, Any] = {
    "none": gettext_lazy("It has no end"),
    "months:12": gettext_lazy("One year"),
    "months:12:auto": gettext_lazy("One year, renewed by itself"),
    "months:36": gettext_lazy("Three years"),
    "months:36:auto": gettext_lazy("Three years, renewed by itself"),
    "months:60": gettext_lazy("Five years"),
    "months:60:auto": gettext_lazy("Five years, renewed by itself"),
}


@dataclass
class Asked:
    """A question as the page asks it: what is meant by `said`, in so many rows; `choices` are values with words."""

    key: str
    said: str
    about: str  # "party", "kind", "day", "until" or a rule
    rows: int = 0
    choices: list[tuple[str, str]] = field(default_factory=list)
    takes_other: bool = False

    @property
    def is_rule(self) -> bool:
        """Whether the answer is a rule for all cells of a shape; wordings have the words in their key."""
        return self.key in RULES

    @property
    def name(self) -> str:
        """The name of its field, the same whenever the page is made."""
        return "q" + sha256(self.key.encode()).hexdigest()[:12]

    @property
    def words(self) -> str:
        """The question itself."""
        said = {"said": self.said[:200]}
        if self.about == "party":
            return _("Who is “%(said)s”?") % said
        if self.about in RULES and self.about.endswith("_end"):
            return _("When does an agreement end that is written “%(said)s”?") % said
        if self.about == "until" and self.is_rule:
            return _("Until when does an agreement last that is written “%(said)s”?") % said
        if self.about == "kind":
            return _("Which kind of agreement is “%(said)s”?") % said
        if self.is_rule:
            return _("How are days like “%(said)s” read in this list?") % said
        return _("What does “%(said)s” mean?") % said

    @property
    def in_rows(self) -> str:
        """How many rows wait for the answer."""
        return ngettext("%(count)d row waits for the answer", "%(count)d rows wait for the answer", self.rows) % {
            "count": self.rows
        }


def questions_of(job: Job, at: datetime.datetime) -> tuple[Known | None, list[Asked]]:
    """What the refused rows of a job ask, against what is known now; no query for each row."""
    kept = job.rows.filter(state=RowState.REFUSED).order_by("number")
    rows = [
        Row(row.number, row.now) for row in kept if any(error["code"] in ASKED for error in row.errors)
    ]  # fmt: skip
    known = Known.read(rows, job.owner, timezone.localtime(at).date()) if rows else None
    found: dict[str, Asked] = {}
    for row in rows if known else ():
        for asked in _asked_by(row, known):  # type: ignore[arg-type]
            found.setdefault(asked.key, asked).rows += 1
    ranked = sorted(found.values(), key=lambda each: (each.about == "party", -each.rows, each.said))
    for asked in ranked[:ON_ONE_PAGE]:
        _offer(asked, known)  # type: ignore[arg-type]
    return known, ranked


def _asked_by(row: Row, known: Known) -> Iterator[Asked]:
    if (said := row["kind"]) and known.kind(said) is None:
        yield Asked(key_of("kind", said), said, "kind")
    for question in _questions(row, known.answers):
        yield Asked(question.key, question.said, question.rule or question.key.partition(":")[0])
    for name in names_in(row["parties"]):
        matcher = known.matcher
        if matcher.known(name) is None and not matcher.is_left_out(name) and not known_parts(name, matcher):
            yield Asked(f"{ASK_PARTY}:{name}", name, "party")


def _questions(row: Row, answers: Mapping[str, str]) -> Iterator[Question]:
    """What the days of a row leave open; a day that never was is no question."""
    starts_on = None
    try:
        begins = read_side(row["starts_on"], Side(answers)) if row["starts_on"] else None
        if begins and begins.question:
            yield begins.question
        starts_on = begins.day if begins else None
    except NotADay:
        pass
    try:
        until = read_until(row["ends_on"], starts_on, answers)
    except NotADay:
        return
    if until.question:
        yield until.question


def _offer(asked: Asked, known: Known) -> None:
    """The answers to choose from."""
    if asked.about == "party":
        for each in known.matcher.suggestions(asked.said):
            said = {"name": name_now(each.institution.names), "share": f"{each.score:.0%}", "why": REASONS[each.reason]}
            asked.choices.append((each.institution.public_id, _("%(name)s (%(share)s, %(why)s)") % said))
        asked.choices += [(OTHER, _("Another organisation")), (NOBODY, _("It is not in the register"))]
        asked.takes_other = True
    elif asked.about == "kind":
        kinds = {term.code: term for term in known.kinds.values() if known.today in term.valid}
        asked.choices = [(code, name_now(term.names)) for code, term in kinds.items()]
    elif asked.is_rule:
        asked.choices = [(value, str(RULE_WORDS[value])) for value in RULES[asked.about]]
    else:
        asked.choices = _lengths(asked.said) if asked.about == "until" else []
        words = _("A day, or so long: 2 years") if asked.about == "until" else _("A day")
        asked.choices.append((OTHER, words))
        asked.takes_other = True


def _lengths(said: str) -> list[tuple[str, str]]:
    """How long an agreement may last, what the wording itself speaks of first."""
    offered = {value: str(words) for value, words in LASTING.items()}
    months = hinted(said)
    if months is None:
        return list(offered.items())
    long = counted(months // 12, "year") if months % 12 == 0 else counted(months, "month")
    own = {as_answer(months): long, as_answer(months, renews=True): _("%(long)s, renewed by itself") % {"long": long}}
    return list({**own, "none": offered["none"]}.items())
