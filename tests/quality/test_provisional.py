"""A total is final when its period has closed and what was handed in for it is final; not before, and not once reopened."""

import datetime
from types import SimpleNamespace

import pytest

from accounts.models import User
from quality.catalogue.models import Method
from quality.checks.actions import submit_figures
from quality.rollups.actions import recount_changed
from quality.rollups.counting import count_changes
from quality.rollups.models import Change, Rollup, Run, Tally
from quality.submissions import actions
from tests.conftest import NOW
from tests.quality.figures import a_figure, a_year, an_indicator, in_force, the_moment
from tests.quality.test_any_order import from_nothing, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def year(world: SimpleNamespace, institution_admin: User, ministry_officer: User) -> SimpleNamespace:
    """A closed year for which one institution handed in and another only has figures; and something counted from records."""
    pupils, period = an_indicator("CTX.02"), a_year(2021)
    records = an_indicator("COV.01", Method.SHARE, factor=100)
    in_force(world.a, since="2021-10-01")
    for house in (world.a, world.b):
        a_figure(pupils, period, house, 120)
    found = actions.open_submission(institution=world.a, period=period, by=institution_admin, at=NOW)
    return SimpleNamespace(
        **vars(world), pupils=pupils, records=records, period=period, found=found, admin=institution_admin,
        ministry=ministry_officer,
    )  # fmt: skip


def provisional(year: SimpleNamespace, day: datetime.date | None = None) -> set[bool]:
    """What the cells of the year say after a tick; carried on or counted from nothing, the same."""
    moment = the_moment(day or NOW.date())
    recount_changed(moment)
    return set(Rollup.objects.filter(version=year.pupils).values_list("provisional", flat=True))


def test_a_closed_year_is_final_until_figures_of_it_are_handed_in_and_again_when_they_are_final(
    year: SimpleNamespace,
) -> None:
    assert provisional(year) == {False}  # begun, but nobody has handed anything in
    submit_figures(year.found, by=year.admin, at=NOW)
    assert provisional(year) == {True}
    actions.approve_submission(year.found, by=year.ministry, at=NOW)
    assert provisional(year) == {True}
    actions.lock_submission(year.found, by=year.ministry, at=NOW)
    assert provisional(year) == {False}
    actions.reopen_submission(year.found, by=year.ministry, at=NOW, reason="A mistake was found")
    assert provisional(year) == {True}
    assert stored() == from_nothing()


def test_what_is_final_before_its_period_closes_is_still_provisional(year: SimpleNamespace) -> None:
    submit_figures(year.found, by=year.admin, at=NOW)
    actions.approve_submission(year.found, by=year.ministry, at=NOW)
    actions.lock_submission(year.found, by=year.ministry, at=NOW)
    closes = year.period.closes_on
    assert provisional(year, closes) == {True}
    assert provisional(year, closes + datetime.timedelta(days=1)) == {False}


def test_changes_are_not_added_to_cells_that_say_otherwise(year: SimpleNamespace) -> None:
    """Made final between two looks of one pass: the next pass counts the year whole."""
    recount_changed(the_moment())
    a_figure(year.pupils, year.period, year.c, 5)
    submit_figures(year.found, by=year.admin, at=NOW)
    count_changes(year.period, [year.pupils], the_moment(), Run.objects.create(kind="changed", started_at=NOW))
    assert Change.objects.count() == 1
    assert provisional(year) == {True}
    assert not Change.objects.exists()
    assert Tally.objects.get(version=year.pupils).provisional is True


def test_what_is_counted_from_records_needs_no_submission(year: SimpleNamespace) -> None:
    submit_figures(year.found, by=year.admin, at=NOW)
    recount_changed(the_moment())
    cells = Rollup.objects.filter(version=year.records, period=year.period)
    assert set(cells.values_list("provisional", flat=True)) == {False}
