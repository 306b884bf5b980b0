"""On random graphs of joint work over a tree that changes, distinct counts equal brute force, in any order of arrival."""

import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cooperation.activities.models import Activity, Participation
from institutions.headcounts.models import Headcount, oldest
from lifecycle.events import record
from lifecycle.models import Event
from quality.rollups import shared
from quality.rollups.actions import recount_changed
from quality.rollups.heeding import heed
from quality.rollups.models import Before, Dirty, Rollup
from tests.factories import an_institution
from tests.quality.activities import (
    an_activity,
    becomes,
    by_hand,
    heads,
    interdependence,
    per_head,
    per_head_by_hand,
    types,
)
from tests.quality.figures import a_month, a_period, the_moment
from tests.quality.test_any_order import from_nothing, stored

pytestmark = pytest.mark.django_db
MOVES = [
    "log", "log", "log", "confirm", "confirm", "second", "dispute", "lift", "refuse", "withdraw", "correct", "tick",
    "tick", "move", "kind", "region", "heads", "heads",
]  # fmt: skip
OLDER = [datetime.timedelta(days=days) for days in (0, 300, 540)]  # some counts are too old at the end of a period
STEPS = st.lists(
    st.tuples(st.sampled_from(MOVES), st.integers(0, 5), st.integers(0, 30), st.booleans()), min_size=2, max_size=18
)


@pytest.fixture
def scene(world: SimpleNamespace, teacher: Any) -> SimpleNamespace:
    """Six institutions of three kinds in three districts, three months and their year."""
    houses = [world.a, world.b, world.c, *(an_institution(place) for place in (world.near, world.near, world.far))]
    interdependence()
    per_head()
    periods = [a_month(2026, month) for month in (9, 10, 11)]
    periods.append(a_period("2026-2027", "A", datetime.date(2026, 9, 1), datetime.date(2027, 8, 31)))
    return SimpleNamespace(world=world, houses=houses, periods=periods, writer=teacher, types=types())


def day_of(number: int) -> datetime.date:
    return datetime.date(2026, 9, 10) + datetime.timedelta(days=number * 2)


def take(scene: SimpleNamespace, step: tuple[str, int, int, bool]) -> None:
    """One thing that happens; a move that is not possible does nothing."""
    what, which, number, mutual = step
    found = list(Activity.objects.exclude(pk=scene.first).order_by("pk"))
    activity = found[number % len(found)] if found else None
    if what == "tick":
        recount_changed(the_moment())
    elif what == "log":
        partners = [scene.houses[(which + far) % 6] for far in range(1, 1 + number % 4)]
        an_activity(
            day_of(number), scene.houses[which], named=partners, type_=scene.types[not mutual], status="logged",
            logged_by=scene.writer,
        )  # fmt: skip
    elif what == "heads":
        heads(scene.houses[which], day_of(number) - OLDER[number % 3], number if mutual else 40)
        heed(list(Event.objects.filter(subject_type="headcounts").order_by("-pk")[:1]))
    elif what in ("move", "kind", "region"):
        rearrange(scene, what, which, day_of(number))
    elif activity is not None:
        MOVE[what](scene, activity, which, number, mutual)


def confirm(scene: SimpleNamespace, activity: Activity, which: int, number: int, mutual: bool) -> None:
    named = list(activity.participations.filter(state="named").order_by("pk"))
    Participation.objects.filter(pk__in=[row.pk for row in named[: 1 + which % 2]]).update(state="stands")
    if activity.status in ("logged", "unconfirmed"):
        becomes(activity, "confirmed")


def second(scene: SimpleNamespace, activity: Activity, *_: Any) -> None:
    activity.participations.filter(state="named").update(state="stands")


def dispute(scene: SimpleNamespace, activity: Activity, which: int, *_: Any) -> None:
    if activity.status in ("logged", "confirmed"):
        activity.participations.exclude(institution=activity.organiser_id).update(state="disputed")
        becomes(activity, "disputed")


def lift(scene: SimpleNamespace, activity: Activity, *_: Any) -> None:
    if activity.status == "disputed":
        activity.participations.filter(state="disputed").update(state="named")
        becomes(activity, "logged")


def refuse(scene: SimpleNamespace, activity: Activity, *_: Any) -> None:
    activity.participations.filter(state="named").update(state="refused")


def withdraw(scene: SimpleNamespace, activity: Activity, *_: Any) -> None:
    if activity.status != "withdrawn":
        becomes(activity, "withdrawn")


def correct(scene: SimpleNamespace, activity: Activity, which: int, number: int, mutual: bool) -> None:
    """The parts are written anew, then the activity moves: as the action does it."""
    if activity.status == "withdrawn":
        return
    day, parts = day_of((number * 7) % 31), [activity.organiser, scene.houses[which]]
    activity.participations.all().delete()
    for house in dict.fromkeys(parts):
        Participation.objects.create(
            activity=activity, institution=house, on_date=day, logged_by=scene.writer,
            state="stands" if house == activity.organiser else "named",
        )  # fmt: skip
    becomes(activity, "logged", starts_on=day, type=scene.types[not mutual])


MOVE = {
    "confirm": confirm, "second": second, "dispute": dispute, "lift": lift, "refuse": refuse, "withdraw": withdraw,
    "correct": correct,
}  # fmt: skip


