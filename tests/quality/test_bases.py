"""On random histories figures by the hierarchy of any day equal a plain reading, level by level and kind by kind."""

import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from institutions.territory.models import Territory, TerritoryParent
from quality.observations.models import Observation
from quality.rollups.actions import recount_everything
from quality.rollups.bases import Asked, Lying, Rebased
from quality.rollups.models import Basis, Rollup, Tally
from tests.factories import a_term, a_territory, an_institution
from tests.quality import histories
from tests.quality.activities import an_activity, heads, types
from tests.quality.figures import TODAY, a_figure, a_year, an_indicator, in_force, the_moment
from tests.quality.histories import closes, dated, reopens

pytestmark = pytest.mark.django_db
QUICK = (Phase.explicit, Phase.generate)
START = datetime.date(2022, 9, 1)
SHARES = [None, Decimal("0.6"), Decimal("0.25"), Decimal(1)]
WHAT = [
    "move",
    "move",
    "kind",
    "close",
    "close",
    "reopen",
    "region",
    "newborn",
    "figure",
    "figure",
    "agree",
    "act",
    "act",
    "heads",
]
STEPS = st.lists(
    st.tuples(st.sampled_from(WHAT), st.integers(0, 6), st.integers(0, 6), st.integers(0, 1500), st.integers(0, 3)),
    min_size=4, max_size=26,
)  # fmt: skip


@pytest.fixture
def scene(world: SimpleNamespace, teacher: Any) -> SimpleNamespace:
    """Seven institutions of four kinds in four districts, two school years, and figures of five sorts."""
    firm = a_term("participant_kind", "firm", flags=["W"])
    fourth = a_territory("922", world.south)
    houses = [world.a, world.b, world.c, *(an_institution(place) for place in (world.near, fourth, world.far))]
    houses.append(an_institution(world.next_door, kind="firm"))
    in_force(houses[0], houses[1], since="2022-09-02")  # so that there is something to count from the beginning
    an_activity("2022-09-02", houses[0], houses[1], logged_by=teacher)
    yearly: dict[str, Any] = {"periodicity": ["A"], "factor": 100}
    return SimpleNamespace(
        world=world, houses=houses, places=[world.near, world.next_door, world.far, fourth], writer=teacher,
        regions=[world.north, world.south], types=types(), years=[a_year(2023), a_year(2024)],
        kinds=[world.a.kind, world.b.kind, world.c.kind, firm],
        ratio=an_indicator("CTX.04", "ratio"), total=an_indicator("CTX.02", "sum", kinds=["school"]),
        cover=an_indicator("COV.01", "share", **yearly), mutual=an_indicator("ACT.03", "share", **yearly),
        per_head=an_indicator("ACT.01", "ratio", **yearly),
    )  # fmt: skip


def take(scene: SimpleNamespace, step: tuple[str, int, int, int, int]) -> None:
    """One thing that happens on a day."""
    what, which, other, number, choice = step
    day = START + datetime.timedelta(days=number)
    HAPPENS[what](
        scene,
        SimpleNamespace(which=which, other=other, number=number, choice=choice, day=day, house=scene.houses[which]),
    )


def moves(scene: SimpleNamespace, step: SimpleNamespace) -> None:
    dated(step.house.places, step.day, territory=scene.places[step.other % len(scene.places)])


def becomes_another(scene: SimpleNamespace, step: SimpleNamespace) -> None:
    dated(step.house.kinds, step.day, kind=scene.kinds[step.choice])


def is_closed(scene: SimpleNamespace, step: SimpleNamespace) -> None:
    later = scene.houses[step.which + 1 :][: step.other % 3]
    closes(step.house, step.day, {heir: SHARES[(step.choice + at) % 4] for at, heir in enumerate(later)})


def goes_to_another_region(scene: SimpleNamespace, step: SimpleNamespace) -> None:
    dated(scene.places[step.other % 4].parents, step.day, parent=scene.regions[step.choice % 2])


def gets_a_new_district(scene: SimpleNamespace, step: SimpleNamespace) -> None:
    place = a_territory(f"93{len(scene.places)}", scene.regions[step.choice % 2])
    Territory.objects.filter(pk=place.pk).update(valid=DateRange(step.day, None))
    TerritoryParent.objects.filter(child=place).update(valid=DateRange(step.day, None))
    scene.places.append(place)
    dated(step.house.places, step.day, territory=place)


def reports(scene: SimpleNamespace, step: SimpleNamespace) -> None:
    year = scene.years[step.number % 2]
    Observation.objects.filter(period=year, institution=step.house).delete()
    a_figure(scene.ratio, year, step.house, step.number, step.number + 7)
    a_figure(scene.total, year, step.house, step.number)


