"""A number is a pure function of its rows: whole, by changes, in any order, interrupted: the same bytes."""

import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lifecycle.events import record
from quality.observations.actions import put_observations
from quality.observations.intake import Given
from quality.observations.models import FormerFigure, Observation
from quality.rollups import counting
from quality.rollups.actions import CHANGED, recount_changed, recount_everything
from quality.rollups.checked import EVERYTHING
from quality.rollups.engine import count_due, count_everything
from quality.rollups.heeding import heed
from quality.rollups.models import Change, Dirty, Rollup, Run, Tally
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


MOVES = [
    "put", "put", "put", "bulk", "drop", "excuse", "total", "tick", "tick", "stopped tick", "night", "stopped night",
    "agree", "move", "close",
]  # fmt: skip
STEPS = st.lists(
    st.tuples(
        st.sampled_from(MOVES),
        st.integers(0, 5),
        st.integers(0, 1),
        st.integers(0, 40),
    ),
    min_size=1,
    max_size=14,
)


@pytest.fixture
def scene(world: SimpleNamespace) -> SimpleNamespace:
    return a_scene(world)


def a_scene(world: SimpleNamespace) -> SimpleNamespace:
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
    if what in COUNTS:
        COUNTS[what]()
    else:
        HAPPENINGS[what](scene, scene.versions[choice], which, number)


def _rows(scene: SimpleNamespace, version: Any, which: int) -> Any:
    return Observation.objects.filter(version=version, period=scene.year, institution=scene.houses[which])


def gone(rows: Any) -> None:
    """Figures that were never there, nor what they said before."""
    FormerFigure.objects.filter(observation__in=rows).delete()
    rows.delete()


def put(scene: SimpleNamespace, version: Any, which: int, number: int) -> None:
    gone(_rows(scene, version, which))
    a_figure(version, scene.year, scene.houses[which], number, number + 1)
    gone(_rows(scene, scene.share, which))
    a_figure(scene.share, scene.year, scene.houses[which], min(number, 3), 3)


def bulk(scene: SimpleNamespace, version: Any, which: int, number: int) -> None:
    """Figures of several institutions in one statement, by the action."""
    given = [
        Given((version, scene.share)[place % 2], scene.year, house, Decimal(number + place), Decimal(50), "value")
        for place, house in enumerate(scene.houses[which:])
    ]
    put_observations(given, by=None, at=the_moment().at)


def drop(scene: SimpleNamespace, version: Any, which: int, number: int) -> None:
    gone(_rows(scene, version, which))


def excuse(scene: SimpleNamespace, version: Any, which: int, number: int) -> None:
    _rows(scene, version, which).update(state="not_applicable", numerator=None, denominator=None)


def total(scene: SimpleNamespace, version: Any, which: int, number: int) -> None:
    place = scene.places[which]
    gone(Observation.objects.filter(version=version, territory=place))
    a_figure(version, scene.year, place, number, number + 2)


def agree(scene: SimpleNamespace, version: Any, which: int, number: int) -> None:
    houses = (scene.houses[which], scene.houses[(which + 1) % 6])
    told("agreement", in_force(*houses, since=f"2026-{9 + scene.versions.index(version):02}-15").public_id)


def move(scene: SimpleNamespace, version: Any, which: int, number: int) -> None:
    house = scene.houses[which]
    house.places.all().delete()
    house.places.create(territory=scene.places[3 + number % 3], valid="[2000-01-01,)")
    told("institution", house.public_id)


def close(scene: SimpleNamespace, version: Any, which: int, number: int) -> None:
    scene.houses[which].spells.update(valid="[2000-01-01,2026-10-15)")
    told("institution", scene.houses[which].public_id)


HAPPENINGS = {
    "put": put, "bulk": bulk, "drop": drop, "excuse": excuse, "total": total, "agree": agree, "move": move,
    "close": close,
}  # fmt: skip


def stopped_tick() -> None:
    """Time runs out after one statement of what is due."""
    count_due(the_moment(), Run.objects.create(kind=CHANGED, started_at=the_moment().at), budget=-1)


def stopped_night() -> None:
    """A recount of everything that has made a part of it; another tick takes it up again."""
    count_everything(the_moment(), Run.objects.create(kind=EVERYTHING, started_at=the_moment().at), budget=-1)


COUNTS = {
    "tick": lambda: recount_changed(the_moment()), "stopped tick": stopped_tick,
    "night": lambda: recount_everything(the_moment()), "stopped night": stopped_night,
}  # fmt: skip


def told(subject_type: str, subject_id: str) -> None:
    """An Event, marked at once: inside one test transaction the outbox would wait for its end."""
    heed([record("changed", subject_type=subject_type, subject_id=subject_id, by=None, at=the_moment().at)])


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
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


ROWS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 2), st.integers(0, 40)), unique_by=lambda row: row[:2], max_size=18
)
PAUSES = st.lists(st.sampled_from([*COUNTS, *["nothing"] * 8]), min_size=18, max_size=18)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(data=st.data(), rows=ROWS)
def test_the_same_rows_give_the_same_bytes_in_whatever_order_they_arrive(
    scene: SimpleNamespace, data: st.DataObject, rows: list[tuple[int, int, int]]
) -> None:
    found = []
    for _order in range(2):
        with transaction.atomic():
            arrive(scene, data.draw(st.permutations(rows)), data.draw(PAUSES))
            found.append(stored())
            transaction.set_rollback(True)
    assert found[0] == found[1]


def arrive(scene: SimpleNamespace, rows: list[tuple[int, int, int]], pauses: list[str]) -> None:
    """Figures come one by one; between them it is counted, or not, or not to the end."""
    recount_changed(the_moment())
    for (which, choice, number), pause in zip(rows, pauses, strict=False):
        version = [*scene.versions, scene.share][choice]
        a_figure(version, scene.year, scene.houses[which], min(number, 30), None if choice == 1 else 30)
        COUNTS.get(pause, lambda: None)()
    recount_changed(the_moment())


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
