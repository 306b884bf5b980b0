"""A worker that is killed while it writes loses nothing and doubles nothing."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg2
import pytest
from django.db import connection, transaction

from quality.rollups.actions import EVERYTHING, recount_changed
from quality.rollups.counting import LOCK
from quality.rollups.models import Before, Change, Dirty, Rollup, Run
from tests.factories import a_member, a_territory, an_institution
from tests.quality.activities import an_activity, becomes, interdependence, types
from tests.quality.figures import a_figure, a_year, an_indicator, the_moment
from tests.quality.test_any_order import a_scene, from_nothing, stored, take

pytestmark = [pytest.mark.real_clock, pytest.mark.faults]
ROOT = Path(__file__).resolve().parents[2]
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@contextmanager
def counter(database: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that counts what changed."""
    command = [sys.executable, "manage.py", "rollup", "--incremental", "--json"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "HK_DATABASE": database})
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def held(database: str) -> Any:
    """Another session that lets nobody write cells."""
    settings = connection.settings_dict
    line = psycopg2.connect(
        host=settings["HOST"], port=settings["PORT"] or None, user=settings["USER"], dbname=database
    )
    line.cursor().execute("LOCK TABLE quality_rollup IN SHARE MODE")
    return line


def wait_until_stuck() -> None:
    ends = time.monotonic() + 90
    while time.monotonic() < ends:
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.2)
    raise AssertionError("the counting process never came to write")


@pytest.fixture
def scene(own_database: str) -> SimpleNamespace:
    country = a_territory("9")
    region = a_territory("91", country)
    houses = [an_institution(a_territory(f"91{number}", region)) for number in range(3)]
    version, year = an_indicator("CTX.02"), a_year(2021)
    for number, house in enumerate(houses):
        a_figure(version, year, house, 10 + number)
    recount_changed(the_moment())
    return SimpleNamespace(country=country, houses=houses, version=version, year=year, database=own_database)


def test_a_count_killed_while_it_writes_is_made_again_exactly_once(scene: SimpleNamespace) -> None:
    whole = Rollup.objects.filter(territory=scene.country, institution_kind=None)
    assert whole.get().numerator == 33
    scene.houses[0].observations.update(numerator=100)
    before = stored()
    line = held(scene.database)
    with counter(scene.database) as process:
        wait_until_stuck()
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    line.rollback()
    line.close()
    assert Change.objects.count() == 1
    assert stored() == before
    with counter(scene.database) as process:
        assert process.wait(timeout=90) == 0
    assert whole.get().numerator == 123
    assert not Change.objects.exists()
    assert stored() == from_nothing()


KILLS = 20
ADDED = ["put", "put", "bulk", "drop", "excuse"]  # what is added to stored sums; the rest is counted whole, which heals
HAPPENS = [*ADDED, "total", "agree", "move"]
AT_WORK = """
SELECT application_name, backend_xid IS NOT NULL FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE datname = current_database() AND locktype = 'advisory' AND objid = %s AND granted
"""


@pytest.fixture
def busy(own_database: str) -> SimpleNamespace:
    """Six institutions with figures, agreements and joint work, all counted once."""
    country = a_territory("9")
    north, south = a_territory("91", country), a_territory("92", country)
    near, next_door, far = a_territory("911", north), a_territory("912", north), a_territory("921", south)
    three = {
        "a": an_institution(near), "b": an_institution(next_door, kind="hei"), "c": an_institution(far, kind="technikum"),
    }  # fmt: skip
    world = SimpleNamespace(
        country=country, north=north, south=south, near=near, next_door=next_door, far=far, **three
    )  # fmt: skip
    scene = a_scene(world)
    interdependence()
    scene.types, scene.writer, scene.database = types(), a_member("teacher", world.a), own_database
    recount_changed(the_moment())
    return scene


def something(scene: SimpleNamespace, dice: random.Random, happens: list[str]) -> None:
    """One thing that happens while others count: to figures, or joint work is confirmed, or disputed."""
    if dice.random() < 0.8:
        take(scene, (dice.choice(happens), dice.randrange(6), dice.randrange(2), dice.randrange(41)))
        return
    day = f"2026-{dice.randrange(9, 12):02}-{dice.randrange(1, 20):02}"
    made = an_activity(
        day, *dice.sample(scene.houses, 2), type_=dice.choice(scene.types), logged_by=scene.writer,
    )  # fmt: skip
    if dice.random() < 0.4:
        with transaction.atomic():
            becomes(made, "disputed")


@contextmanager
def counters(database: str, what: str) -> Iterator[Callable[[], int]]:
    """What starts another process that counts without end; all are gone afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.quality.counters"], cwd=ROOT, env={**os.environ, "HK_DATABASE": database},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
    )  # fmt: skip

    def another() -> int:
        process.stdin.write(f"{what}\n")  # type: ignore[union-attr]
        return int(process.stdout.readline())  # type: ignore[union-attr]

    try:
        yield another
    finally:
        process.kill()
        process.wait()


def who_counts() -> tuple[int, bool]:
    """The process that holds the count, and whether it is in the middle of writing; 0 where none does."""
    with connection.cursor() as cursor:
        cursor.execute(AT_WORK, [LOCK])
        name, writing = cursor.fetchone() or ("", False)
    return (int(name), writing) if name.isdigit() else (0, False)


def kill_often(scene: SimpleNamespace, kills: int, what: str, happens: list[str]) -> int:
    """Two count; the one that does dies at a random moment, another takes its place. How many died while writing."""
    dice, amidst = random.Random(kills), 0  # noqa: S311
    with counters(scene.database, what) as another:
        alive = [another(), another()]
        for _kill in range(kills):
            ends = time.monotonic() + dice.uniform(0.05, 0.4)
            while time.monotonic() < ends:
                something(scene, dice, happens)
            number, writing = who_counts()
            victim = number if number in alive else alive[0]
            os.kill(victim, signal.SIGKILL)
            amidst += writing
            alive.remove(victim)
            os.kill(alive[0], 0)  # has not died of itself
            alive.append(another())
        for number in alive:
            os.kill(number, signal.SIGKILL)
    return amidst


def caught_up() -> None:
    """The dead let go when their sessions notice; then what is due is counted once more."""
    ends = time.monotonic() + 30
    while recount_changed(the_moment()) is None:
        assert time.monotonic() < ends, "a dead process still holds the count"
        time.sleep(0.05)


def test_after_twenty_kills_the_same_bytes_are_stored_as_by_one_count_of_everything(busy: SimpleNamespace) -> None:
    amidst = 0
    for kills, what, happens in ((KILLS - 6, "changes", ADDED), (6, "everything", HAPPENS)):
        amidst += kill_often(busy, kills, what, happens)
        caught_up()
        waiting = [table.__name__ for table in (Change, Dirty, Before) if table.objects.exists()]
        assert waiting == []
        assert not Run.objects.filter(kind=EVERYTHING, finished_at=None).exists()
        carried = stored()
        assert len(carried) > 50
        assert carried == from_nothing()
    assert amidst > KILLS // 4
