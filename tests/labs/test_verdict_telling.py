"""What is told of assessments and of reviews that fall due, to whom, and that an expert who examined is told nothing."""

import datetime
import json

import pytest
from django.utils import timezone

from exchange.notices.models import Notice
from exchange.notices.telling import the_book
from labs.examinations.reminding import remind
from labs.examinations.writing import decline_review
from labs.models import Review
from labs.verdicts.actions import agree_to_words, propose_words, publish_due, seat_panel
from lifecycle.models import Event
from tests.factories import a_member
from tests.labs.examining import DUE, a_review, a_submitted, an_open
from tests.labs.test_assessment import WON, stage, tried  # noqa: F401
from tests.notices.conftest import tell  # noqa: F401

pytestmark = pytest.mark.django_db


def now():
    return timezone.now()


def told(user):
    return list(Notice.objects.filter(recipient=user).order_by("pk").values_list("telling", flat=True))


def stands(user, telling):
    notice = Notice.objects.get(recipient=user, telling=telling)
    return the_book().telling(notice).stands(notice)


@pytest.fixture
def seated(stage, tell):  # noqa: F811
    tried(stage, WON)
    verdict = seat_panel(stage.project, by=stage.coordinator, at=now(), people=stage.people)
    tell()
    return verdict


def test_everybody_named_to_the_panel_is_told_and_whoever_examined_is_not(stage, seated):  # noqa: F811
    assert [told(each) for each in stage.people] == [["verdict.seated"]] * 3
    assert Notice.objects.get(recipient=stage.people[0]).values == {"title": stage.project.title}
    assert told(stage.examiner) == []
    assert [told(member.user) for member in stage.group] == [[]] * 3


def test_a_proposal_asks_the_rest_of_the_panel_and_is_known_to_group_and_coordinator(stage, seated, tell):  # noqa: F811
    expert, proposer, third = stage.people
    verdict = propose_words(seated, by=proposer, at=now(), value=seated.computed)
    tell()
    assert told(expert)[1:] == ["verdict.proposed"]
    assert told(third)[1:] == ["verdict.proposed"]
    assert told(proposer)[1:] == []
    assert told(stage.coordinator) == told(stage.group[1].user) == ["verdict.proposed_to"]
    assert stands(third, "verdict.proposed")
    agree_to_words(verdict, by=third, at=now(), words_hash=verdict.words_hash)
    assert not stands(third, "verdict.proposed")
    assert stands(expert, "verdict.proposed")


def test_the_verdict_is_told_to_panel_group_and_coordinator_and_so_is_the_end_of_its_embargo(stage, seated, tell):  # noqa: F811
    until = timezone.localdate() + datetime.timedelta(days=30)
    verdict = propose_words(seated, by=stage.people[1], at=now(), value=seated.computed, embargo_until=until)
    for person in (stage.people[0], stage.people[2]):
        agree_to_words(verdict, by=person, at=now(), words_hash=verdict.words_hash)
    tell()
    assert told(stage.people[0])[-1] == "verdict.assessed_panel"
    assert told(stage.people[1])[-1] == told(stage.people[2])[-1] == "verdict.assessed_panel"
    for person in (stage.coordinator, *(member.user for member in stage.group)):
        assert told(person) == ["verdict.proposed_to", "verdict.assessed"]
    publish_due(until, now())
    tell()
    assert told(stage.coordinator)[-1] == told(stage.group[0].user)[-1] == "verdict.published"
    assert told(stage.people[0])[-1] == "verdict.assessed_panel"


def test_a_panel_named_anew_is_told_and_the_old_one_is_asked_no_longer(stage, seated, tell, world):  # noqa: F811
    fresh = stage.people[:2]
    newcomer = a_member("institution_admin", world.c)
    seat_panel(stage.project, by=stage.coordinator, at=now(), people=[*fresh, newcomer])
    tell()
    assert told(newcomer) == ["verdict.seated"]
    assert not stands(stage.people[2], "verdict.seated")


def test_no_notice_of_an_assessment_names_or_reaches_who_examined(stage, seated, tell):  # noqa: F811
    verdict = propose_words(seated, by=stage.people[1], at=now(), value=seated.computed)
    for person in (stage.people[0], stage.people[2]):
        agree_to_words(verdict, by=person, at=now(), words_hash=verdict.words_hash)
    tell()
    assert told(stage.examiner) == []
    others = json.dumps(list(Notice.objects.values("values")))
    assert stage.examiner.name not in others and stage.examiner.public_id not in others


@pytest.fixture
def asked(world):
    cast = a_submitted(world)
    examination = an_open(cast)
    cast.reviews = [a_review(cast, examination, expert, accepted=False) for expert in cast.experts[:2]]
    return cast


def days(left):
    return DUE - datetime.timedelta(days=left)


def test_an_expert_is_told_once_a_week_before_a_day_before_and_after_by_the_code(asked, tell):  # noqa: F811
    expert, other = asked.experts[:2]
    decline_review(asked.reviews[1], by=other, at=now(), reason="No time.")
    tell()
    before = told(other)
    for left in (9, 7, 6, 3, 1, 0, -1, -2, -9):
        remind(days(left), at=now())
    tell()
    assert told(expert)[1:] == ["review.week", "review.day", "review.overdue"]
    assert told(other) == before
    assert told(asked.coordinator)[-1] == "review.late"
    kept = Notice.objects.filter(telling__startswith="review.", recipient__in=[expert, asked.coordinator])
    assert {tuple(each.values) for each in kept} == {("code",)}
    assert not Notice.objects.filter(recipient=asked.author, telling__startswith="review.").exists()


def test_the_act_of_a_reminder_concerns_nobody_who_could_read_it(asked):
    assert remind(days(-1), at=now()) == 2
    assert remind(days(-1), at=now()) == 0
    event = Event.objects.about("review", asked.reviews[0].public_id).get(name="deadline_passed")
    assert (event.institution, event.detail) == ("", {"deadline": DUE.isoformat(), "days": -1})


def test_nobody_is_reminded_of_a_review_that_is_in_or_without_a_day(asked):
    Review.objects.filter(pk=asked.reviews[0].pk).update(due_on=None)
    decline_review(asked.reviews[1], by=asked.experts[1], at=now(), reason="No time.")
    assert remind(days(-1), at=now()) == 0
