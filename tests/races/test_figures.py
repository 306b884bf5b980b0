"""Figures written while they are being submitted: what was checked is what is closed, whoever comes first."""

import threading
from collections import Counter
from decimal import Decimal

import pytest
from django.db import connections, transaction

from lifecycle.transitions import WrongStatus
from quality.checks.actions import submit_figures
from quality.observations.actions import put_observations
from quality.observations.intake import Given
from quality.observations.models import Observation
from quality.submissions.actions import open_submission
from quality.submissions.models import Submission
from tests.conftest import NOW
from tests.factories import a_member, a_territory, an_institution
from tests.quality.figures import a_figure, a_year, an_indicator
from tests.races.test_repeated_requests import together


@pytest.fixture
def report(own_database):
    """A submission that is ready to be handed in."""
    house = an_institution(a_territory("9"))
    by = a_member("institution_admin", house)
    version, period = an_indicator("CTX.02"), a_year(2025)
    second = an_indicator("CTX.03")
    a_figure(version, period, house, 120)
    found = open_submission(institution=house, period=period, by=by, at=NOW)
    return found, by, version, second


def test_a_figure_changes_before_it_is_submitted_or_not_at_all(report):
    found, by, version, second = report
    places = (found.institution, found.period)

    def write(number):
        given = [Given(each, places[1], places[0], Decimal(500 + number), None, "value") for each in (version, second)]
        try:
            put_observations(given, by=by, at=NOW)
            return "written"
        except WrongStatus:
            return "closed"

    def act(number):
        if number == 3:
            submit_figures(Submission.objects.get(pk=found.pk), by=by, at=NOW)
            return max(row.pk for row in Observation.objects.all())
        return write(number)

    answers = Counter(str(each) for each in together(8, act))
    assert Submission.objects.get(pk=found.pk).status == "submitted"
    assert answers["written"] + answers["closed"] == 7
    before = {row.pk: row.numerator for row in Observation.objects.all()}
    assert write(99) == "closed"
    assert {row.pk: row.numerator for row in Observation.objects.all()} == before


def test_who_writes_waits_for_who_submits(report):
    """A new figure, inserted while the submission holds the institution, is refused when it gets its turn."""
    found, by, _version, second = report
    begun, told = threading.Event(), []

    def insert():
        begun.set()
        try:
            put_observations([Given(second, found.period, found.institution, Decimal(1), None, "value")], by=by, at=NOW)
        except WrongStatus as refused:
            told.append(refused.current_status)
        finally:
            connections.close_all()

    with transaction.atomic():
        submit_figures(found, by=by, at=NOW)
        late = threading.Thread(target=insert)
        late.start()
        begun.wait()
        late.join(0.5)
        assert late.is_alive()
    late.join(10)
    assert told == ["submitted"]
    assert not Observation.objects.filter(version=second).exists()
