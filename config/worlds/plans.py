"""What the agreements of a world are: who with whom, about what, when signed and started, and how it ended."""

import datetime
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from config.worlds.chance import some_day
from institutions.registry.models import Institution
from institutions.territory.models import Term

DAY = datetime.timedelta(days=1)
HORIZON = 730  # days of history


@dataclass
class Promise:
    """A term of an agreement: kind and form, who gives to whom (by place among the parties), how much until when."""

    kind: str
    form: str
    gives: int
    takes: int
    quantity: int
    unit: str
    due_on: datetime.date
    field: str = ""


@dataclass
class Plan:
    """One agreement from its first proposal on; `fate` names how it went where dates alone do not say."""

    kind: str
    title: str
    houses: list[Institution]
    roles: list[str]
    promises: list[Promise]
    proposed_at: datetime.datetime
    signed_at: list[datetime.datetime]
    starts_on: datetime.date
    ends_on: datetime.date
    fate: str = "kept"
    fate_on: datetime.date | None = None
    signers: list[Any] = field(default_factory=list)

    def signed_by(self, today: datetime.date) -> list[datetime.datetime]:
        """The signatures there are by the end of a day."""
        return [at for at in self.signed_at if at.date() <= today]


FATES = (
    ("kept",) * 88 + ("terminated",) * 3 + ("suspended",) * 2 + ("declined",) * 3 + ("withdrawn",) * 2 + ("draft",) * 2
)


class Neighbours:
    """The institutions one may have as a partner: of a kind, near by."""

    def __init__(self, houses: list[Institution], region_of: dict[int, int]) -> None:
        self.region_of = region_of
        self._by: dict[tuple[str, int | None], list[Institution]] = {}
        for house in houses:
            for place in (house.territory_id, region_of.get(house.territory_id), None):
                self._by.setdefault((house.kind.code, place), []).append(house)

    def near(self, kinds: tuple[str, ...], house: Institution, chance: random.Random) -> Institution | None:
        """One of these kinds in the same district, else in the region, else anywhere; never the house itself."""
        for place in (house.territory_id, self.region_of.get(house.territory_id), None):
            for kind in kinds:
                found = self._by.get((kind, place))
                if found:
                    chosen = chance.choice(found)
                    if chosen.pk != house.pk:
                        return chosen
        return None


HEI = ("hei", "hei_branch")
# For each kind of institution the agreements it enters: the kind of agreement and its parties in order, "" is itself.
HABITS: dict[str, list[tuple[str, tuple[tuple[str, ...], ...]]]] = {
    "school": [
        ("teacher_triad", ((), ("mastery_center", "cpd_institute"), HEI)),
        ("authority_support", ((), ("local_authority",))),
        ("social_partnership", ((), ("employer", "community_org"))),
        ("memorandum", ((), HEI)),
    ],
    "preschool": [
        ("preschool_triad", (HEI, (), ("cpd_institute", "mastery_center"))),
        ("authority_support", ((), ("local_authority",))),
        ("practice", (HEI, ())),
    ],
    "technikum": [
        ("integrative", (HEI, ())),
        ("dual", ((), ("employer",))),
        ("triple_employment", ((), HEI, ("employer",))),
        ("social_partnership", ((), ("employer",))),
    ],
    "lyceum": [("memorandum", ((), HEI)), ("social_partnership", ((), ("employer", "community_org")))],
    "school_specialised": [("memorandum", ((), HEI)), ("social_partnership", ((), ("employer",)))],
    "out_of_school": [("social_partnership", ((), ("community_org", "employer")))],
    "cpd_institute": [("memorandum", ((), HEI))],
    "hei": [
        ("research", ((), ("research_org",))),
        ("cluster", ((), ("school",), ("preschool",), ("technikum",))),
        ("dual", ((), ("employer",))),
    ],
    "hei_branch": [("practice", ((), ("school",))), ("memorandum", ((), ("hei",)))],
}


class Planner:
    """Draws plans from the dice; the wording comes from the country pack."""

    def __init__(
        self, data: dict[str, Any], neighbours: Neighbours, chance: random.Random, today: datetime.date
    ) -> None:
        self.data, self.neighbours, self.chance, self.today = data, neighbours, chance, today

    def plan(self, house: Institution, day: datetime.date, pace: float) -> Plan | None:
        """An agreement entered by this institution, proposed on that day; None where it finds no partner."""
        habits = HABITS.get(house.kind.code)
        if not habits:
            return None
        kind, sides = self.chance.choice(habits)
        parties = [house if not kinds else self.neighbours.near(kinds, house, self.chance) for kinds in sides]
        if None in parties or len({party.pk for party in parties if party}) < len(parties):
            return None
        return self.agree(kind, [party for party in parties if party], day, pace)

    def agree(self, kind: str, parties: list[Institution], day: datetime.date, pace: float) -> Plan:
        """The plan of an agreement of this kind between these parties; `pace`: the usual days until all have signed."""
        words, chance = self.data["agreements"][kind], self.chance
        proposed = _office_hour(day, chance)
        taken = max(1.0, chance.lognormvariate(0, 0.55) * pace)
        signed = sorted(
            proposed + datetime.timedelta(days=taken * (at + 1) / len(parties), minutes=at + 3)
            for at in range(len(parties))
        )
        concluded = signed[-1].date()
        starts = concluded if chance.random() < 0.6 else concluded + datetime.timedelta(days=chance.randint(1, 45))
        ends = _years_on(starts, chance.choice((1, 1, 2, 3))) - DAY
        fate = chance.choice(FATES)
        made = Plan(
            kind, chance.choice(words["subjects"]), parties, words["roles"][: len(parties)],
            list(self._promises(words, starts, ends)), proposed, signed, starts, ends, fate,
        )  # fmt: skip
        if fate in ("terminated", "suspended"):
            made.fate_on = some_day(chance, starts + 20 * DAY, starts + 200 * DAY)
            if made.fate_on > min(self.today, ends):
                made.fate, made.fate_on = "kept", None
        return made

    def _promises(self, words: dict[str, Any], starts: datetime.date, ends: datetime.date) -> Iterator[Promise]:
        for said in words["promises"]:
            low, high = said["quantity"]
            yield Promise(
                said["kind"], said["form"], said["gives"], said["takes"], self.chance.randint(low, high), said["unit"],
                some_day(self.chance, starts + (ends - starts) / 2, ends), said.get("field", ""),
            )  # fmt: skip


def _office_hour(day: datetime.date, chance: random.Random) -> datetime.datetime:
    return datetime.datetime(
        day.year, day.month, day.day, chance.randint(4, 12), chance.randint(0, 59), tzinfo=datetime.UTC
    )


def _years_on(day: datetime.date, years: int) -> datetime.date:
    return day.replace(year=day.year + years, day=28 if (day.month, day.day) == (2, 29) else day.day)


def terms_by_code(*vocabularies: str) -> dict[tuple[str, str], Term]:
    """Words of some vocabularies by (vocabulary, code)."""
    return {(term.vocabulary, term.code): term for term in Term.objects.filter(vocabulary__in=vocabularies)}
