"""Published totals by the hierarchy of another day: they go with their place, and what left it cannot be taken out."""

import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from institutions.territory.models import Territory
from quality.rollups.actions import recount_changed, recount_everything
from quality.rollups.bases import Asked, Rebased
from quality.rollups.models import Basis, Tally
from tests.factories import a_territory, an_institution
from tests.quality.figures import TODAY, a_figure, a_year, an_indicator, the_moment
from tests.quality.histories import dated

pytestmark = pytest.mark.django_db
LATER = datetime.date(2025, 1, 1)


def regions(version: Any, year: Any) -> dict[str, tuple[Any, int, int, bool]]:
    tally = Tally.objects.select_related("version__indicator", "period").get(version=version, period=year)
    found = Rebased(Asked(Basis.AS_IS, TODAY), [tally]).cells(tally).values()
    return {
        row.territory.code: (row.numerator, row.reporting, row.expected, row.comparable)
        for row in found
        if row.institution_kind is None and len(row.territory.code) < 3
    }


def test_a_total_goes_with_its_district_to_another_region(world: SimpleNamespace) -> None:
    version, year = an_indicator("CTX.02"), a_year(2023)
    for place, number in ((world.near, 40), (world.next_door, 60), (world.far, 5)):
        a_figure(version, year, place, number)
    dated(world.near.parents, LATER, parent=world.south)
    recount_changed(the_moment())
    assert regions(version, year) == {"9": (105, 3, 3, True), "91": (60, 1, 1, True), "92": (45, 2, 2, True)}


@pytest.mark.parametrize("inhabited", [True, False])
def test_a_total_of_a_region_that_lost_a_district_is_not_comparable_and_neither_is_the_one_that_got_it(
    world: SimpleNamespace, inhabited: bool
) -> None:
    version, year = an_indicator("CTX.02"), a_year(2023)
    lost = world.near if inhabited else a_territory("913", world.north)
    a_figure(version, year, world.north, 500)
    a_figure(version, year, world.south, 50)
    dated(lost.parents, LATER, parent=world.south)
    recount_changed(the_moment())
    found = regions(version, year)
    assert {code: (number, sure) for code, (number, _n, _all, sure) in found.items()} == {
        "9": (550, True), "91": (500, False), "92": (50, False),
    }  # fmt: skip


def test_a_school_that_left_takes_nothing_out_of_the_total_of_its_district(world: SimpleNamespace) -> None:
    version, year = an_indicator("CTX.02"), a_year(2023)
    a_figure(version, year, world.near, 40)
    dated(world.a.places, LATER, territory=world.far)
    recount_changed(the_moment())
    found = regions(version, year)
    assert (found["9"][0], found["9"][3], found["91"][3], found["92"][3]) == (40, True, False, False)


def test_another_hierarchy_is_read_by_as_many_queries_in_a_large_country_as_in_a_small_one(
    world: SimpleNamespace,
) -> None:
    version, year = an_indicator("CTX.02"), a_year(2023)
    dated(world.a.places, LATER, territory=world.far)
    numbers = []
    for _size in range(2):
        for place in Territory.objects.filter(level="district"):
            for _house in range(5):
                a_figure(version, year, an_institution(place), 10)
        recount_everything(the_moment())
        with CaptureQueriesContext(
            connection,
        ) as asked:
            regions(version, year)
        numbers.append(len(asked))
    assert numbers[0] == numbers[1]


@pytest.mark.parametrize("excused", [True, False])
def test_a_school_that_was_let_off_is_expected_nowhere_when_it_leaves_the_district_of_a_total(
    world: SimpleNamespace, excused: bool
) -> None:
    version, year = an_indicator("CTX.02"), a_year(2023)
    a_figure(version, year, world.near, 40)
    if excused:
        a_figure(version, year, world.a, None, state="not_applicable")
    dated(world.a.places, LATER, territory=world.far)
    recount_changed(the_moment())
    found = {code: row[1:3] for code, row in regions(version, year).items()}
    assert found == {"9": (1, 3), "91": (1, 2), "92": (0, 1)}  # not let off, it is told by the total still