def agrees(scene: SimpleNamespace, step: SimpleNamespace) -> None:
    if step.which != step.other:
        in_force(step.house, scene.houses[step.other], since=step.day.isoformat())


def works(scene: SimpleNamespace, step: SimpleNamespace) -> None:
    both = dict.fromkeys((step.house, scene.houses[step.other]))
    an_activity(step.day, *both, type_=scene.types[step.choice % 2], logged_by=scene.writer)


HAPPENS: dict[str, Any] = {
    "move": moves, "kind": becomes_another, "close": is_closed, "region": goes_to_another_region,
    "newborn": gets_a_new_district, "figure": reports, "agree": agrees, "act": works,
    "reopen": lambda scene, step: reopens(step.house, step.day),
    "heads": lambda scene, step: heads(step.house, step.day, step.number),
}  # fmt: skip


def cells_on(version: Any, year: Any, day: datetime.date) -> dict[tuple[str, str], Lying]:
    tally = Tally.objects.select_related("version__indicator", "period").get(version=version, period=year)
    found = Rebased(Asked(Basis.AS_OF, day), [tally]).cells(tally).values()
    return {(row.territory.code, row.institution_kind.code if row.institution_kind else ""): row for row in found}


def compared(scene: SimpleNamespace, year: Any, day: datetime.date) -> None:
    """Every cell of every figure against the plain reading; and nothing beside what it finds."""
    histories.forget()
    education = {"school", "hei", "technikum"}
    expected: list[tuple[Any, dict[Any, tuple[Any, ...]]]] = [
        (scene.ratio, histories.figures_on(scene.ratio, year, day, education)),
        (scene.total, histories.figures_on(scene.total, year, day, {"school"})),
        (scene.cover, histories.covered_on(year, day, education)),
    ]
    for version, wanted in expected:
        if not Tally.objects.filter(version=version, period=year).exists():
            continue
        found = cells_on(version, year, day)
        for key, (top, base, reporting, due, sure) in wanted.items():
            row = found[key]
            assert (row.reporting, row.expected, row.comparable) == (reporting, due, sure), (version, key)
            if reporting:
                assert row.numerator == near(top), (version, key)
                assert row.denominator == (None if version == scene.total else near(base)), (version, key)
        assert not [
            key for key, row in found.items() if key not in wanted and (key[1] or row.reporting or row.expected)
        ]
    joint = histories.joint_on(year, day)
    found = cells_on(scene.mutual, year, day)
    assert {key: (row.denominator, row.participations) for key, row in found.items() if row.reporting} == joint
    found = cells_on(scene.per_head, year, day)
    for key, wanted in histories.per_head_on(year, day, education).items():
        row = found[key]
        told = (row.numerator, row.denominator, row.participations, row.reporting, row.expected, row.comparable)
        assert told == (wanted[0], near(wanted[1]), *wanted[2:]), key


def near(number: Any) -> Any:
    return None if number is None else Decimal(number).quantize(Decimal("0.0001"))


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, phases=QUICK)
@given(steps=STEPS, ahead=st.integers(-200, 1700))
def test_figures_by_the_hierarchy_of_any_day_equal_a_plain_reading(
    scene: SimpleNamespace, steps: list[Any], ahead: int
) -> None:
    places = list(scene.places)
    with transaction.atomic():
        for step in steps:
            take(scene, step)
        Tally.objects.all().delete()
        Rollup.objects.all().delete()
        recount_everything(the_moment())
        for year in scene.years:
            for day in (TODAY, START + datetime.timedelta(days=ahead)):
                compared(scene, year, day)
        transaction.set_rollback(True)
    scene.places[:] = places


def test_what_was_done_where_nobody_had_heads_counts_once_somebody_with_heads_lies_there(
    scene: SimpleNamespace,
) -> None:
    a, c, year = scene.world.a, scene.world.c, scene.years[0]
    an_activity("2023-10-10", c, scene.houses[6], logged_by=scene.writer)
    an_activity("2023-10-11", scene.houses[6], logged_by=scene.writer)
    heads(a, datetime.date(2023, 9, 1), 40)
    dated(a.places, datetime.date(2025, 1, 1), territory=scene.world.next_door)
    recount_everything(the_moment())
    was = Rollup.objects.get(
        version=scene.per_head, period=year, territory=scene.world.next_door, institution_kind=None
    )
    assert was.numerator is None
    now = cells_on(scene.per_head, year, TODAY)[scene.world.next_door.code, ""]
    assert (now.numerator, now.denominator, now.participations) == (2, 40, 2)
    compared(scene, year, TODAY)
