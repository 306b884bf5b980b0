"""The end of an agreement is told ninety, sixty, thirty and fifteen days before, once each, until a party decides."""

import datetime
from collections import Counter
from types import SimpleNamespace

import pytest

from cooperation.agreements import alerting, calendar, deciding
from cooperation.agreements.models import Agreement, Revision
from exchange.notices.actions import note_events
from exchange.notices.models import Notice
from exchange.notices.telling import the_book
from lifecycle.models import Event
from tests.cooperation.concluded import DAY, END, NOW, START, fresh, made, noon

pytestmark = pytest.mark.django_db
YEAR = [START + day * DAY for day in range(365)]
LAST = YEAR[-100:]  # the days that matter
WHOLE = [(90, END - 90 * DAY), (60, END - 60 * DAY), (30, END - 30 * DAY), (15, END - 15 * DAY)]


def told(story: SimpleNamespace) -> list[tuple[int, datetime.date]]:
    """(step, day) of the alerts in the record."""
    rows = Event.objects.about("agreement", story.agreement.public_id).filter(name="alert")
    return [(row.detail["days"], row.happened_at.date()) for row in rows]


def walk(days: list[datetime.date]) -> None:
    """What the ticks of these days do: two each, as a day has many."""
    for day in days:
        for _tick in range(2):
            calendar.start_and_end(day, at=noon(day))
            alerting.alert(day, at=noon(day))


def lines(story: SimpleNamespace, at: datetime.datetime) -> Counter[tuple[int, str]]:
    """(recipient, line) of the notices of all alerts."""
    events = list(Event.objects.about("agreement", story.agreement.public_id).filter(name="alert"))
    note_events(events, at=at, book=the_book())
    return Counter(Notice.objects.filter(event__in=events).values_list("recipient_id", "telling"))


def test_a_year_of_days_tells_each_step_once_on_its_day() -> None:
    story = made(3)
    walk(YEAR)
    assert told(story) == WHOLE
    assert fresh(story).status == "in_force"


def test_every_administrator_of_every_party_hears_of_it_once_and_nobody_else() -> None:
    story = made(3)
    walk([END - 90 * DAY])
    assert lines(story, noon(END - 90 * DAY)) == {(person.pk, "agreement.ends"): 1 for person in story.people}


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([END - 85 * DAY, END - 15 * DAY], [90, 15]),
        ([END - 59 * DAY, END - 31 * DAY, END], [60, 15]),
        ([END - 14 * DAY], [15]),
        ([END - 91 * DAY], []),
        ([END + DAY], []),
        ([END - 30 * DAY, END - 30 * DAY, END - 29 * DAY], [30]),
    ],
)
def test_of_steps_that_were_missed_only_the_last_is_told(days: list[datetime.date], expected: list[int]) -> None:
    story = made(2)
    for day in days:
        alerting.alert(day, at=noon(day))
    assert [step for step, _day in told(story)] == expected


def test_a_decision_ends_the_alerts() -> None:
    story = made(2)
    walk(LAST[:-60])
    deciding.decide_agreement(fresh(story), by=story.people[0], at=noon(LAST[-60]), decision="end")
    walk(LAST[-60:])
    assert [step for step, _day in told(story)] == [90, 60]


def test_a_notice_that_waits_is_not_sent_after_the_decision() -> None:
    story = made(2)
    day = END - 90 * DAY
    walk([day])
    lines(story, noon(day))
    notice = Notice.objects.get(telling="agreement.ends", recipient=story.people[1])
    assert the_book().telling(notice).stands(notice)
    deciding.decide_agreement(fresh(story), by=story.people[0], at=noon(day), decision="end")
    assert not the_book().telling(notice).stands(notice)


def test_what_is_renewed_by_itself_is_told_so_and_again_before_its_next_end() -> None:
    story = made(2, renewal="automatic", renewal_months=12)
    walk([*LAST, *(END + day * DAY for day in (0, *range(265, 366)))])  # up to the day before it ends again
    assert [step for step, _day in told(story)] == [90, 60, 30, 15] * 2
    assert {line for _person, line in lines(story, noon(END - 90 * DAY))} == {"agreement.renews"}
    assert fresh(story).ends_on == END.replace(year=2028)


def test_a_decision_about_the_end_before_says_nothing_of_the_next_one() -> None:
    story = made(2, renewal="automatic", renewal_months=12)
    deciding.decide_agreement(fresh(story), by=story.people[0], at=NOW, decision="renew")
    walk(LAST)
    assert told(story) == []
    walk([END + day * DAY for day in (0, *range(265, 330))])
    assert [step for step, _day in told(story)] == [90, 60]
    deciding.decide_agreement(fresh(story), by=story.people[1], at=noon(END + 329 * DAY), decision="end")
    walk([END + day * DAY for day in range(330, 365)])
    assert [step for step, _day in told(story)] == [90, 60]


def test_without_an_end_it_is_the_review_that_is_told() -> None:
    story = made(2, ends_on=None, review_on=END)
    walk(LAST)
    assert told(story) == WHOLE
    assert {line for _person, line in lines(story, noon(END))} == {"agreement.review"}


def test_a_step_that_lay_before_the_first_day_is_not_told() -> None:
    story = made(2, starts_on=END - 40 * DAY)
    walk(LAST)
    assert [step for step, _day in told(story)] == [30, 15]


def test_another_end_is_told_anew() -> None:
    story = made(2)
    walk(LAST[:-85])
    later = END + 365 * DAY
    Agreement.objects.filter(pk=story.agreement.pk).update(ends_on=later, in_force_until=later + DAY)
    Revision.objects.filter(pk=story.agreement.concluded_id, status="draft").update(ends_on=later)
    walk([END + day * DAY for day in range(270, 300)])
    assert [(step, due) for step, due in told(story)] == [(90, END - 90 * DAY), (90, later - 90 * DAY)]