def rearrange(scene: SimpleNamespace, what: str, which: int, day: datetime.date) -> None:
    """An institution moves or becomes another kind; a district goes to the other region."""
    house, world = scene.houses[which], scene.world
    if what == "move":
        house.places.all().delete()
        house.places.create(territory=world.near, valid=f"[2000-01-01,{day})")
        house.places.create(territory=(world.far, world.next_door)[which % 2], valid=f"[{day},)")
    elif what == "kind":
        house.kinds.all().delete()
        house.kinds.create(kind=world.a.kind, valid=f"[2000-01-01,{day})")
        house.kinds.create(kind=world.c.kind, valid=f"[{day},)")
    else:
        world.near.parents.all().delete()
        world.near.parents.create(parent=world.north, valid=f"[2000-01-01,{day})")
        world.near.parents.create(parent=world.south, valid=f"[{day},)")
    told = ("territory", world.near.code) if what == "region" else ("institution", house.public_id)
    heed([record("changed", subject_type=told[0], subject_id=told[1], by=None, at=the_moment().at)])


def counted(scene: SimpleNamespace) -> dict[tuple[str, str, str], tuple[int, int, int]]:
    """What is stored of every period, where there is anything."""
    rows = Rollup.objects.filter(reporting__gt=0, version__indicator__code="ACT.03").select_related(
        "territory", "institution_kind", "period"
    )
    return {
        (row.period.code, row.territory.code, row.institution_kind.code if row.institution_kind else ""): (
            row.numerator, row.denominator, row.participations,
        )
        for row in rows
    }  # fmt: skip


def plainly(scene: SimpleNamespace) -> dict[tuple[str, str, str], tuple[int, int, int]]:
    """The same, read row by row."""
    return {
        (period.code, *key): sums
        for period in scene.periods
        for key, sums in by_hand(period.starts_on, period.ends_on, scene.types[0].pk).items()
    }


def divided(scene: SimpleNamespace) -> dict[tuple[str, ...], tuple[Any, ...]]:
    """What is stored of activities per head, where anybody is expected to have heads."""
    rows = Rollup.objects.filter(expected__gt=0, version__indicator__code="ACT.01")
    return {
        (row.period.code, row.territory.code, row.institution_kind.code if row.institution_kind else ""): (
            row.numerator, row.denominator, row.participations, row.reporting, row.expected, row.state,
        )
        for row in rows.select_related("territory", "institution_kind", "period")
    }  # fmt: skip


def divided_plainly(scene: SimpleNamespace) -> dict[tuple[str, ...], tuple[Any, ...]]:
    """The same, read row by row."""
    return {
        (period.code, *key): sums
        for period in scene.periods
        for key, sums in per_head_by_hand(period.starts_on, period.ends_on, the_moment().day_of(period)).items()
    }


def check(scene: SimpleNamespace, steps: list[Any]) -> None:
    with transaction.atomic():
        scene.first = an_activity(scene.periods[0].starts_on, *scene.houses[:3:2], logged_by=scene.writer).pk
        recount_changed(the_moment())
        for step in steps:
            take(scene, step)
        recount_changed(the_moment())
        carried = stored()
        assert counted(scene) == plainly(scene)
        assert divided(scene) == divided_plainly(scene)
        assert not Before.objects.exists()
        assert not Dirty.objects.exists()
        assert carried == from_nothing()
        transaction.set_rollback(True)


@settings(
    max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, phases=[Phase.generate]
)
@given(steps=STEPS)
def test_distinct_counts_equal_brute_force_whole_and_by_changes(scene: SimpleNamespace, steps: list[Any]) -> None:
    check(scene, steps)


def test_counting_participations_instead_of_distinct_rows_is_found_out(
    scene: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutation: every participation is a row of its own."""
    assert "GROUP BY sign, subject" in shared.ALIKE
    monkeypatch.setattr(shared, "ALIKE", shared.ALIKE.replace("GROUP BY sign, subject", "GROUP BY sign, subject, leaf"))
    with pytest.raises(AssertionError):
        check(scene, [("tick", 0, 0, False)])


@pytest.mark.parametrize("broken", ["no limit of 18 months", "not the latest", "after the day"])
def test_another_head_count_than_the_latest_of_18_months_is_found_out(
    scene: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """The mutations: a rule of which head count stands is taken away."""
    rows = {
        "no limit of 18 months": lambda day: Headcount.objects.filter(on_date__lte=day),
        "not the latest": lambda day: Headcount.objects.filter(on_date__gte=oldest(day), on_date__lte=day),
        "after the day": lambda day: Headcount.objects.filter(on_date__gte=oldest(day)),
    }[broken]
    latest = {"not the latest": "on_date"}.get(broken, "-on_date")

    def standing(_self: Any, category: str, day: datetime.date) -> Any:
        kept = rows(day).filter(category=category).order_by("institution", latest).distinct("institution")
        return Headcount.objects.filter(pk__in=kept.values("pk"))

    monkeypatch.setattr(type(Headcount.objects.all()), "standing", standing)
    with pytest.raises(AssertionError):
        check(scene, [("heads", 0, 1, False), ("heads", 0, 18, True), ("heads", 2, 29, True), ("tick", 0, 0, False)])
