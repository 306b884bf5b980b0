"""A worker that is killed while it writes loses nothing and doubles nothing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg2
import pytest
from django.db import connection

from quality.rollups.actions import recount_changed
from quality.rollups.models import Change, Rollup
from tests.factories import a_territory, an_institution
from tests.quality.figures import a_figure, a_year, an_indicator, the_moment
from tests.quality.test_any_order import from_nothing, stored

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
