"""The institutions of a world: all kinds, in every region, with dated kinds and places and some in each status."""

import datetime
import random
from collections.abc import Iterator
from dataclasses import replace

from config.packs.participants import Participant
from config.worlds.chance import some_day
from config.worlds.ground import Ground
from config.worlds.naming import Namer
from institutions.territory.models import Territory

SINCE = datetime.date(2019, 9, 1)
NEAR = {"school": 3, "preschool": 3, "technikum": 1, "employer": 2, "district_department": 1, "local_authority": 1}
FAR = {"school": 2, "preschool": 2, "technikum": 1, "employer": 1, "district_department": 1, "local_authority": 1}
REGIONAL = {
    "regional_department": 1, "local_authority": 1, "mastery_center": 1, "lyceum": 1, "school_specialised": 1,
    "out_of_school": 1, "community_org": 1, "cpd_institute": 1, "certification_center": 1, "school_presidential": 1,
}  # fmt: skip
NATIONAL = {"platform_provider": 1, "international_org": 1, "research_org": 2}
SPREAD = ("preschool", "technikum", "lyceum", "employer")
FAR_DISTRICTS = 3  # of each region that is not at the centre of the demonstration


class Houses:
    """Makes the participants of a world; numbers run on within a place and kind."""

    def __init__(self, namer: Namer, chance: random.Random, today: datetime.date, country: str) -> None:
        self.namer, self.chance, self.today, self.country = namer, chance, today, country
        self.scheme: str = namer.data["scheme"]
        self._given: dict[tuple[str, str], int] = {}

    def make(self, kind: str, place: Territory, **different: object) -> Participant:
        """One participant of this kind at this place."""
        number = self._given[kind, place.code] = self._given.get((kind, place.code), 0) + 1
        named = self.namer.institution(kind, place, number)
        opened = some_day(self.chance, SINCE - datetime.timedelta(days=9000), SINCE)
        made = Participant(
            scheme=self.scheme, number=f"{kind}-{place.code}-{number}", names=named.names, short_name=named.short,
            kinds=[(kind, opened, None)], places=[(place.code, opened, None)], ownership=named.ownership,
            country=self.country, is_demo=True,
            languages=self.chance.choice(self.namer.data["languages"]),
        )  # fmt: skip
        return replace(made, **different)  # type: ignore[arg-type]

    def many(self, counts: dict[str, int], place: Territory) -> Iterator[Participant]:
        """So many of each kind at one place."""
        for kind, count in counts.items():
            yield from (self._aged(self.make(kind, place)) for _each in range(count))

    def _aged(self, participant: Participant) -> Participant:
        """Most technikums were something else before; a few houses opened lately."""
        kind, opened, _open = participant.kinds[0]
        former = self.namer.data["former_kinds"].get(kind)
        if former and self.chance.random() < 0.7:
            turned = datetime.date.fromisoformat(former["until"])
            old = self.chance.choice(former["kinds"])
            return replace(participant, kinds=[(old, opened, turned), (kind, turned, None)])
        if kind in ("school", "preschool") and self.chance.random() < 0.08:
            opened = some_day(
                self.chance, self.today - datetime.timedelta(days=700), self.today - datetime.timedelta(days=60)
            )
            place = participant.places[0][0]
            return replace(participant, kinds=[(kind, opened, None)], places=[(place, opened, None)])
        return participant


def small_houses(houses: Houses, here: Ground) -> list[Participant]:
    """All participants of the small world save those of the cast."""
    data = houses.namer.data
    centre = {data["home_region"], data["other_region"]}
    made = _national(houses, here)
    for region in here.regions:
        made += houses.many(REGIONAL, region)
        near, below = region.code in centre, here.districts[region.code]
        for district in below if near else houses.chance.sample(below, min(FAR_DISTRICTS, len(below))):
            made += houses.many(NEAR if near else FAR, district)
    return _moved(houses, made, here.districts[data["home_region"]])


