"""Published figures held against one another: every misprint is listed, and none is invented."""

import datetime
import random
from decimal import ROUND_HALF_UP, Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from config.packs.loading import install
from quality.catalogue.models import DefinitionVersion, Method
from quality.discrepancies.models import Discrepancy
from quality.observations.models import Observation
from quality.rollups.actions import recount_changed
from tests.quality.figures import a_figure, a_year, an_indicator, the_moment

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 11, 21, 9, 0, tzinfo=datetime.UTC)


def listed() -> set[tuple[Any, ...]]:
    """What the list says: indicator, place, what it is held against, which figure, by how much."""
    rows = Discrepancy.objects.select_related("version__indicator", "territory", "institution")
    return {
        (row.version.indicator.code, row.territory.code if row.territory else row.institution.public_id, row.kind,
         row.part, row.difference)
        for row in rows
    }  # fmt: skip


def misprint(code: str, place: str, by: int, column: str = "numerator") -> None:
    row = Observation.objects.get(version__indicator__code=code, territory__code=place, period__code="2021-2022")
    setattr(row, column, getattr(row, column) + by)
    row.save()


def test_nothing_is_invented_in_the_tables_of_2021() -> None:
    install("uz", NOW)
    assert Observation.objects.filter(version__indicator__code__startswith="CTX.01").count() == 75
    assert listed() == set()
    recount_changed(the_moment())
    assert listed() == set()


def test_every_misprint_planted_in_the_tables_of_2021_is_listed_with_both_figures_and_by_how_much() -> None:
    install("uz", NOW)
    misprint("CTX.02", "1718", 90)
    assert listed() == {
        ("CTX.02", "17", "places", "numerator", -90),
        ("CTX.04", "1718", "made_of", "numerator", -90),
    }
    row = Discrepancy.objects.get(kind="places")
    assert (row.said, row.found, row.size, row.parts) == (6_246_491, 6_246_581, 90, 14)
    misprint("CTX.02", "1718", -90)
    misprint("CTX.01d", "1710", -1)
    assert listed() == {
        ("CTX.01d", "17", "places", "numerator", 1),
        ("CTX.01", "1710", "made_of", "numerator", 1),
    }
    misprint("CTX.01d", "1710", 1)
    misprint("CTX.03", "17", 1000)
    assert listed() == {
        ("CTX.03", "17", "places", "numerator", 1000),
        ("CTX.04", "17", "made_of", "denominator", -1000),
    }
    misprint("CTX.03", "17", -1000)
    Observation.objects.filter(version__indicator__code="CTX.04", territory__code="1703").update(published="1.3")
    assert listed() == {("CTX.04", "1703", "quotient", "value", Decimal("-0.06655372"))}
    assert not Discrepancy.objects.exclude(said=Decimal("1.3")).exists()


def test_a_printed_coefficient_may_be_rounded_and_no_more(world: SimpleNamespace) -> None:
    ratio, year = an_indicator("CTX.04", Method.RATIO), a_year(2021)
    half = a_figure(ratio, year, world.north, 125, 100, published="1.2")
    assert listed() == set()
    for printed, wrong in (("1.3", False), ("1.25", False), ("1.250", False), ("1.2", False), ("1.1", True), ("1.24", True), ("1", False), ("2", True)):  # fmt: skip
        Observation.objects.filter(pk=half.pk).update(published=printed)
        assert Discrepancy.objects.exists() is wrong, printed
    Observation.objects.filter(pk=half.pk).update(published="1.25", numerator=Decimal("12.4"), denominator=10)
    assert not Discrepancy.objects.exists()  # 12.45 / 10 may have been meant
    Observation.objects.filter(pk=half.pk).update(numerator=Decimal("12.3"))
    assert Discrepancy.objects.exists()


def test_parts_rounded_to_one_decimal_never_disagree_with_their_rounded_total(world: SimpleNamespace) -> None:
    version, dice = an_indicator("CTX.02"), random.Random(22)  # noqa: S311
    for first in range(2000, 2025):
        year, truth = a_year(first), [Decimal(dice.randrange(10**8)) / 10**5 for _place in (0, 1)]
        for place, number in zip((world.north, world.south, world.country), (*truth, sum(truth)), strict=True):
            a_figure(version, year, place, number.quantize(Decimal("0.1"), ROUND_HALF_UP))  # type: ignore[union-attr]
    assert listed() == set()
    row = Observation.objects.filter(territory=world.country).order_by("pk")[7]
    Observation.objects.filter(pk=row.pk).update(numerator=row.numerator + Decimal("0.3"))
    assert Discrepancy.objects.get().period_id == row.period_id


def test_where_a_part_is_not_given_only_an_excess_is_a_disagreement(world: SimpleNamespace) -> None:
    version, year = an_indicator("CTX.02"), a_year(2021)
    whole = a_figure(version, year, world.country, 100)
    a_figure(version, year, world.north, 60)
    assert listed() == set()
    Observation.objects.filter(pk=whole.pk).update(numerator=50)
    assert listed() == {("CTX.02", "9", "places", "numerator", -10)}
    Observation.objects.filter(pk=whole.pk).update(numerator=100)
    a_figure(version, year, world.south, None, state="not_applicable")
    assert listed() == {("CTX.02", "9", "places", "numerator", 40)}


def test_a_total_is_held_against_the_nearest_places_that_have_a_figure(world: SimpleNamespace) -> None:
    version, year = an_indicator("CTX.02"), a_year(2021)
    a_figure(version, year, world.country, 100)
    for place, number in ((world.near, 30), (world.far, 20), (world.next_door, 49)):
        a_figure(version, year, place, number)
    assert list(Discrepancy.objects.values_list("territory__code", "said", "found", "parts")) == [("9", 100, 99, 3)]
    a_figure(version, year, world.south, 21)
    rows = Discrepancy.objects.values_list("territory__code", "said", "found", "parts")
    assert list(rows) == [("92", 21, 20, 1)]  # the country is whole with it, the region is not


def test_a_total_is_held_against_the_organisations_inside_once_all_have_reported(world: SimpleNamespace) -> None:
    version, year = an_indicator("CTX.02"), a_year(2021)
    a_figure(version, year, world.south, 90)
    recount_changed(the_moment())
    assert listed() == set()
    a_figure(version, year, world.c, 80)
    recount_changed(the_moment())
    assert listed() == {("CTX.02", world.south.code, "institutions", "numerator", 10)}
    Observation.objects.filter(institution=world.c).update(numerator=90)
    recount_changed(the_moment())
    assert listed() == set()


def test_figures_of_one_organisation_are_held_against_what_they_are_made_of(world: SimpleNamespace) -> None:
    year = a_year(2021)
    whole, first, second = (an_indicator(code) for code in ("CTX.11", "CTX.12", "CTX.13"))
    DefinitionVersion.objects.filter(pk=whole.pk).update(made_of=["CTX.12", "CTX.13"])
    for version, number in ((whole, 10), (first, 6)):
        a_figure(version, year, world.a, number)
    a_figure(second, year, world.b, 4)
    assert listed() == set()
    a_figure(second, year, world.a, 5)
    assert listed() == {("CTX.11", world.a.public_id, "made_of", "numerator", -1)}
