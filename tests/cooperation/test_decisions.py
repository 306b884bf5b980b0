"""What the parties decide about the end of an agreement is recorded once, and counts when it came in time (AGR.02)."""

import datetime
from types import SimpleNamespace

import pytest

from cooperation.agreements import deciding, revising
from cooperation.agreements.indicators import decided_in_time
from lifecycle.transitions import Unmet
from quality.catalogue.declared import Span
from tests.cooperation.concluded import (
    DAY,
    END,
    NOW,
    TODAY,
    all_sign,
    codes,
    fresh,
    made,
    noon,
    story,
    three,
)

__all__ = ["story", "three"]
pytestmark = pytest.mark.django_db


def counted(story: SimpleNamespace, last: datetime.date) -> list[tuple[int, int]]:
    """AGR.02 of the study year by that day: (decided in time, of all) at each party."""
    rows = decided_in_time(Span(datetime.date(2026, 9, 1), datetime.date(2027, 8, 31), last))
    return [(row["numerator"], row["denominator"]) for row in rows]


def test_a_decision_about_the_end_is_recorded_once_and_counts_when_it_came_in_time(story: SimpleNamespace) -> None:
    parties = len(story.people)
    assert counted(story, END - DAY) == []
    assert counted(story, END) == [(0, 1)] * parties
    in_time = noon(END - 30 * DAY)
    deciding.decide_agreement(fresh(story), by=story.people[1], at=in_time, decision="end")
    assert counted(story, END) == [(1, 1)] * parties
    with pytest.raises(Unmet) as refused:
        deciding.decide_agreement(fresh(story), by=story.people[0], at=in_time, decision="renew")
    assert codes(refused) == {"decided"}


def test_a_decision_a_day_late_does_not_count(story: SimpleNamespace) -> None:
    deciding.decide_agreement(fresh(story), by=story.people[0], at=noon(END - 29 * DAY), decision="renew")
    assert set(counted(story, END)) == {(0, 1)}


def test_a_proposed_renewal_is_a_decision_and_the_old_end_still_counts_when_it_is_renewed(
    story: SimpleNamespace,
) -> None:
    revising.renew_agreement(fresh(story), by=story.people[0], at=NOW, ends_on=END + 365 * DAY)
    bound = fresh(story).concluded
    assert (bound.decision, bound.decided_on) == ("renew", TODAY)
    all_sign(story)
    assert fresh(story).concluded.decided_on is None
    assert counted(story, END) == [(1, 1)] * len(story.people)


def test_a_change_of_words_is_no_decision_and_carries_one_on(story: SimpleNamespace) -> None:
    revising.amend_agreement(fresh(story), by=story.people[0], at=NOW, title="One")
    all_sign(story)
    assert fresh(story).concluded.decided_on is None
    deciding.decide_agreement(fresh(story), by=story.people[0], at=NOW, decision="end")
    revising.amend_agreement(fresh(story), by=story.people[0], at=NOW, title="Two")
    all_sign(story)
    assert fresh(story).concluded.decision == "end"
    assert counted(story, END) == [(1, 1)] * len(story.people)


def test_what_renews_itself_is_not_asked_for_a_decision(db: None) -> None:
    assert counted(made(2, renewal="automatic", renewal_months=12), END) == []


def test_what_ended_early_is_not_asked_for_a_decision(db: None) -> None:
    story = made(2)
    revising.propose_termination(fresh(story), by=story.people[0], at=NOW, reason="Done", effective_on=TODAY)
    all_sign(story)
    assert counted(story, END) == []
