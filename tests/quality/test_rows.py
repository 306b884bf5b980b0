"""Every value opens into exactly its rows; what the reader may not see is only counted."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from accounts.models import User
from quality.observations.models import Observation
from quality.rollups.actions import recount_changed
from quality.rollups.models import Rollup, Tally
from quality.values.rows import DENOMINATOR, NUMERATOR, Behind, present, subjects, total, visible
from tests.factories import an_institution
from tests.quality.figures import (
    a_figure,
    a_month,
    a_year,
    an_indicator,
    concluded,
    coverage,
    in_force,
    lead_time,
    the_moment,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def counted(world: SimpleNamespace) -> SimpleNamespace:
    """A little of everything, counted."""
    houses = [world.a, world.b, world.c, *(an_institution(place) for place in (world.near, world.near, world.far))]
    coverage(), lead_time()
    ratio, year = an_indicator("CTX.04", "ratio", kinds=["school", "hei"]), a_year(2021)
    for month in (9, 10, 11):
        a_month(2026, month)
    in_force(houses[0], houses[1], since="2026-09-10", until="2026-10-20")
    concluded(houses[2], houses[3], proposed="2026-09-10", concluded="2026-10-02")
    concluded(houses[3], houses[4], proposed="2026-09-10", concluded="2026-11-02")
    houses[4].places.all().delete()
    houses[4].places.create(territory=world.near, valid="[2000-01-01,2026-10-05)")
    houses[4].places.create(territory=world.far, valid="[2026-10-05,)")
    houses[5].spells.update(valid="[2000-01-01,2020-01-01)")
    for number, house in enumerate(houses):
        a_figure(ratio, year, house, number, number + 3)
    a_figure(ratio, year, world.next_door, 700, 800)
    a_figure(an_indicator("CTX.02"), year, world.north, 55)
    recount_changed(the_moment())
    return SimpleNamespace(world=world, houses=houses)


def behind(row: Rollup, part: str) -> Behind:
    day = Tally.objects.get(version=row.version, period=row.period).day
    return Behind(row.version, row.period, day, row.territory, None, row.institution_kind, part)


def weight(row: Rollup, part: str) -> Any:
    """What the rows of a part add up to."""
    found = subjects(behind(row, part))
    if row.version.indicator.source == "observed":
        figures = Observation.objects.filter(pk__in=found).values_list(part, flat=True)
        return sum(figures, Decimal(0))
    return total(behind(row, part))


def test_the_rows_behind_every_cell_add_up_to_its_numbers(counted: SimpleNamespace) -> None:
    cells = Rollup.objects.select_related("version__indicator", "period", "territory", "institution_kind")
    assert cells.count() > 60
    for row in cells:
        if row.version.method == "median":
            assert total(behind(row, NUMERATOR)) == row.reporting, row
        else:
            assert weight(row, NUMERATOR) == (row.numerator or 0), row
            if row.version.method != "sum":
                assert weight(row, DENOMINATOR) == (row.denominator or 0), row


def test_rows_a_reader_may_not_see_are_counted_and_not_shown(
    counted: SimpleNamespace, institution_admin: User, ministry_officer: User
) -> None:
    row = Rollup.objects.get(
        version__indicator__code="CTX.04",
        territory=counted.world.country,
        institution_kind=None,
        period__code="2021-2022",
    )
    cell = behind(row, NUMERATOR)
    own = present(cell, list(visible(cell, institution_admin)))
    assert [line.institution for line in own] == [counted.world.a.public_id]
    assert visible(cell, ministry_officer).count() == total(cell) == row.reporting


def test_an_agreement_of_others_is_not_named_to_an_outsider(
    counted: SimpleNamespace, foreign_admin: User, partner_admin: User
) -> None:
    row = Rollup.objects.get(
        version__indicator__code="AGR.03",
        territory=counted.world.country,
        institution_kind=None,
        period__code="2026-11",
    )
    cell = behind(row, NUMERATOR)
    assert total(cell) == 1
    assert not visible(cell, foreign_admin).exists()
