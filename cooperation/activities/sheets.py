"""Activities as a file: each row is logged as a person would log it, and waits for the other side like any other."""

import datetime
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.names import name_in
from accounts.spelling import search_key
from cooperation.activities.actions import log_activity
from cooperation.activities.models import Activity
from cooperation.activities.rules import member_houses
from exchange.jobs.handlers import Column, Fault, Importer, Plan, Progress, Row
from exchange.jobs.models import RowState
from exchange.sheets import day_of
from institutions.registry.models import Institution
from institutions.registry.reading import houses_named
from institutions.territory.models import Term

FIELDS = ("type", "starts_on", "organiser", "partners", "participants", "note")
COUNT = re.compile(r"(?:(?P<category>[^:;]+):\s*)?(?P<number>[0-9]{1,6})\Z")
UNSAID = "others"  # the category of a number that names none
NOTE = 2000
EVERY = 100


@dataclass
class Register:
    """What rows are checked against, read once for the whole file."""

    types: dict[str, Term]
    categories: dict[str, Term]
    houses: dict[str, Institution]
    own: dict[int, Institution]
    today: datetime.date
    seen: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, rows: Sequence[Row], by: Any, today: datetime.date) -> "Register":
        """Words by code and by folded name, institutions that the file names, and those the person may log for."""
        named = {name for row in rows for name in (row["organiser"], *names_in(row["partners"])) if name}
        own = Institution.objects.in_bulk(member_houses(by))
        return cls(_words("activity_type"), _words("participant_category"), houses_named(named, by), own, today)


def _words(vocabulary: str) -> dict[str, Term]:
    found: dict[str, Term] = {}
    for term in Term.objects.filter(vocabulary=vocabulary).order_by("pk"):
        found |= {search_key(name): term for name in term.names.values()}
    return found | {term.code: term for term in found.values()}


def names_in(text: str) -> list[str]:
    """The parts of a list separated by semicolons."""
    return [part.strip() for part in text.split(";") if part.strip()]


def plan_activities(rows: list[Row], *, by: Any, at: datetime.datetime, progress: Progress) -> Plan:
    """Checks every row; the plan's writing logs the accepted ones, each once however often the file comes."""
    register, plan = Register.read(rows, by, timezone.localtime(at).date()), Plan()
    ready: dict[int, dict[str, Any]] = {}
    for count, row in enumerate(rows, start=1):
        entry, faults = Check(row, register).result()
        plan.faults += faults
        if entry is not None:
            ready[row.number] = entry
        if count % EVERY == 0:
            progress(count)
    keys = [entry["client_key"] for entry in ready.values()]
    known = set(Activity.objects.filter(client_key__in=keys).values_list("client_key", flat=True))
    for number, entry in ready.items():
        plan.states[number] = RowState.UNCHANGED if entry["client_key"] in known else RowState.CREATED

    def write(told: Progress) -> None:
        new = [entry for number, entry in ready.items() if plan.states[number] == RowState.CREATED]
        for count, entry in enumerate(new, start=1):
            log_activity(by=by, at=at, **entry)
            if count % EVERY == 0:
                told(count)
        told(len(rows))

    plan.write = write
    return plan


