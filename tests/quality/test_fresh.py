"""From the entry to the page: within a minute in a small world, and every panel states its time."""

import time
from types import SimpleNamespace
from typing import Any

import pytest

from accounts.clock import now, today
from config.celery import app
from quality.rollups.actions import recount_changed
from quality.rollups.counting import Moment
from quality.rollups.models import Rollup, Run
from tests.quality.activities import an_activity
from tests.quality.figures import a_figure, a_month, a_year, an_indicator, coverage, in_force

pytestmark = [pytest.mark.django_db, pytest.mark.real_clock]
MINUTE = 60.0


def test_what_is_entered_is_on_card_page_and_api_within_a_minute_of_the_event(
    world: SimpleNamespace, ministry_officer: Any, api_of: Any, page_of: Any
) -> None:
    every = app.conf.beat_schedule["recount what changed"]
    assert every["task"] == "quality.rollups.recount_changed"
    coverage()
    figures = an_indicator("CTX.02")
    a_month(today().year, today().month), a_year(2021)
    recount_changed(Moment(today(), now()))
    entered, began = now(), time.monotonic()
    in_force(world.a, world.b, since=today().isoformat())
    an_activity(today(), world.a, world.b)
    a_figure(figures, a_year(2022), world.c, 321)
    recount_changed(Moment(today(), now()))
    told = api_of(ministry_officer).get("/api/v1/indicators/CTX.02/values/?territory=9").json()["results"][0]
    page = page_of(ministry_officer).get("/en/indicators/CTX.02/").content.decode()
    lag = float(every["schedule"]) + time.monotonic() - began
    assert lag < MINUTE
    assert (told["value"], told["computed_at"] >= entered.isoformat()[:19]) == ("321", True)
    assert "321" in page
    cell = Rollup.objects.filter(version__indicator__code="CTX.02", territory=world.country)[0]
    assert (cell.computed_at - entered).total_seconds() < MINUTE
    board = page_of(ministry_officer).get("/en/dashboard/9/").content.decode()
    assert "Last updated" in board
    assert "Indicator COV.01" in board
    assert Run.objects.order_by("-pk")[0].finished_at is not None
