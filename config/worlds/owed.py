"""Obligations of a world: those of the crowd by COPY, as its agreements and its confirmed work have them; those of the
cast, which its agreements brought along, moved by the product's own actions.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Subquery, Sum

from accounts.models import User
from config.packs.copying import Copier, Row
from config.worlds.chance import dice, some_day
from config.worlds.ground import Ground
from cooperation.activities.models import Activity, ParticipantCount, Participation, ParticipationState
from cooperation.agreements.models import Agreement, AgreementTerm
from cooperation.obligations.actions import (
    accept_obligation,
    return_obligation,
    submit_obligation,
    waive_obligation,
)
from cooperation.obligations.counting import count_work
from cooperation.obligations.covering import COUNTED_KINDS, Promise, Work, allot, delivered_on
from cooperation.obligations.making import columns_of, responsible_of
from cooperation.obligations.models import Evidence, Obligation
from cooperation.obligations.rules import STEPS
from institutions.registry.models import Institution
from lifecycle.models import Event

DAY = datetime.timedelta(days=1)
AT_ONCE = 10_000
COURSES = ("accept",) * 14 + ("submit", "return", "waive") + ("nothing",) * 5  # what comes of what is shown by hand


class Debts:
    """Writes the obligations of agreements that have none yet, with their evidence and every event on the way."""

    def __init__(self, here: Ground, domain: str) -> None:
        self.here, self.domain = here, domain
        self.chance = dice(here.seed, "obligations")
        self.copier = Copier(Obligation, Evidence, Event)
        self.houses = dict(Institution.objects.values_list("pk", "public_id"))
        self.numbers = 0

    def write(self) -> None:
        """All of them, in the order of the agreements."""
        works = works_by_agreement()
        for agreement, terms in bare_agreements():
            rows = self._rows(agreement, terms)
            promises = {row.id: promise for row, promise in rows}
            given = allot(promises.values(), works.get(agreement.pk, ()))
            for row, promise in rows:
                self._settle(agreement, row, promise, given[row.id])
            self.copier.relieve()
        self.copier.flush()

    def _rows(self, agreement: Any, terms: list[AgreementTerm]) -> list[tuple[Row, Promise]]:
        parties = [party.institution_id for party in agreement.concluded.parties.all() if party.signs]
        found = []
        for term in terms:
            for responsible in responsible_of(term, parties):
                columns = columns_of(term, responsible, agreement.ends_on)
                row = self.copier.new(
                    Obligation, agreement_id=agreement.pk, term_key=term.key, responsible_id=responsible,
                    late_after=columns["due_on"], generated_at=agreement.concluded_at, modified_at=agreement.concluded_at,
                    **columns,
                )  # fmt: skip
                form = term.form.code if term.form else ""
                promise = Promise(
                    row.id, term.kind.code, form, responsible, row.beneficiary_id, row.quantity, row.due_on
                )
                row.kind = term.kind
                self._tell(agreement, row, "generate", "", agreement.concluded_at)
                found.append((row, promise))
        return found

    def _settle(self, agreement: Any, row: Row, promise: Promise, given: list[tuple[Work, Any]]) -> None:
        """How it stands today: covered by work, shown by hand, cancelled with its agreement, or still to be done."""
        proofs = [self._proof(row, "activity", work.key, size, work.logged_on) for work, size in given]
        over = agreement.in_force_until
        if day := delivered_on(proofs, row.quantity):
            self._move(agreement, row, "cover", "fulfilled", day + DAY, delivered_on=day)
        elif over is not None and over <= self.here.today and (row.due_on is None or row.due_on >= over):
            self._move(agreement, row, "cancel", "cancelled", over)
        elif promise.kind not in COUNTED_KINDS:
            self._by_hand(agreement, row)
        if row.status in ("open", "returned") and row.late_after is not None:
            late = (self.here.today - row.late_after).days
            row.told_days = max((step for step in STEPS if step <= late), default=0)

    def _by_hand(self, agreement: Any, row: Row) -> None:
        """What no count can show: a link is handed in shortly before or after its day, and answered."""
        chance, today = self.chance, self.here.today
        course, day = chance.choice(COURSES), (row.due_on or today) + chance.randint(-50, 8) * DAY
        answered = day + chance.randint(1, 9) * DAY
        if course == "nothing" or day <= agreement.in_force_from or answered >= today:
            return
        if course == "waive":
            self._move(agreement, row, "waive", "waived", day)
            return
        self.numbers += 1
        link = f"https://{self.domain}/{self.numbers}"
        state = "accepted" if course == "accept" else "offered"
        self._proof(row, "", "", row.quantity, day, link=link, state=state)
        self._move(agreement, row, "submit", "submitted", day)
        if course == "accept":
            self._move(agreement, row, "accept", "fulfilled", answered, delivered_on=day)
        elif course == "return":
            self._move(agreement, row, "return", "returned", answered)

    def _proof(self, row: Row, kind: str, key: str, size: Any, day: datetime.date, **more: Any) -> Row:
        said = {"state": "accepted", **more}
        return self.copier.new(
            Evidence, obligation_id=row.id, subject_type=kind, subject_id=key, quantity=size, submitted_on=day,
            added_at=_noon(day), **said,
        )  # fmt: skip

    def _move(self, agreement: Any, row: Row, name: str, status: str, day: datetime.date, **columns: Any) -> None:
        before, at = row.status, max(_noon(day), agreement.concluded_at)
        row.status, row.modified_at, row.version = status, at, row.version + 1
        for column, value in columns.items():
            setattr(row, column, value)
        self._tell(agreement, row, name, before, at)

    def _tell(self, agreement: Any, row: Row, name: str, before: str, at: datetime.datetime) -> None:
        parties = agreement.concluded.parties.all()
        self.copier.new(
            Event, subject_type="obligation", subject_id=row.public_id, name=name, status_before=str(before),
            status_after=str(row.status), happened_at=at, institution=self.houses[row.responsible_id],
            title=f"{agreement.number}: {row.kind.names.get('uz', row.kind.code)}"[:300],
            concerned=sorted({self.houses[party.institution_id] for party in parties}),
        )  # fmt: skip


def _noon(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(7), tzinfo=datetime.UTC)


def bare_agreements() -> Iterator[tuple[Any, list[AgreementTerm]]]:
    """Concluded agreements without obligations, with the terms of their wording, in the order of their numbers."""
    owed = Obligation.objects.filter(agreement=OuterRef("pk"))
    rows = Agreement.objects.filter(~Exists(owed), concluded__isnull=False).defer("search_key").order_by("number")
    rows = rows.select_related("concluded").prefetch_related(
        "concluded__parties", "concluded__terms__kind", "concluded__terms__form"
    )
    for agreement in rows.iterator(chunk_size=2_000):
        terms = (
            sorted(agreement.concluded.terms.all(), key=lambda term: (term.position, term.pk))
            if agreement.concluded
            else []
        )
        if terms and agreement.in_force_from is not None:
            yield agreement, terms


def works_by_agreement() -> dict[int, list[Work]]:
    """Confirmed work under agreements, as promises read it."""
    standing = Participation.objects.filter(activity=OuterRef("pk"), state=ParticipationState.STANDS)
    people = ParticipantCount.objects.filter(activity=OuterRef("pk")).order_by().values("activity")
    rows = Activity.objects.counted().filter(agreement__isnull=False).annotate(
        sides=ArraySubquery(standing.order_by("pk").values("institution")),
        took_part=Subquery(people.annotate(all=Sum("number")).values("all")),
    )  # fmt: skip
    columns = ("agreement_id", "public_id", "form__code", "starts_on", "logged_on", "hours", "took_part", "sides")
    found: dict[int, list[Work]] = defaultdict(list)
    for agreement, key, form, day, logged, hours, number, sides in rows.values_list(*columns).iterator(AT_ONCE):
        found[agreement].append(Work(key, form, day, logged, hours, number or 0, frozenset(sides)))
    return found


def write_obligations(
    here: Ground, domain: str, houses: dict[str, Institution], users: dict[str, User], reason: str
) -> None:
    """Those of the crowd, then what joint work and the cast's own hands did with those of the cast."""
    mine = list(Agreement.objects.filter(obligations__isnull=False).distinct().order_by("number"))
    Debts(here, domain).write()
    for agreement in mine:
        count_work(agreement, here.now)
    Hands(here, domain, voices_of(houses, users), reason).play(mine)


