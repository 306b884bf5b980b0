"""What activities say about institutions and agreements: coverage, parents, employers, living agreements."""

import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from institutions.registry.models import Institution
from quality.catalogue.models import Across, DefinitionVersion, Method
from quality.rollups.actions import recount_changed, recount_everything
from quality.rollups.models import Dirty, Rollup
from quality.values.rows import DENOMINATOR, NUMERATOR, REST, Behind, total
from quality.values.single import values_of_institution
from tests.factories import a_term, an_institution
from tests.quality.activities import an_activity, becomes
from tests.quality.figures import a_month, an_indicator, in_force, the_moment

pytestmark = pytest.mark.django_db


def share(code: str, **fields: Any) -> DefinitionVersion:
    """A share of the catalogue, by month."""
    wanted = {"periodicity": ["M"], "factor": 100, "levels": ["I", "D", "R", "C"], "across": Across.LAST, **fields}
    return an_indicator(code, Method.SHARE, **wanted)


def sums(version: DefinitionVersion, period: Any, place: Any, kind: Any = None) -> tuple[Any, ...]:
    row = Rollup.objects.get(version=version, period=period, territory=place, institution_kind=kind)
    return row.numerator, row.denominator, row.state


@pytest.fixture
def employer_house(world: SimpleNamespace) -> Institution:
    house = an_institution(world.near, "Zeta works", kind="works")
    house.kind.data = {"flags": ["W"]}
    house.kind.save()
    return house


def test_an_institution_takes_part_where_its_own_participation_stands(world: SimpleNamespace) -> None:
    version, september, october = share("COV.02"), a_month(2026, 9), a_month(2026, 10)
    an_activity("2026-10-05", world.a, named=[world.c])
    an_activity("2026-10-06", world.a, world.b, status="disputed")
    recount_changed(the_moment())
    assert sums(version, october, world.country) == (1, 3, "value")
    assert sums(version, october, world.south) == (0, 1, "value")
    assert not Rollup.objects.filter(period=september).exists()


def test_a_confirmation_recounts_only_the_periods_that_hold_its_day(world: SimpleNamespace) -> None:
    version = share("COV.02")
    months = [a_month(2026, month) for month in (8, 9, 10)]
    an_activity("2026-08-05", world.a)
    waiting = an_activity("2026-09-05", world.b, status="logged")
    recount_changed(the_moment())
    before = {row.pk: row.computed_at for row in Rollup.objects.filter(version=version)}
    assert [sums(version, month, world.country)[0] for month in months] == [1, 0, 0]
    becomes(waiting, "confirmed")
    recount_changed(the_moment(datetime.date(2026, 11, 21)))
    assert [sums(version, month, world.country)[0] for month in months] == [1, 1, 0]
    assert not Dirty.objects.exists()
    assert all(row.computed_at == before[row.pk] for row in Rollup.objects.filter(period=months[2]))
    becomes(waiting, "withdrawn")
    recount_changed(the_moment())
    assert [sums(version, month, world.country)[0] for month in months] == [1, 0, 0]


def test_parents_count_by_the_flag_of_their_category(world: SimpleNamespace) -> None:
    version, october = share("COV.08", kinds=[world.a.kind.code]), a_month(2026, 10)
    an_institution(world.near, "Epsilon school")
    an_activity("2026-10-05", world.a, world.b, parents=12)
    a_term("participant_category", "pupils")
    recount_changed(the_moment())
    assert sums(version, october, world.country) == (1, 2, "value")
    assert sums(version, october, world.far) == (0, 0, "not_applicable")


def test_employers_count_with_an_agreement_in_force_and_work_they_vouched_for(
    world: SimpleNamespace, employer_house: Institution
) -> None:
    version, october = share("COV.06", kinds=["hei", "technikum"]), a_month(2026, 10)
    in_force(world.b, employer_house, since="2026-01-10")
    in_force(world.c, employer_house, since="2026-01-10", until="2026-10-20")
    an_activity("2026-10-05", world.b, world.c, employer_house)
    recount_changed(the_moment())
    assert sums(version, october, world.country) == (1, 2, "value")
    assert sums(version, october, world.south) == (0, 1, "value")
    other = an_institution(world.far, "Eta college", kind="technikum")
    in_force(other, employer_house, since="2026-01-10")
    an_activity("2026-10-05", other, named=[employer_house])
    recount_everything(the_moment())
    assert sums(version, october, world.south) == (0, 2, "value")


def test_an_agreement_lives_by_confirmed_work_in_the_last_180_days(world: SimpleNamespace) -> None:
    version = share("COV.03")
    months = [a_month(2026, month) for month in (4, 5, 10, 11)]
    dead = in_force(world.a, world.b, since="2026-01-10")
    alive = in_force(world.a, world.c, since="2026-01-10")
    in_force(world.b, world.c, since="2026-09-15")
    an_activity("2026-05-05", world.a, world.c, agreement=alive)
    an_activity("2026-10-05", world.a, world.b, agreement=dead, status="logged")
    recount_changed(the_moment())
    assert [sums(version, month, world.country)[:2] for month in months] == [(0, 2), (1, 2), (1, 2), (0, 2)]
    october = Rollup.objects.get(period=months[2], territory=world.country, institution_kind=None)
    assert (october.reporting, october.participations) == (2, 4)
    assert sums(version, months[2], world.south) == (1, 1, "value")
    an_activity("2026-11-01", world.b, world.a, agreement=dead)
    recount_everything(the_moment())
    assert sums(version, months[3], world.country)[:2] == (1, 2)
    behind = Behind(version, months[3], datetime.date(2026, 11, 21), world.country)
    assert [total(Behind(**{**vars(behind), "part": part})) for part in (NUMERATOR, DENOMINATOR, REST)] == [1, 2, 1]


def test_the_value_of_one_institution_has_its_own_rows_only(world: SimpleNamespace, institution_admin: Any) -> None:
    version, _october = share("ACT.03"), a_month(2026, 10)
    share("COV.08", kinds=["hei"])
    an_activity("2026-10-05", world.a, world.b)
    an_activity("2026-10-06", world.b, named=[world.a])
    recount_changed(the_moment())
    (line,) = values_of_institution(version.indicator, world.a, institution_admin, "")
    assert (line["numerator"], line["denominator"], line["value"], line["state"]) == ("1", "1", "100", "value")
    parents = DefinitionVersion.objects.get(indicator__code="COV.08").indicator
    (other,) = values_of_institution(parents, world.a, institution_admin, "")
    assert (other["state"], other["value"]) == ("not_applicable", None)
