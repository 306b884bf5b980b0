"""Held against published figures: schools of 2021, and every school roll of the second country pack."""

import csv
import datetime
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.conf import settings

from config.packs.loading import install
from quality.observations.models import Observation
from quality.rollups.actions import recount_changed
from quality.rollups.models import Rollup
from tests.quality.figures import the_moment

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 11, 21, 9, 0, tzinfo=datetime.UTC)


def test_the_load_coefficient_is_the_published_one_for_every_region_and_the_country() -> None:
    install("uz", NOW)
    recount_changed(the_moment())
    with (settings.BASE_DIR / "config/packs/uz/observations.csv").open(encoding="utf-8") as file:
        published = {row["territory"]: Decimal(row["published"]) for row in csv.DictReader(file) if row["published"]}
    assert len(published) == 15
    cells = Rollup.objects.filter(version__indicator__code="CTX.04", period__code="2021-2022", institution_kind=None)
    found = {cell.territory.code: cell for cell in cells.select_related("territory")}
    for code, coefficient in published.items():
        cell = found[code]
        assert cell.value == (cell.numerator / cell.denominator).quantize(Decimal("0.00000001"), ROUND_HALF_UP)
        assert cell.value.quantize(Decimal("0.1"), ROUND_HALF_UP) == coefficient, code
    country, regions = found["17"], [cell for cell in found.values() if cell.territory.level == "region"]
    assert country.numerator == sum(cell.numerator for cell in regions) == 6_246_491
    assert (country.reporting, country.expected) == (14, 14)
    districts = [cell for cell in found.values() if cell.territory.level == "district"]
    assert {cell.state for cell in districts} == {"missing"}


@pytest.mark.slow
def test_every_roll_of_the_second_pack_is_counted_once_in_its_district_region_and_country() -> None:
    install("uz", NOW)
    install("nz", NOW)
    recount_changed(the_moment())
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for period, heads in Observation.objects.filter(period__pack="nz").values_list("period__code", "numerator"):
        sums[period] += heads
    assert len(sums) == 9
    cells = Rollup.objects.filter(version__indicator__code="CTX.02", period__pack="nz", institution_kind=None)
    country = {cell.period.code: cell for cell in cells.filter(territory__depth=0).select_related("period")}
    assert {period: cell.numerator for period, cell in country.items()} == sums
    for period, cell in country.items():
        regions = cells.filter(period__code=period, territory__depth=1, numerator__isnull=False)
        below = sum(regions.values_list("numerator", flat=True))
        assert 0 <= cell.numerator - below < cell.numerator / 50
        assert 0.9 * cell.expected <= cell.reporting <= cell.expected
