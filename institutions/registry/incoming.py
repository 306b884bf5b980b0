"""Rows of a file as institutions: every cell is checked, every fault of a row is named, nothing is guessed."""

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from accounts.spelling import search_key
from exchange.jobs.handlers import Fault, Plan, Progress, Row
from exchange.jobs.models import RowState
from exchange.sheets import day_of
from institutions.registry.loading import Arrival, Standing, differences, standing, write_changed, write_new
from institutions.registry.models import Ownership
from institutions.registry.scope import Role, offices
from institutions.territory.models import Term, Territory

NAMES = {"name_uz": "uz", "name_uz_cyrl": "uz-Cyrl", "name_ru": "ru", "name_en": "en"}
SCHEME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,15}\Z")
EARLIEST = datetime.date(1000, 1, 1)
NATIONAL = "country"


@dataclass
class Register:
    """What rows are checked against, read once for the whole file."""

    kinds: dict[str, tuple[int, str, str]] = field(
        default_factory=dict
    )  # code and folded names → id, code, who verifies
    places: dict[str, tuple[int, list[int], str]] = field(default_factory=dict)  # code → id, lineage, country
    seats: set[int] = field(default_factory=set)
    national: set[int] = field(default_factory=set)
    standing: dict[tuple[str, str], Standing] = field(default_factory=dict)
    lineages: dict[int, list[int]] = field(default_factory=dict)

    @classmethod
    def read(cls, rows: Iterable[Row], by: Any) -> "Register":
        """The words, the tree, the reader's offices, and the institutions that the file names."""
        made = cls(
            seats=set(offices(by, Role.MINISTRY_OFFICER, Role.REGIONAL_OFFICER)),
            national=set(offices(by, Role.MINISTRY_OFFICER)),
        )
        for term in Term.objects.filter(vocabulary="participant_kind").order_by("pk"):
            entry = (term.pk, term.code, term.data.get("verified_by") or "")
            for word in {search_key(name) for name in term.names.values()}:
                made.kinds.setdefault(word, entry)
            made.kinds[term.code] = entry
        countries: dict[int, str] = {}
        for pk, code, lineage, data in Territory.objects.order_by("depth").values_list("pk", "code", "lineage", "data"):
            root = lineage[0] if lineage else pk
            if root == pk:
                countries[pk] = country_of(code, data)
            made.places[code] = (pk, lineage, countries.get(root, "XX"))
            made.lineages[pk] = lineage
        numbers: dict[str, list[str]] = {}
        for row in rows:
            numbers.setdefault(row["scheme"].lower(), []).append(row["external_id"])
        for scheme, values in numbers.items():
            made.standing |= {(scheme, number): found for number, found in standing(scheme, values).items()}
        return made


def country_of(code: str, data: dict[str, Any]) -> str:
    """Two letters for a country, from what the pack says of its root."""
    said = str(data.get("iso") or data.get("country") or code)[:2].upper()
    return said if len(said) == 2 and said.isalpha() else "XX"


def plan_institutions(rows: list[Row], *, by: Any, at: datetime.datetime, progress: Progress) -> Plan:
    """Checks every row against the register and the reader's offices; reads only."""
    register, plan, today = Register.read(rows, by), Plan(), timezone.localdate(at)
    seen: dict[tuple[str, str], int] = {}
    new: list[Arrival] = []
    changed: list[Arrival] = []
    for count, row in enumerate(rows, start=1):
        arrival, faults = Check(row, register, seen).result()
        if count % 500 == 0:
            progress(count)
        if arrival is None:
            plan.faults += faults
        elif arrival.was is None:
            plan.states[row.number] = RowState.CREATED
            new.append(arrival)
        elif different := differences(arrival):
            plan.states[row.number] = RowState.CHANGED
            plan.changes[row.number] = (
                {k: _plain(v[0]) for k, v in different.items()},
                {k: _plain(v[1]) for k, v in different.items()},
            )
            changed.append(arrival)
        else:
            plan.states[row.number] = RowState.UNCHANGED

    def write(progress: Progress) -> None:
        write_new(new, by=by, at=at, today=today)
        progress(len(new))
        write_changed(changed, by=by, at=at, today=today)
        progress(len(rows))

    plan.write = write
    return plan


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.date) else value


