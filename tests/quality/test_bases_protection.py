"""Who reads figures by several hierarchies learns of no small number of people more than by one."""

import datetime
import random
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from accounts.models import User
from institutions.registry.models import Institution
from quality.rollups.actions import recount_everything
from quality.rollups.bases import Asked
from quality.rollups.models import Basis, Rollup, Tally
from quality.values.shown import OnBasis, Reading
from tests.factories import a_member, a_territory, an_institution
from tests.quality.figures import a_figure, a_year, an_indicator, the_moment
from tests.quality.histories import cells, dated, forget, where

pytestmark = pytest.mark.django_db
Key = tuple[str, str]
DAYS = [datetime.date(2024, 8, 31), datetime.date(2025, 3, 1), datetime.date(2026, 11, 21)]


def shown(version: Any, year: Any, user: User, day: datetime.date | None) -> tuple[set[Key], set[Key]]:
    """Cells this reader sees, and those that are hidden."""
    reading = Reading(user)
    tally = Tally.objects.select_related("version__indicator", "period").get(version=version, period=year)
    if day:
        lines: Any = OnBasis(reading, Asked(Basis.AS_OF, day), [tally]).lines(tally)
    else:
        rows = Rollup.objects.filter(version=version).select_related("version", "territory", "institution_kind")
        lines = [(row, reading.shown(row)) for row in rows]
    found: tuple[set[Key], set[Key]] = (set(), set())
    for row, value in lines:
        key = (row.territory.code, row.institution_kind.code if row.institution_kind else "")
        if row.numerator is not None:
            found[value.state == "suppressed"].add(key)
    return found


def vectors(houses: list[Institution], day: datetime.date, keys: set[Key]) -> dict[Key, list[Fraction]]:
    """Of each cell which institutions it adds up."""
    held = [cells(where(house, day), day) for house in houses]
    return {key: [Fraction(key in each) for each in held] for key in keys}


def spans(basis: list[list[Fraction]], vector: list[Fraction]) -> bool:
    """Whether a sum can be had from others by adding and taking away."""
    return rank([*basis, vector]) == rank(basis)


def rank(rows: list[list[Fraction]]) -> int:
    rows, found = [list(row) for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in rows[found:] if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        rows.insert(found, pivot)
        for row in rows[found + 1 :]:
            factor = row[column] / pivot[column]
            row[:] = [own - factor * other for own, other in zip(row, pivot, strict=True)]
        found += 1
    return found


@pytest.fixture
def scene(world: SimpleNamespace) -> SimpleNamespace:
    version = an_indicator("ACT.99", "sum", person_based=True)
    places = [world.near, world.next_door, world.far, a_territory("922", world.south), a_territory("923", world.south)]
    houses = [world.a, world.b, world.c, *(an_institution(place) for place in (*places, *places))]
    return SimpleNamespace(world=world, version=version, year=a_year(2023), places=places, houses=houses)


@pytest.mark.parametrize("seed", range(12))
def test_several_hierarchies_tell_no_hidden_number_that_one_does_not(scene: SimpleNamespace, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    figures = [chance.choice([0, 2, 3, 8, 20, 40, 60]) for _house in scene.houses]
    for house, number in zip(scene.houses, figures, strict=True):
        a_figure(scene.version, scene.year, house, number)
    for house in chance.sample(scene.houses, 3):
        dated(
            house.places,
            DAYS[0] + datetime.timedelta(days=chance.randint(10, 700)),
            territory=chance.choice(scene.places),
        )
    if seed % 2:
        dated(
            chance.choice(scene.places).parents,
            datetime.date(2025, 1, 1),
            parent=chance.choice([scene.world.north, scene.world.south]),
        )
    recount_everything(the_moment())
    forget()
    outsider, period_day = an_outsider(scene), scene.year.ends_on
    seen, hidden = shown(scene.version, scene.year, outsider, None)
    one = list(vectors(scene.houses, period_day, seen).values())
    several, secrets = list(one), list(vectors(scene.houses, period_day, hidden).values())
    for day in DAYS:
        also, kept = shown(scene.version, scene.year, outsider, day)
        several += vectors(scene.houses, day, also).values()
        small = {key for key, vector in vectors(scene.houses, day, kept).items() if 0 < total(vector, figures) < 5}
        secrets += vectors(scene.houses, day, small).values()
    units = [
        [Fraction(at == own) for at in range(len(figures))] for own, number in enumerate(figures) if 0 < number < 5
    ]
    told = [secret for secret in [*secrets, *units] if spans(several, secret) and not spans(one, secret)]
    assert told == []


def total(vector: list[Fraction], figures: list[int]) -> Fraction:
    return sum((part * number for part, number in zip(vector, figures, strict=True)), Fraction(0))


def an_outsider(scene: SimpleNamespace) -> User:
    """Someone with a role and no office over any of these places."""
    elsewhere = a_territory("8")
    return a_member("regional_officer", territory=elsewhere)


def test_a_small_school_that_moved_is_not_found_by_taking_one_hierarchy_from_another(scene: SimpleNamespace) -> None:
    for house in scene.houses:
        a_figure(scene.version, scene.year, house, 3 if house == scene.world.a else 50)
    dated(scene.world.a.places, datetime.date(2025, 1, 1), territory=scene.world.far)
    recount_everything(the_moment())
    outsider = an_outsider(scene)
    was, _hidden = shown(scene.version, scene.year, outsider, None)
    now, hidden = shown(scene.version, scene.year, outsider, DAYS[-1])
    assert {("911", ""), ("91", ""), ("921", "")} <= was
    assert {("911", ""), ("91", ""), ("92", ""), ("921", "")} <= hidden
    assert {("9", ""), ("912", ""), ("922", "")} <= now


def test_a_large_school_that_moved_hides_nothing(scene: SimpleNamespace) -> None:
    for house in scene.houses:
        a_figure(scene.version, scene.year, house, 50)
    dated(scene.world.a.places, datetime.date(2025, 1, 1), territory=scene.world.far)
    recount_everything(the_moment())
    assert shown(scene.version, scene.year, an_outsider(scene), DAYS[-1])[1] == set()
