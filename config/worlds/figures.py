"""Figures of a world: observed values of several years with gaps, and targets with where they began."""

import datetime
import random
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from institutions.registry.models import Institution
from institutions.territory.models import Territory
from quality.catalogue.models import DefinitionVersion, Indicator, Period
from quality.observations.models import Observation, ValueState
from quality.targets.actions import approve_target, set_target

COMPLETION = "RES.04"
# indicator: where it began, what is wanted, whether the figures of a year come after its end
WANTED = {
    "COV.01": (Decimal(40), Decimal(70), False),
    "AGR.03": (Decimal(25), Decimal(10), False),
    COMPLETION: (Decimal(78), Decimal(85), True),
}
SILENT = 0.12  # share of institutions that say nothing in a year
YEARS = 4


def observe_completion(
    houses: list[Institution], today: datetime.date, chance: random.Random, source: str, at: datetime.datetime
) -> int:
    """Completers of each entry cohort, year by year, at institutions that have cohorts; some figures are missing."""
    version = DefinitionVersion.objects.get(indicator__code=COMPLETION, version=1)
    years = Period.objects.filter(kind="A", pack=houses[0].territory.pack, ends_on__lt=today)
    past = years.order_by("-ends_on")[:YEARS]
    rows = []
    for house in houses:
        entered, share = chance.randint(60, 420), chance.uniform(0.62, 0.93)
        for period in reversed(past):
            share = min(0.985, share + chance.uniform(-0.02, 0.035))
            silent = chance.random() < SILENT
            value = {"numerator": Decimal(round(entered * share)), "denominator": Decimal(entered)}
            rows.append(
                Observation(
                    version=version, period=period, institution=house, source=source, entered_at=at,
                    **({"state": ValueState.MISSING} if silent else value),
                )
            )  # fmt: skip
    Observation.objects.bulk_create(rows, batch_size=5000)
    return len(rows)


def set_targets(
    places: list[Territory],
    today: datetime.date,
    chance: random.Random,
    at: datetime.datetime,
    people: Mapping[str, Any],
) -> int:
    """What the country and its regions want to reach: by the end of this year, or of the last one too. One officer of
    the ministry sets it, another approves it; one target waits."""
    years = list(Period.objects.filter(kind="A", pack=places[0].pack, starts_on__lte=today).order_by("-starts_on")[:2])
    indicators = {found.code: found for found in Indicator.objects.filter(code__in=WANTED)}
    first, second = people["second_officer"], people["ministry_officer"]
    made = 0
    for code, (baseline, value, late) in WANTED.items():
        for place in places:
            differs = Decimal(chance.randint(-4, 4)) if place.depth else Decimal(0)
            for year in years if late else years[:1]:
                told = {"baseline": baseline + differs, "value": value + differs, "by": first, "at": at}
                approve_target(
                    set_target(indicator=indicators[code], territory=place, period=year, **told), by=second, at=at
                )
                made += 1
    place, more = places[0], {"value": Decimal(75), "baseline": Decimal(70), "by": first, "at": at}
    set_target(indicator=indicators["COV.01"], territory=place, period=years[0], **more)
    return made + 1