PLAYED = ("accept", "submit", "return", "accept", "waive", "nothing")
SPEAK = {"a": "institution_admin", "b": "partner_admin", "c": "other_admin"}


def voices_of(houses: dict[str, Institution], users: dict[str, User]) -> dict[int, User]:
    """Who speaks for an institution of the cast."""
    names = {key: SPEAK.get(key, f"{key}_admin") for key in houses}
    return {houses[key].pk: users[name] for key, name in names.items() if name in users}


@dataclass
class Hands:
    """The cast hands in, accepts, returns and does without, in turn."""

    here: Ground
    domain: str
    voices: dict[int, User]
    reason: str

    def play(self, among: list[Agreement]) -> None:
        rows = Obligation.objects.filter(agreement__in=among, status="open").exclude(kind__code__in=COUNTED_KINDS)
        chance, number = dice(self.here.seed, "obligations of the cast"), 0
        for row in rows.select_related("agreement").order_by("agreement__number", "pk"):
            giver, taker = self.voices.get(row.responsible_id), self.voices.get(row.beneficiary_id or 0)
            first = row.agreement.concluded_at
            if giver is not None and taker is not None and first is not None:
                last = max(min(row.due_on or self.here.today, self.here.today - 2 * DAY), first.date())
                at = min(max(_noon(some_day(chance, first.date(), last)), first), self.here.now)
                self.take(PLAYED[number % len(PLAYED)], row, (giver, taker), at)
                number += 1

    def take(self, course: str, row: Obligation, sides: tuple[User, User], at: datetime.datetime) -> None:
        """What becomes of one."""
        giver, taker = sides
        if course == "waive":
            waive_obligation(row, by=taker, at=at, reason=self.reason, reason_code="not_needed")
        elif course != "nothing":
            proof = {"link": f"https://{self.domain}/{row.agreement.number}", "quantity": row.quantity}
            submit_obligation(row, by=giver, at=at, evidence=[proof])
            if course == "accept":
                accept_obligation(row, by=taker, at=min(at + DAY, self.here.now))
            elif course == "return":
                return_obligation(
                    row, by=taker, at=min(at + DAY, self.here.now), reason=self.reason, reason_code="terms"
                )