def country_houses(houses: Houses, here: Ground) -> list[Participant]:
    """As many of each kind as the country has: schools by the published figures of each region, the rest by pupils."""
    data = houses.namer.data
    schools, pupils = (_published(here, code) for code in ("CTX.01", "CTX.02"))
    made = _national(houses, here)
    for region in here.regions:
        made += houses.many(REGIONAL, region)
        share = pupils[region.code] / pupils[here.root.code]
        counts = {kind: round(data["country"][kind] * share) for kind in SPREAD}
        made += _spread(houses, here.districts[region.code], {"school": schools[region.code], **counts})
    return _moved(houses, made, here.districts[data["home_region"]])


def _published(here: Ground, code: str) -> dict[str, int]:
    """The newest published total of each place."""
    rows = [row for row in here.pack.rows("observations") if row["indicator"] == code]
    return {row["territory"]: int(row["numerator"]) for row in rows}


def _spread(houses: Houses, districts: list[Territory], counts: dict[str, int]) -> Iterator[Participant]:
    """The numbers of a region over its districts: by the size the dice give each, the rest to the first ones."""
    sizes = [houses.chance.uniform(0.5, 1.5) for _district in districts]
    for kind, count in counts.items():
        shares = [int(count * size / sum(sizes)) for size in sizes]
        for at in range(count - sum(shares)):
            shares[at % len(shares)] += 1
        for district, share in zip(districts, shares, strict=True):
            yield from houses.many({kind: share}, district)
    for district in districts:
        yield from houses.many({"district_department": 1, "local_authority": 1}, district)


def _national(houses: Houses, here: Ground) -> list[Participant]:
    return [*houses.many(NATIONAL, here.root), *_ministries(houses, here.root), *_foreigners(houses, here.root)]


def _ministries(houses: Houses, root: Territory) -> Iterator[Participant]:
    for number, _pattern in enumerate(houses.namer.data["patterns"]["ministry"]):
        named = houses.namer.institution("ministry", root, number + 1, number)
        yield houses.make("ministry", root, names=named.names, short_name=named.short)


def _foreigners(houses: Houses, root: Territory) -> Iterator[Participant]:
    """Partners abroad: they lie at no place of the country, so they stand at its top."""
    for country in houses.namer.data["foreign_countries"]:
        made = houses.make("hei", root, country=country, ownership="foreign")
        yield replace(made, names={tag: f"{name} ({country})" for tag, name in made.names.items()})


def _moved(houses: Houses, made: list[Participant], home: list[Territory]) -> list[Participant]:
    """Two schools changed their district, two preschools closed, some applications wait: what a register knows."""
    codes = {place.code for place in home}
    old = [(at, p) for at, p in enumerate(made) if p.places[-1][0] in codes and p.open[0] <= SINCE]
    schools, gardens = ([at for at, p in old if p.kinds[-1][0] == kind] for kind in ("school", "preschool"))
    turned = datetime.date(houses.today.year - 1, 9, 1)
    for at in schools[:2]:
        place, opened, _open = made[at].places[0]
        other = next(code for code in sorted(codes) if code != place)
        made[at] = replace(made[at], places=[(place, opened, turned), (other, turned, None)])
    for at in gardens[:2]:
        (kind, start, _open), (place, _start, _end) = made[at].kinds[0], made[at].places[0]
        ended = max(turned, start + datetime.timedelta(days=30))
        made[at] = replace(made[at], kinds=[(kind, start, ended)], places=[(place, start, ended)])
    for status, at in zip(("applied", "applied", "returned", "rejected", "suspended"), gardens[2:], strict=False):
        recent = datetime.datetime.combine(houses.today, datetime.time(6), datetime.UTC) - datetime.timedelta(days=4)
        made[at] = replace(made[at], status=status, registered_at=None if status == "suspended" else recent)
    return made
