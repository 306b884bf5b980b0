"""What the activities of a world are: under which agreement, on which day, logged and answered when, and how it ended."""

import datetime
import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from config.worlds.chance import some_day
from cooperation.agreements.models import Agreement, AgreementParty
from institutions.registry.models import Institution
from institutions.territory.models import Term

DAY = datetime.timedelta(days=1)
HORIZON = 700  # days back
ANSWER_WITHIN = datetime.timedelta(days=14)
FATES = ("confirmed",) * 86 + ("waits",) * 8 + ("disputed",) * 3 + ("withdrawn",) * 3
ASLEEP = 0.25  # share of agreements under which little is done


@dataclass(frozen=True)
class Bond:
    """An agreement as what is done under it needs it: its number, parties, and the days on which it was in force."""

    pk: int
    number: str
    houses: list[Institution]
    first: datetime.date
    last: datetime.date


@dataclass(frozen=True)
class Deed:
    """One activity: `fate` is how it went, `answers` how many partners have confirmed it."""

    bond: Bond
    kind: dict[str, Any]
    organiser: Institution
    partners: list[Institution]
    starts_on: datetime.date
    logged_at: datetime.datetime
    hours: Decimal | None
    counts: dict[str, int]
    note: str
    fate: str
    answers: int
    answered_at: datetime.datetime


def bonds(today: datetime.date) -> list[Bond]:
    """Agreements that were in force within the horizon, with their parties, in the order of their numbers."""
    parties: dict[int, list[int]] = {}
    rows = AgreementParty.objects.filter(signs=True).order_by("agreement_id", "pk")
    for agreement, house in rows.values_list("agreement_id", "institution_id").iterator(chunk_size=20_000):
        parties.setdefault(agreement, []).append(house)
    wanted = Institution.objects.filter(status="verified").only("pk", "public_id")
    houses = {house.pk: house for house in wanted.iterator(chunk_size=20_000)}
    found = []
    running = Agreement.objects.filter(in_force_from__lte=today).order_by("number")
    columns = ("pk", "number", "in_force_from", "in_force_until")
    for pk, number, first, until in running.values_list(*columns).iterator(chunk_size=20_000):
        sides = [houses[key] for key in dict.fromkeys(parties.get(pk, ())) if key in houses]
        last = min(until - DAY, today) if until else today
        begins = max(first, today - HORIZON * DAY)
        if len(sides) > 1 and begins <= last:
            found.append(Bond(pk, number, sides, begins, last))
    return found


class Worker:
    """Draws deeds from the dice; what is done and said comes from the country pack."""

    def __init__(self, data: dict[str, Any], chance: random.Random, now: datetime.datetime) -> None:
        self.data, self.chance, self.now = data, chance, now
        self.kinds: list[dict[str, Any]] = data["kinds"]
        self.weights = [kind["weight"] for kind in self.kinds]

    def deeds(self, among: list[Bond], count: int) -> Iterator[Deed]:
        """So many, agreement by agreement; under some little is done, under others much."""
        eager = [0.02 if self.chance.random() < ASLEEP else self.chance.uniform(0.4, 1.6) for _bond in among]
        spans = [(bond.last - bond.first).days + 30 for bond in among]
        for bond in self.chance.choices(among, [e * s for e, s in zip(eager, spans, strict=True)], k=count):
            yield self.deed(bond)

    def deed(self, bond: Bond) -> Deed:
        chance = self.chance
        kind = chance.choices(self.kinds, self.weights)[0]
        day = some_day(chance, bond.first, bond.last)
        organiser = chance.choice(bond.houses)
        partners = [house for house in bond.houses if house is not organiser]
        at = datetime.datetime(
            day.year, day.month, day.day, chance.randint(4, 13), chance.randint(0, 59), tzinfo=datetime.UTC
        )
        logged_at = min(at + chance.choice((0, 0, 0, 1, 1, 2, 5)) * DAY, self.now)
        answered_at = logged_at + datetime.timedelta(hours=chance.randint(1, 24 * 12))
        low, high = kind["hours"]
        return Deed(
            bond, kind, organiser, partners, day, logged_at,
            Decimal(chance.randint(low, high)) if chance.random() < 0.7 else None,
            {name: chance.randint(*span) for name, span in kind["counts"].items() if chance.random() < 0.9},
            chance.choice(self.data["notes"]) if chance.random() < 0.1 else "",
            self._fate(logged_at, answered_at), 1 if chance.random() < 0.2 else len(partners), answered_at,
        )  # fmt: skip

    def _fate(self, logged_at: datetime.datetime, answered_at: datetime.datetime) -> str:
        """Who has not had the time to answer has not answered; who let the time pass finds it lapsed."""
        fate = self.chance.choice(FATES)
        if fate == "waits" or answered_at > self.now:
            return "unconfirmed" if logged_at + ANSWER_WITHIN <= self.now else "logged"
        return fate


def forms_of(kinds: list[dict[str, Any]]) -> dict[str, tuple[Term, Term]]:
    """Type and form of what is done, by the code of the type."""
    types = {term.code: term for term in Term.objects.filter(vocabulary="activity_type")}
    forms = {term.code: term for term in Term.objects.filter(vocabulary="cooperation_form")}
    return {kind["type"]: (types[kind["type"]], forms[types[kind["type"]].data["form"]]) for kind in kinds}