class Check:
    """One row: what it says, as `log_activity` takes it, and everything that is wrong with it."""

    def __init__(self, row: Row, register: Register) -> None:
        self.row, self.register = row, register
        self.faults: list[Fault] = []

    def result(self) -> tuple[dict[str, Any] | None, list[Fault]]:
        """The entry if nothing is wrong, else every fault."""
        entry = {
            "type_": self._type(), "starts_on": self._day(), "organiser": self._organiser(),
            "partners": self._partners(), "counts": self._counts(), "note": self._note(), "client_key": self._key(),
        }  # fmt: skip
        return (None, self.faults) if self.faults else (entry, [])

    def fault(self, column: str, code: str, message: str) -> None:
        """Adds a fault of this row."""
        self.faults.append(Fault(self.row.number, column, code, message))

    def _word(self, column: str, said: str, words: Mapping[str, Term]) -> Term | None:
        found = words.get(said) or words.get(search_key(said))
        if found is None:
            message = _("Choose from the sheet of allowed codes; “%(said)s” is none.") % {"said": said[:60]}
            self.fault(column, "unknown", message)
        return found

    def _type(self) -> Term | None:
        if not self.row["type"]:
            self.fault("type", "required", _("Say what was done."))
            return None
        found = self._word("type", self.row["type"], self.register.types)
        if found is not None and not found.data.get("form"):
            self.fault("type", "form", _("This kind has no usual form: log it by hand."))
        return found

    def _day(self) -> datetime.date | None:
        try:
            found = day_of(self.row["starts_on"])
        except ValueError:
            said = {"said": self.row["starts_on"][:40]}
            self.fault("starts_on", "invalid", _("Write the day as 2026-09-01; “%(said)s” is none.") % said)
            return None
        if found is None:
            self.fault("starts_on", "required", _("Give the day on which it took place."))
        elif found > self.register.today:
            self.fault("starts_on", "future", _("The date cannot be later than today."))
        elif found < self.register.today - datetime.timedelta(days=366):
            self.fault("starts_on", "too_early", _("Only what happened within the last 12 months can be logged."))
        return found

    def _organiser(self) -> Institution | None:
        said, own = self.row["organiser"], self.register.own
        if not said and len(own) == 1:
            return next(iter(own.values()))
        found = self.register.houses.get(said)
        if found is None or found.pk not in own:
            self.fault("organiser", "not_yours", _("Name an organisation in whose name you log."))
        return found

    def _partners(self) -> list[Institution]:
        found = []
        for name in names_in(self.row["partners"]):
            house = self.register.houses.get(name)
            if house is None or house.status != "verified":
                self.fault(
                    "partners", "unknown", _("There is no verified organisation “%(said)s”.") % {"said": name[:60]}
                )
            else:
                found.append(house)
        return found

    def _counts(self) -> dict[Term, int]:
        counts: dict[Term, int] = {}
        for part in names_in(self.row["participants"]):
            said = COUNT.match(part)
            if said is None:
                message = _("Write numbers such as “25” or “pupils: 25; teachers: 2”; “%(said)s” is none.")
                self.fault("participants", "invalid", message % {"said": part[:40]})
                continue
            term = self._word("participants", (said["category"] or UNSAID).strip(), self.register.categories)
            if term is not None:
                counts[term] = counts.get(term, 0) + int(said["number"])
        if any(number > 100_000 for number in counts.values()):
            self.fault("participants", "too_many", _("At most 100 000 people of a category."))
        return counts

    def _note(self) -> str:
        if len(self.row["note"]) > NOTE:
            self.fault("note", "too_long", _("A note has at most 2000 characters."))
        return self.row["note"]

    def _key(self) -> str:
        """What makes the row this row: its cells, and how often they stood above already."""
        said = "\x1f".join(self.row[column] for column in FIELDS)
        self.register.seen[said] = again = self.register.seen.get(said, 0) + 1
        return "file:" + hashlib.sha256(f"{said}\x1f{again}".encode()).hexdigest()


def may_import(user: Any) -> bool:
    """Whoever may log for an institution."""
    return bool(member_houses(user))


def choices(vocabulary: str) -> list[tuple[str, str]]:
    """The words of a vocabulary for the template."""
    found = Term.objects.filter(vocabulary=vocabulary).order_by("position", "pk")
    return [(term.code, name_in(term.names, get_language())) for term in found]


ACTIVITIES = Importer(
    code="activities",
    label=gettext_lazy("Activities"),
    columns=(
        Column("type", gettext_lazy("What"), required=True, choices=lambda: choices("activity_type")),
        Column("starts_on", gettext_lazy("Date"), required=True, example="2026-09-01"),
        Column("organiser", gettext_lazy("Organisation"), hint=gettext_lazy("Its identifier, or register:number")),
        Column("partners", gettext_lazy("Partners"), hint=gettext_lazy("Several are separated by semicolons")),
        Column("participants", gettext_lazy("Participants"), example="pupils: 25; teachers: 2"),
        Column("note", gettext_lazy("Note")),
    ),
    may=may_import,
    plan=plan_activities,
)
