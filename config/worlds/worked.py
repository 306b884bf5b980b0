"""Activities written whole: the rows that logging, answering and the calendar would have left, by COPY.

What is counted and its hash are those of `cooperation.activities.content`; a test holds the two together row by row.
"""

import datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from accounts.models import User
from config.packs.copying import Copier, Row
from config.worlds.deeds import ANSWER_WITHIN, Deed, forms_of
from cooperation.activities.models import Activity, ConfirmationMethod, ParticipantCount, Participation
from institutions.people.models import Membership
from institutions.registry.models import Institution
from institutions.registry.scope import Role
from institutions.territory.models import Term
from lifecycle.canonical import canonical_json, content_hash
from lifecycle.models import Event

STANDS, NAMED, DISPUTED = "stands", "named", "disputed"
NOBODYS = "!"  # nobody signs in with it
# participations first: their triggers then see no activity yet, and nothing waits to be counted twice
TABLES = (User, Membership, Participation, ParticipantCount, Activity, Event)


class Staff:
    """Who logs for an institution and who answers: the cast where it works there, else a teacher of its own."""

    def __init__(self, copier: Copier, email: str, since: datetime.date, cast: dict[int, tuple[int, int]]) -> None:
        self.copier, self.email, self.since, self.cast = copier, email, since, cast
        self.writers: dict[int, int] = {}

    def writer(self, house: Institution, name: Any) -> int:
        """The key of the person who logs there; `name(number)` gives a new one a name."""
        if house.pk in self.cast:
            return self.cast[house.pk][0]
        if house.pk not in self.writers:
            self.writers[house.pk] = self._teacher(house, name)
        return self.writers[house.pk]

    def answerer(self, house: Institution) -> int | None:
        """The key of the person who answers with an account; elsewhere a link is used."""
        return self.cast[house.pk][1] if house.pk in self.cast else None

    def _teacher(self, house: Institution, name: Any) -> int:
        number = len(self.writers) + 1
        email = self.email.format(number=number)
        user = self.copier.new(User, email=email, name=name(number), password=NOBODYS, joined_at=_morning(self.since))
        post = self.copier.new(
            Membership, user_id=user.id, role=str(Role.TEACHER), institution_id=house.pk, status="active",
            valid=DateRange(self.since, None), email=email,
        )  # fmt: skip
        self.copier.new(
            Event, subject_type="membership", subject_id=post.public_id, name="grant", status_after="active",
            happened_at=_morning(self.since), institution=house.public_id, concerned=[house.public_id],
        )  # fmt: skip
        key: int = user.id
        return key


def _morning(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(4), tzinfo=datetime.UTC)


class Ledger:
    """Writes activities with their participations, counts and every event on the way."""

    def __init__(self, copier: Copier, staff: Staff, data: dict[str, Any], name: Any) -> None:
        self.copier, self.staff, self.data, self.name = copier, staff, data, name
        self.words = forms_of(data["kinds"])
        terms = Term.objects.filter(vocabulary="participant_category")
        self.categories = dict(terms.values_list("code", "pk"))

    def write(self, deed: Deed) -> None:
        """One activity as it stands today."""
        type_, form = self.words[deed.kind["type"]]
        row = self.copier.new(
            Activity, type_id=type_.pk, form_id=form.pk, starts_on=deed.starts_on, hours=deed.hours,
            agreement_id=deed.bond.pk, organiser_id=deed.organiser.pk, note=deed.note,
            logged_by_id=self.staff.writer(deed.organiser, self.name), logged_on=timezone.localdate(deed.logged_at),
            logged_at=deed.logged_at, modified_at=deed.logged_at,
        )  # fmt: skip
        row.content_hash = content_hash(canonical_json(content_from(deed, type_, form)))
        parts = [self._part(row, deed, house) for house in (deed.organiser, *deed.partners)]
        parts[0].state = STANDS
        for code, number in deed.counts.items():
            self.copier.new(ParticipantCount, activity_id=row.id, category_id=self.categories[code], number=number)
        said = {
            "title": f"{type_.names.get('uz', type_.code)}, {deed.starts_on.isoformat()}"[:300],
            "institution": deed.organiser.public_id,
            "concerned": sorted({house.public_id for house in (deed.organiser, *deed.partners)}),
        }
        self._tell(row, said, "log", deed.logged_at, "", actor_id=row.logged_by_id)
        self._go_on(row, deed, parts[1:], said)
        self.copier.relieve()

    def _part(self, row: Row, deed: Deed, house: Institution) -> Row:
        return self.copier.new(
            Participation, activity_id=row.id, institution_id=house.pk, on_date=deed.starts_on,
            logged_by_id=row.logged_by_id, state=NAMED,
        )  # fmt: skip

    def _go_on(self, row: Row, deed: Deed, parts: list[Row], said: dict[str, Any]) -> None:
        at = deed.answered_at
        if deed.fate == "unconfirmed":
            self._move(row, said, "lapse", deed.logged_at + ANSWER_WITHIN, "unconfirmed")
        elif deed.fate == "withdrawn":
            told = {"actor_id": row.logged_by_id, "reason": self.data["withdraw_reason"]}
            self._move(row, said, "withdraw", at, "withdrawn", detail={"reason_code": ""}, **told)
        elif deed.fate == "disputed":
            parts[0].state = DISPUTED
            house = deed.partners[0]
            told = {"actor_id": self.staff.answerer(house), "reason": self.data["dispute_reason"]}
            detail = {"institution": house.public_id, "reason_code": ""}
            self._move(row, said, "dispute", at, "disputed", detail=detail, **told)
        elif deed.fate == "confirmed":
            for number, part in enumerate(parts[: deed.answers]):
                self._confirm(row, deed, part, number, said)

    def _confirm(self, row: Row, deed: Deed, part: Row, number: int, said: dict[str, Any]) -> None:
        at, house = deed.answered_at + number * datetime.timedelta(minutes=7), deed.partners[number]
        person = self.staff.answerer(house)
        method = (ConfirmationMethod.ACCOUNT if person else ConfirmationMethod.LINK).value
        part.state, part.confirmed_by_id, part.confirmed_at = STANDS, person, at
        part.confirmed_hash, part.method = row.content_hash, method
        row.confirmed_at = row.confirmed_at or at
        detail = {"content_hash": row.content_hash, "institution": house.public_id, "method": method}
        self._move(row, said, "confirm", at, "confirmed", actor_id=person, detail=detail)

    def _move(self, row: Row, said: dict[str, Any], name: str, at: datetime.datetime, status: str, **more: Any) -> None:
        before, row.status = row.status, status
        row.modified_at, row.version = at, row.version + 1
        self._tell(row, said, name, at, before, **more)

    def _tell(self, row: Row, said: dict[str, Any], name: str, at: datetime.datetime, before: str, **more: Any) -> None:
        self.copier.new(
            Event, subject_type="activity", subject_id=row.public_id, name=name, status_before=before,
            status_after=str(row.status), happened_at=at, **said, **more,
        )  # fmt: skip


def content_from(deed: Deed, type_: Term, form: Term) -> dict[str, Any]:
    """What is counted, from a deed that is not stored yet."""
    return {
        "type": type_.code, "form": form.code, "starts_on": deed.starts_on, "hours": deed.hours,
        "agreement": deed.bond.number, "organiser": deed.organiser.public_id,
        "partners": sorted(house.public_id for house in deed.partners), "counts": dict(sorted(deed.counts.items())),
    }  # fmt: skip
