"""A personal link answered by many at once over real connections: one answer, one Event."""

import re
from collections import Counter

import pytest
from django.test import Client

from accounts.clock import now
from cooperation.activities.actions import log_activity
from cooperation.activities.links import ask_by_link
from cooperation.activities.models import Activity
from lifecycle.models import Event, SignedLink
from tests.factories import a_member, a_term, a_territory, an_institution
from tests.races.test_repeated_requests import together


@pytest.fixture
def link(own_database):
    place = a_territory("9")
    a, b = an_institution(place), an_institution(place)
    a_term("cooperation_form", "F2")
    kind = a_term("activity_type", "open_lesson", form="F2")
    teacher = a_member("teacher", a)
    activity = log_activity(by=teacher, at=now(), type_=kind, organiser=a, partners=[b])
    _link, token = ask_by_link(activity, by=teacher, at=now(), email="boss@firm.example")
    return f"/i/{token}/"


def test_many_answers_at_once_are_one_answer(link):
    seal = re.search(r'name="seal" value="([^"]+)"', Client().get(link).content.decode()).group(1)
    answers = ("confirm", "dispute", "refuse")

    def answer(number):
        return Client().post(link, {"answer": answers[number % 3], "seal": seal, "reason": "why"}).status_code

    assert Counter(together(8, answer)) == {200: 1, 409: 7}
    moves = Event.objects.filter(name__in=answers)
    assert moves.count() == 1
    used = SignedLink.objects.get()
    assert used.outcome == {"confirm": "confirmed", "dispute": "disputed", "refuse": "refused"}[moves.get().name]
    row = Activity.objects.get().participations.exclude(institution=Activity.objects.get().organiser_id).get()
    assert row.state == {"confirm": "stands", "dispute": "disputed", "refuse": "refused"}[moves.get().name]
