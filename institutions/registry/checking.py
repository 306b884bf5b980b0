"""One row of a register: what it says, and everything that is wrong with it. Nothing is guessed."""

import datetime
import re

from django.utils.translation import gettext

from accounts.spelling import search_key
from exchange.jobs.handlers import Fault, Row
from exchange.sheets import FORMULA, AmbiguousDay, day_of
from institutions.registry.known import Kind, Register, number_of
from institutions.registry.loading import Arrival, Standing
from institutions.registry.models import Ownership

NAMES = {"name_uz": "uz", "name_uz_cyrl": "uz-Cyrl", "name_ru": "ru", "name_en": "en"}
SCHEME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,15}\Z")
SHORTENED = re.compile(r"\d(?:[.,]\d+)?[eE]\+\d+\Z")
WITH_POINT = re.compile(r"(\d+)[.,]0+\Z")
NO_NAME = {"", "null", "nan", "none", "n a"}  # what programs write where there is nothing
EARLIEST = datetime.date(1000, 1, 1)
AHEAD = datetime.timedelta(days=3653)
NATIONAL = "country"


class Check:
    """One row, held against the register."""

    def __init__(self, row: Row, register: Register, today: datetime.date) -> None:
        self.row, self.register, self.today = row, register, today
        self.faults: list[Fault] = []

    def result(self) -> tuple[Arrival | None, list[Fault]]:
        """The institution if nothing is wrong, else every fault."""
        scheme, number = self._number()
        was = self.register.standing.get((scheme, number))
        names, kind = self._names(was), self._kind()
        place = self._place(was, kind)
        ownership, (opened, closed), (since, until) = self._ownership(was), self._open(was), self._valid()
        if self.faults or kind is None or place is None:
            return None, self.faults
        country = self.register.places[self.row["territory"]][2]
        arrival = Arrival(
            scheme, number, names, kind[0], place, ownership, country, opened, closed, was, since=since, until=until
        )
        return arrival, []

    def fault(self, column: str, code: str, message: str) -> None:
        """Adds a fault of this row."""
        self.faults.append(Fault(self.row.number, column, code, message))

    def _number(self) -> tuple[str, str]:
        scheme, number = self.register.scheme_of(self.row), number_of(self.row)
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
        else:
            self._number_as_written(scheme, number)
        return scheme, number

    def _number_as_written(self, scheme: str, number: str) -> None:
        """What spreadsheets do to numbers: shorten them, give them a point, run them, drop their zeros."""
        if SHORTENED.match(number):
            message = gettext(
                "A spreadsheet has shortened this number: make the column text and type the whole number."
            )
            self.fault("external_id", "shortened", message)
        elif found := WITH_POINT.match(number):
            message = gettext("Write the number without a point: %(number)s.") % {"number": found[1]}
            self.fault("external_id", "invalid", message)
        elif number.startswith(FORMULA):
            message = gettext("The number of an organisation does not begin with “%(sign)s”.") % {"sign": number[0]}
            self.fault("external_id", "invalid", message)
        elif (scheme, number) not in self.register.standing and number.isdigit():
            written = self.register.writings[scheme, number.lstrip("0")]
            if written != number:
                message = gettext("There is also %(number)s: zeros in front were lost or added. Make the column text.")
                self.fault("external_id", "zeros", message % {"number": written})

    def _names(self, was: Standing | None) -> dict[str, str]:
        given = {tag: " ".join(self.row[column].split()) for column, tag in NAMES.items() if self.row[column]}
        for column, tag in NAMES.items():
            if len(given.get(tag, "")) > 300:
                self.fault(column, "too_long", gettext("A name has at most 300 characters."))
            elif tag in given and search_key(given[tag]) in NO_NAME:
                message = gettext("“%(said)s” is no name: leave the cell empty.") % {"said": given[tag][:40]}
                self.fault(column, "invalid", message)
        if not given and was is None:
            self.fault("name_uz", "required", gettext("Give the name in at least one language."))
        return {**(was.names if was else {}), **given}

    def _kind(self) -> Kind | None:
        said = self.row["kind"]
        kind = self.register.kinds.get(said) or self.register.kinds.get(search_key(said)) if said else None
        if not said:
            self.fault("kind", "required", gettext("Give the kind of organisation."))
        elif kind is None:
            message = gettext("Choose a kind from the sheet of allowed codes; “%(said)s” is none.")
            self.fault("kind", "unknown", message % {"said": said[:60]})
        return kind

    def _place(self, was: Standing | None, kind: Kind | None) -> int | None:
        said = self.row["territory"]
        found = self.register.places.get(said)
        if not said:
            self.fault("territory", "required", gettext("Give the code of the territory."))
            return None
        if found is None:
            self.fault("territory", "unknown", self._unknown_place(said))
            return None
        pk, lineage, _country = found
        own = self.register.seats.intersection(lineage)
        if was is not None and was.territory != pk:
            own = own and self.register.seats.intersection(self.register.lineages.get(was.territory, []))
        if not own:
            self.fault("territory", "not_yours", gettext("This territory is not in your office."))
        elif kind and kind[2] == NATIONAL and not self.register.national.intersection(lineage):
            self.fault("kind", "national", gettext("Organisations of this kind are entered by the national office."))
        return pk

    def _unknown_place(self, said: str) -> str:
        """That there is none of this code; where a name was written, which codes bear it."""
        pointed = WITH_POINT.match(said)
        codes = {pointed[1]} if pointed and pointed[1] in self.register.places else set()
        codes = codes or self.register.place_names.get(search_key(said), set())
        if codes:
            message = gettext("Write the code of the territory instead of “%(said)s”: %(codes)s.")
            return message % {"said": said[:60], "codes": ", ".join(sorted(codes)[:5])}
        return gettext("There is no territory with the code “%(said)s”.") % {"said": said[:60]}

    def _ownership(self, was: Standing | None) -> str:
        said = self.row["ownership"]
        found = self.register.ownerships.get(said.lower()) or self.register.ownerships.get(search_key(said))
        if said and not found:
            allowed = ", ".join(Ownership.values)
            self.fault(
                "ownership", "unknown", gettext("Choose the ownership from: %(allowed)s.") % {"allowed": allowed}
            )
        return (found if said else None) or (was.ownership if was else Ownership.STATE.value)

    def _open(self, was: Standing | None) -> tuple[datetime.date | None, datetime.date | None]:
        opened, closed = self._day("opened_on"), self._day("closed_on")
        opened = opened or (was.opened_on if was else None)
        closed = closed or (was.closed_on if was else None)
        if opened and closed and closed <= opened:
            message = gettext("The closing day must come after the opening day, %(day)s.")
            self.fault("closed_on", "before_opening", message % {"day": opened.isoformat()})
        return opened, closed

    def _valid(self) -> tuple[datetime.date | None, datetime.date | None]:
        """From when to when the kind and the place of this row hold; nothing where the row speaks of today alone."""
        since, until = self._day("valid_from"), self._day("valid_to")
        if since and until and until <= since:
            message = gettext("The last day must come after the first, %(day)s.") % {"day": since.isoformat()}
            self.fault("valid_to", "before_start", message)
        if until and not self.row["valid_from"]:
            self.fault("valid_from", "required", gettext("Give the day from which this row holds."))
        return since, until

    def _day(self, column: str) -> datetime.date | None:
        said = {"said": self.row[column][:40]}
        found = None
        try:
            found = day_of(self.row[column])
        except AmbiguousDay:
            message = gettext("Which is the month in “%(said)s”? Write the day as 2026-09-01.") % said
            self.fault(column, "ambiguous", message)
        except ValueError:
            self.fault(column, "invalid", gettext("Write the day as 2026-09-01; “%(said)s” is none.") % said)
        if found and found < EARLIEST:
            self.fault(column, "too_early", gettext("The day lies before the year 1000."))
        if found and found > self.today + AHEAD:
            message = gettext("The day lies more than ten years ahead: leave the cell empty where there is none.")
            self.fault(column, "too_late", message)
        return found
