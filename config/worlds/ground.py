"""What a world is built on: the pack's tree, the seed, the day it is made."""

import datetime
from dataclasses import dataclass, field
from functools import cached_property

from config.packs.reading import Pack
from institutions.territory.models import Territory

SINCE = datetime.timedelta(days=900)  # the register and the cast's offices began so long ago


@dataclass
class Ground:
    """The tree as read once, and where the counts of what was made are gathered."""

    pack: Pack
    seed: int
    now: datetime.datetime
    today: datetime.date
    root: Territory
    regions: list[Territory]
    districts: dict[str, list[Territory]]
    counts: dict[str, int] = field(default_factory=dict)

    @cached_property
    def region_of(self) -> dict[int, int]:
        """The region of every place below the country, by ids."""
        below = {place.pk: region.pk for region in self.regions for place in self.districts[region.code]}
        return {**below, **{region.pk: region.pk for region in self.regions}}

    @cached_property
    def places(self) -> dict[str, Territory]:
        """Every place by its code."""
        below = [place for region in self.regions for place in self.districts[region.code]]
        return {place.code: place for place in (self.root, *self.regions, *below)}


def ground(pack: Pack, seed: int, now: datetime.datetime, today: datetime.date) -> Ground:
    """Read the tree once."""
    root = Territory.objects.get(code=pack.settings["root"])
    regions = list(Territory.objects.filter(pack=pack.code, depth=1).order_by("code"))
    districts: dict[str, list[Territory]] = {region.code: [] for region in regions}
    codes = {region.pk: region.code for region in regions}
    for place in Territory.objects.filter(pack=pack.code, depth=2).order_by("code"):
        districts[codes[place.lineage[1]]].append(place)
    return Ground(pack, seed, now, today, root, regions, districts)