class Check:
    """One row: what it says, and everything that is wrong with it."""

    def __init__(self, row: Row, register: Register, seen: dict[tuple[str, str], int]) -> None:
        self.row, self.register, self.seen = row, register, seen
        self.faults: list[Fault] = []

    def result(self) -> tuple[Arrival | None, list[Fault]]:
        """The institution if nothing is wrong, else every fault."""
        scheme, number = self._number()
        was = self.register.standing.get((scheme, number))
        names, kind, place = self._names(was), self._kind(), self._place(was)
        ownership, (opened, closed) = self._ownership(was), self._days(was)
        if self.faults or kind is None or place is None:
            return None, self.faults
        country = self.register.places[self.row["territory"]][2]
        arrival = Arrival(scheme, number, names, kind[0], place, ownership, country, opened, closed, was)
        return arrival, []

    def fault(self, column: str, code: str, message: str) -> None:
        """Adds a fault of this row."""
        self.faults.append(Fault(self.row.number, column, code, message))

    def _number(self) -> tuple[str, str]:
        scheme, number = self.row["scheme"].lower(), self.row["external_id"]
        if not scheme:
            self.fault("scheme", "required", gettext("Name the register whose number stands in “external_id”."))
        elif not SCHEME.match(scheme):
            self.fault(
                "scheme", "invalid", gettext("The register’s code has at most 16 small Latin letters and digits.")
            )
        if not number:
            self.fault("external_id", "required", gettext("Give the number of the organisation in that register."))
        elif len(number) > 64:
            self.fault("external_id", "too_long", gettext("The number has at most 64 characters."))
        elif (scheme, number) in self.seen:
            said = gettext("This organisation stands in the file already, in row %(row)s.") % {
                "row": self.seen[scheme, number]
            }
            self.fault("external_id", "duplicate", said)
        self.seen.setdefault((scheme, number), self.row.number)
        return scheme, number

    def _names(self, was: Standing | None) -> dict[str, str]:
        given = {tag: self.row[column] for column, tag in NAMES.items() if self.row[column]}
        for column in NAMES:
            if len(self.row[column]) > 300:
                self.fault(column, "too_long", gettext("A name has at most 300 characters."))
            elif "�" in self.row[column]:
                self.fault(
                    column, "unsafe", gettext("Remove the characters that cannot be shown and type the name again.")
                )
        if not given and was is None:
            self.fault("name_uz", "required", gettext("Give the name in at least one language."))
        return {**(was.names if was else {}), **given}

    def _kind(self) -> tuple[int, str, str] | None:
        said = self.row["kind"]
        kind = self.register.kinds.get(said) or self.register.kinds.get(search_key(said)) if said else None
        if not said:
            self.fault("kind", "required", gettext("Give the kind of organisation."))
        elif kind is None:
            self.fault(
                "kind",
                "unknown",
                gettext("Choose a kind from the sheet of allowed codes; “%(said)s” is none.") % {"said": said[:60]},
            )
        return kind

    def _place(self, was: Standing | None) -> int | None:
        said = self.row["territory"]
        found = self.register.places.get(said)
        if not said:
            self.fault("territory", "required", gettext("Give the code of the territory."))
            return None
        if found is None:
            self.fault(
                "territory", "unknown", gettext("There is no territory with the code “%(said)s”.") % {"said": said[:60]}
            )
            return None
        pk, lineage, _country = found
        own = self.register.seats.intersection(lineage)
        if was is not None and was.territory != pk:
            own = own and self.register.seats.intersection(self.register.lineages.get(was.territory, []))
        kind = self.register.kinds.get(self.row["kind"])
        if not own:
            self.fault("territory", "not_yours", gettext("This territory is not in your office."))
        elif kind and kind[2] == NATIONAL and not self.register.national.intersection(lineage):
            self.fault("kind", "national", gettext("Organisations of this kind are entered by the national office."))
        return pk

    def _ownership(self, was: Standing | None) -> str:
        said = self.row["ownership"].lower()
        if said and said not in Ownership.values:
            allowed = ", ".join(Ownership.values)
            self.fault(
                "ownership", "unknown", gettext("Choose the ownership from: %(allowed)s.") % {"allowed": allowed}
            )
        return said or (was.ownership if was else Ownership.STATE.value)

    def _days(self, was: Standing | None) -> tuple[datetime.date | None, datetime.date | None]:
        opened, closed = self._day("opened_on"), self._day("closed_on")
        opened = opened or (was.opened_on if was else None)
        closed = closed or (was.closed_on if was else None)
        if opened and closed and closed <= opened:
            self.fault(
                "closed_on",
                "before_opening",
                gettext("The closing day must come after the opening day, %(day)s.") % {"day": opened.isoformat()},
            )
        return opened, closed

    def _day(self, column: str) -> datetime.date | None:
        try:
            found = day_of(self.row[column])
        except ValueError:
            found = None
            self.fault(
                column,
                "invalid",
                gettext("Write the day as 2026-09-01; “%(said)s” is none.") % {"said": self.row[column][:40]},
            )
        if found and found < EARLIEST:
            self.fault(column, "too_early", gettext("The day lies before the year 1000."))
        return found
