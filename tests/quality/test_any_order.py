"""A number is a pure function of its rows: whole, by changes, in any order, interrupted: the same bytes."""

import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lifecycle.events import record
from quality.observations.models import Observation
from quality.rollups import counting
from quality.rollups.actions import recount_changed, recount_everything
from quality.rollups.heeding import heed
from quality.rollups.models import Change, Dirty, Rollup, Tally
from tests.factories import an_institution
from tests.quality.figures import a_figure, a_month, a_year, an_indicator, coverage, in_force, the_moment

pytestmark = pytest.mark.django_db
HIDDEN = ("id", "run", "computed_at")
STORED = [field.name for field in Rollup._meta.fields if field.name not in HIDDEN]


def stored() -> list[tuple[Any, ...]]:
    """Every cell, as text."""
    return sorted(tuple(map(str, row)) for row in Rollup.objects.values_list(*STORED))


def from_nothing() -> list[tuple[Any, ...]]:
    """What a count of everything over an empty table gives."""
    for table in (Change, Dirty, Tally, Rollup):
        table.objects.all().delete()
    recount_everything(the_moment())
    return stored()


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["put", "put", "put", "drop", "excuse", "total", "tick", "tick", "agree", "move", "close"]),
        st.integers(0, 5),
        st.integers(0, 1),
        st.integers(0, 40),
    ),
    min_size=1,
    max_size=14,
)


@pytest.fixture
def scene(world: SimpleNamespace) -> SimpleNamespace:
    """Six institutions of three kinds, three figures and coverage, one school year and three months."""
    houses = [world.a, world.b, world.c, *(an_institution(place) for place in (world.near, world.near, world.far))]
    ratio, total = an_indicator("CTX.04", "ratio"), an_indicator("CTX.02")
    share = an_indicator("RES.04", "share", factor=100, kinds=["school"])
    coverage()
    for month in (9, 10, 11):
        a_month(2026, month)
    return SimpleNamespace(
        world=world, houses=houses, versions=[ratio, total], share=share, year=a_year(2021),
        places=[world.country, world.north, world.south, world.near, world.next_door, world.far],
    )  # fmt: skip


def take(scene: SimpleNamespace, step: tuple[str, int, int, int]) -> None:
    """One thing that happens."""
    what, which, choice, number = step
    version, house = scene.versions[choice], scene.houses[which]
    rows = Observation.objects.filter(version=version, period=scene.year, institution=house)
    if what == "put":
        rows.delete()
        a_figure(version, scene.year, house, number, number + 1)
        Observation.objects.filter(version=scene.share, institution=house).delete()
        a_figure(scene.share, scene.year, house, min(number, 3), 3)
    elif what == "drop":
        rows.delete()
    elif what == "excuse":
        rows.update(state="not_applicable", numerator=None, denominator=None)
    elif what == "total":
        place = scene.places[which]
        Observation.objects.filter(version=version, territory=place).delete()
        a_figure(version, scene.year, place, number, number + 2)
    elif what == "agree":
        agreement = in_force(house, scene.houses[(which + 1) % 6], since=f"2026-{9 + choice:02}-15")
        told("agreement", agreement.public_id)
    elif what == "move":
        house.places.all().delete()
        house.places.create(territory=scene.places[3 + number % 3], valid="[2000-01-01,)")
        told("institution", house.public_id)
    elif what == "close":
        house.spells.update(valid="[2000-01-01,2026-10-15)")
        told("institution", house.public_id)
    else:
        recount_changed(the_moment())


def told(subject_type: str, subject_id: str) -> None:
    """An Event, marked at once: inside one test transaction the outbox would wait for its end."""
    heed([record("changed", subject_type=subject_type, subject_id=subject_id, by=None, at=the_moment().at)])


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(steps=STEPS)
def test_counting_by_changes_in_any_order_equals_counting_everything(scene: SimpleNamespace, steps: list[Any]) -> None:
    with transaction.atomic():
        for step in steps:
            take(scene, step)
        recount_changed(the_moment())
        carried = stored()
        assert not Change.objects.exists()
        assert not Dirty.objects.exists()
        assert carried == from_nothing()
        transaction.set_rollback(True)


def test_the_night_after_a_day_of_changes_finds_nothing_different(scene: SimpleNamespace) -> None:
    for number, house in enumerate(scene.houses):
        a_figure(scene.versions[0], scene.year, house, number, 10)
        recount_changed(the_moment())
    night = recount_everything(the_moment())
    assert night is not None
    assert (night.differing, night.compared > 20) == (0, True)


def test_a_place_that_is_gone_leaves_no_cell(scene: SimpleNamespace) -> None:
    a_figure(scene.versions[0], scene.year, scene.world.c, 1, 2)
    recount_changed(the_moment())
    assert Rollup.objects.filter(territory=scene.world.far).exists()
    scene.world.far.valid = "[2000-01-01,2020-01-01)"
    scene.world.far.save()
    for house in (scene.world.c, scene.houses[5]):
        house.places.update(territory=scene.world.near)
    recount_everything(the_moment())
    assert not Rollup.objects.filter(territory=scene.world.far).exists()


def test_a_count_that_is_stopped_half_way_loses_and_doubles_nothing(
    scene: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_figure(scene.versions[0], scene.year, scene.world.a, 5, 10)
    recount_changed(the_moment())
    a_figure(scene.versions[0], scene.year, scene.world.b, 7, 10)
    with monkeypatch.context() as patch, pytest.raises(RuntimeError), transaction.atomic():
        patch.setattr(counting.Tally.objects, "bulk_create", lambda *_, **__: (_ for _ in ()).throw(RuntimeError()))
        recount_changed(the_moment())
    assert Change.objects.count() == 1
    recount_changed(the_moment())
    assert (
        Rollup.objects.get(version=scene.versions[0], territory=scene.world.country, institution_kind=None).numerator
        == 12
    )


def test_a_period_is_counted_again_when_its_day_turns_and_when_it_closes(scene: SimpleNamespace) -> None:
    in_force(scene.world.a, since="2026-11-22")
    recount_changed(the_moment(datetime.date(2026, 11, 21)))
    november = Rollup.objects.filter(period__code="2026-11", territory=scene.world.country, institution_kind=None)
    assert (november.get().numerator, november.get().provisional) == (0, True)
    recount_changed(the_moment(datetime.date(2026, 11, 22)))
    assert november.get().numerator == 1
    recount_changed(the_moment(datetime.date(2027, 1, 20)))
    assert november.get().provisional is False
