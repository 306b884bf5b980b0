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
from cooperation.intakes.days import RULES, Question, read_day
from cooperation.intakes.reading import ASK_PARTY, ASKED, Known, names_in
from cooperation.intakes.terms import read_until
from exchange.jobs.handlers import Row
from exchange.jobs.models import Job, RowState
from institutions.matching.suggesting import REASONS

ON_ONE_PAGE = 50
NOBODY, OTHER = "nobody", "other"
RULE_WORDS: Mapping[str, Any] = {
    "day_first": gettext_lazy("The day stands first (31/12/2026)"),
    "month_first": gettext_lazy("The month stands first (12/31/2026)"),
    "2000": gettext_lazy("The years from 2000 on"),
    "1900": gettext_lazy("The years from 1900 on"),
    "first_day": gettext_lazy("The first day"),
    "last_day": gettext_lazy("The last day"),
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
    about: str  # "party", "day", "until" or a rule
    rows: int = 0
    choices: list[tuple[str, str]] = field(default_factory=list)
    takes_other: bool = False

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
        if self.about in RULES:
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
    for column in ("starts_on", "ends_on"):
        if question := _question(row, column, known.answers):
            yield Asked(question.key, question.said, question.rule or question.key.partition(":")[0])
    for name in names_in(row["parties"]):
        if known.matcher.known(name) is None and not known.matcher.is_left_out(name):
            yield Asked(f"{ASK_PARTY}:{name}", name, "party")


def _question(row: Row, column: str, answers: Mapping[str, str]) -> Question | None:
    """What a cell leaves open; a day that never was is no question."""
    try:
        if column == "starts_on":
            return read_day(row[column], answers).question if row[column] else None
        return read_until(row[column], None, answers).question
    except ValueError:
        return None


def _offer(asked: Asked, known: Known) -> None:
    """The answers to choose from."""
    if asked.about == "party":
        for each in known.matcher.suggestions(asked.said):
            said = {"name": name_now(each.institution.names), "share": f"{each.score:.0%}", "why": REASONS[each.reason]}
            asked.choices.append((each.institution.public_id, _("%(name)s (%(share)s, %(why)s)") % said))
        asked.choices += [(OTHER, _("Another organisation")), (NOBODY, _("It is not in the register"))]
        asked.takes_other = True
    elif asked.about in RULES:
        asked.choices = [(value, str(RULE_WORDS[value])) for value in RULES[asked.about]]
    else:
        asked.choices = [(value, str(words)) for value, words in LASTING.items()] if asked.about == "until" else []
        asked.choices.append((OTHER, _("A day")))
        asked.takes_other = True
