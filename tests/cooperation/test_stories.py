"""The stories of a concluded agreement, for two, three and five parties: changed, renewed, taken back, paused, ended, left."""

import datetime
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied

from cooperation.agreements import actions, calendar, leaving, revising
from cooperation.agreements.models import Agreement, AgreementParty, Revision
from lifecycle.transitions import Unmet, WrongStatus
from tests.cooperation.concluded import (
    DAY,
    END,
    NOW,
    START,
    TODAY,
    all_sign,
    bound_on,
    codes,
    fresh,
    held,
    made,
    noon,
    sign,
    story,
    three,
    told,
)
from tests.factories import a_member, a_signatory, a_term, an_institution

__all__ = ["story", "three"]
pytestmark = pytest.mark.django_db


def test_a_change_leaves_the_concluded_wording_in_force_until_the_last_signature(story: SimpleNamespace) -> None:
    before = held(story)
    revising.amend_agreement(fresh(story), by=story.people[1], at=NOW, title="Together again", ends_on=END + DAY)
    for who in range(len(story.people)):
        assert held(story) == before
        assert story.agreement.title == "Together"
        sign(story, who)
    status, content_hash, ends_on = held(story)
    assert (status, ends_on, story.agreement.title) == ("in_force", END + DAY, "Together again")
    assert content_hash != before[1]
    assert story.agreement.in_force_until == END + 2 * DAY
    assert list(Revision.objects.order_by("number").values_list("status", flat=True)) == ["superseded", "concluded"]
    assert AgreementParty.objects.count() == len(story.people)


def test_a_counter_proposal_replaces_a_proposed_change(story: SimpleNamespace) -> None:
    revising.amend_agreement(fresh(story), by=story.people[0], at=NOW, title="One")
    actions.change_agreement(fresh(story), by=story.people[1], at=NOW, title="Two")
    all_sign(story)
    assert fresh(story).title == "Two"
    assert list(Revision.objects.order_by("number").values_list("status", flat=True)) == [
        "superseded", "replaced", "concluded",
    ]  # fmt: skip


def test_going_back_is_allowed_while_no_other_party_has_signed(story: SimpleNamespace) -> None:
    before = held(story)
    revising.amend_agreement(fresh(story), by=story.people[0], at=NOW, title="Other")
    sign(story, 0)
    actions.revert_agreement(fresh(story), by=story.people[0], at=NOW)
    assert held(story) == before
    assert fresh(story).shown == story.agreement.concluded
    assert Revision.objects.get(number=2).status == "reverted"


def test_going_back_is_refused_once_another_party_has_signed_and_to_everybody_else(story: SimpleNamespace) -> None:
    revising.amend_agreement(fresh(story), by=story.people[0], at=NOW, title="Other")
    with pytest.raises((PermissionDenied, WrongStatus)):
        actions.revert_agreement(fresh(story), by=story.people[1], at=NOW)
    sign(story, 1)
    with pytest.raises(Unmet) as refused:
        actions.revert_agreement(fresh(story), by=story.people[0], at=NOW)
    assert codes(refused) == {"approved_by_other"}
    assert fresh(story).shown.number == 2


def test_a_first_proposal_can_be_taken_back_and_prepared_anew(db: None) -> None:
    story = made(2)
    draft = actions.draft_agreement(
        by=story.people[0], at=NOW, title="New", kind=fresh(story).kind, starts_on=START, ends_on=END,
        parties=[{"institution": house} for house in story.houses], terms=[{"kind": story.promise, "quantity": 1}],
    )  # fmt: skip
    actions.propose_agreement(draft, by=story.people[0], at=NOW)
    actions.revert_agreement(Agreement.objects.get(pk=draft.pk), by=story.people[0], at=NOW)
    back = Agreement.objects.get(pk=draft.pk)
    assert (back.status, back.latest.status) == ("draft", "reverted")
    actions.redraft(back, by=story.people[1], at=NOW)
    actions.revert_agreement(Agreement.objects.get(pk=draft.pk), by=story.people[1], at=NOW)
    assert Agreement.objects.get(pk=draft.pk).latest == back.shown


def test_a_declined_change_leaves_everything_as_it_was(story: SimpleNamespace) -> None:
    before = held(story)
    revising.amend_agreement(fresh(story), by=story.people[0], at=NOW, title="Other")
    actions.decline_agreement(fresh(story), by=story.people[1], at=NOW, reason="Not so")
    assert held(story) == before
    assert fresh(story).shown == story.agreement.concluded
    revising.amend_agreement(fresh(story), by=story.people[1], at=NOW, title="Better")
    all_sign(story)
    assert fresh(story).title == "Better"


def test_a_change_that_changes_nothing_or_removes_a_party_is_refused(story: SimpleNamespace) -> None:
    with pytest.raises(Unmet) as refused:
        revising.amend_agreement(fresh(story), by=story.people[0], at=NOW, title="Together")
    assert codes(refused) == {"nothing_changed"}
    other = an_institution(story.houses[0].territory)
    with pytest.raises(Unmet) as refused:
        revising.amend_agreement(
            fresh(story), by=story.people[0], at=NOW,
            parties=[{"institution": story.houses[0]}, {"institution": other}],
        )  # fmt: skip
    assert "party_removed" in codes(refused)


def test_a_party_that_joins_counts_from_the_day_all_have_signed(three: SimpleNamespace) -> None:
    house = an_institution(three.houses[0].territory)
    person = a_member("institution_admin", house)
    a_signatory(person, house)
    revising.amend_agreement(
        fresh(three), by=three.people[0], at=NOW, parties=[{"institution": each} for each in (*three.houses, house)]
    )
    three.people.append(person)
    all_sign(three)
    assert (bound_on(TODAY - DAY), bound_on(TODAY)) == (0, 4)


def test_what_is_not_defined_yet_is_proposed_and_not_signed(story: SimpleNamespace) -> None:
    term = {"kind": story.promise, "not_yet_defined": True}
    revising.amend_agreement(fresh(story), by=story.people[0], at=NOW, terms=[term])
    with pytest.raises(Unmet) as refused:
        sign(story, 1)
    assert codes(refused) == {"not_yet_defined"}


def test_a_pause_waits_until_an_open_change_is_finished(story: SimpleNamespace) -> None:
    revising.amend_agreement(fresh(story), by=story.people[0], at=NOW, title="Other")
    with pytest.raises(Unmet) as refused:
        revising.propose_suspension(fresh(story), by=story.people[1], at=NOW, reason="Repairs", document="No 1")
    assert codes(refused) == {"revision_open"}
    actions.revert_agreement(fresh(story), by=story.people[0], at=NOW)
    revising.propose_suspension(fresh(story), by=story.people[1], at=NOW, reason="Repairs", document="No 1")
    all_sign(story)
    assert (fresh(story).status, story.agreement.suspended_on) == ("suspended", TODAY)
    with pytest.raises(WrongStatus):
        revising.amend_agreement(fresh(story), by=story.people[0], at=NOW, title="Other")
    later = noon(TODAY + 10 * DAY)
    revising.propose_resumption(fresh(story), by=story.people[0], at=later, reason="Repaired")
    all_sign(story, later)
    assert (fresh(story).status, story.agreement.suspended_on) == ("in_force", None)


def test_a_pause_needs_a_document(story: SimpleNamespace) -> None:
    with pytest.raises(Unmet) as refused:
        revising.propose_suspension(fresh(story), by=story.people[0], at=NOW, reason="Repairs")
    assert codes(refused) == {"document_missing"}


def test_all_together_end_it_as_a_whole_on_the_day(story: SimpleNamespace) -> None:
    day = TODAY + 5 * DAY
    revising.propose_termination(fresh(story), by=story.people[0], at=NOW, reason="Done", effective_on=day)
    all_sign(story)
    assert fresh(story).status == "in_force"
    calendar.start_and_end(day - DAY, at=NOW)
    assert fresh(story).status == "in_force"
    calendar.start_and_end(day + 30 * DAY, at=noon(day + 30 * DAY))
    assert (fresh(story).status, story.agreement.terminated_on, story.agreement.in_force_until) == (
        "terminated",
        day,
        day,
    )
    assert (bound_on(day - DAY), bound_on(day)) == (len(story.people), 0)


def test_an_early_end_that_one_party_does_not_sign_does_not_come(story: SimpleNamespace) -> None:
    revising.propose_termination(fresh(story), by=story.people[0], at=NOW, reason="Done", effective_on=TODAY)
    for who in range(len(story.people) - 1):
        sign(story, who)
    calendar.start_and_end(TODAY + 30 * DAY, at=NOW)
    assert fresh(story).status == "in_force"
    actions.decline_agreement(fresh(story), by=story.people[-1], at=NOW, reason="We go on")
    assert fresh(story).status == "in_force"


def test_an_early_end_is_undone_within_thirty_days_and_not_later(story: SimpleNamespace) -> None:
    revising.propose_termination(fresh(story), by=story.people[0], at=NOW, reason="Done", effective_on=TODAY)
    all_sign(story)
    assert fresh(story).status == "terminated"
    with pytest.raises(Unmet) as refused:
        revising.propose_reinstatement(fresh(story), by=story.people[0], at=noon(TODAY + 31 * DAY), reason="After all")
    assert codes(refused) == {"too_late_to_undo"}
    in_time = noon(TODAY + 30 * DAY)
    revising.propose_reinstatement(fresh(story), by=story.people[1], at=in_time, reason="After all")
    all_sign(story, in_time)
    assert (fresh(story).status, story.agreement.in_force_until) == ("in_force", END + DAY)
    assert bound_on(TODAY + 31 * DAY) == len(story.people)


def test_it_is_annulled_from_its_start_where_nothing_was_done(story: SimpleNamespace) -> None:
    revising.propose_annulment(fresh(story), by=story.people[0], at=NOW, reason="A mistake")
    all_sign(story)
    assert fresh(story).status == "terminated"
    assert bound_on(TODAY) == 0
    assert Agreement.objects.in_force_on(TODAY).count() == 0
    revising.propose_reinstatement(fresh(story), by=story.people[0], at=NOW, reason="No mistake")
    all_sign(story)
    assert (fresh(story).status, bound_on(TODAY)) == ("in_force", len(story.people))


def test_a_notice_that_takes_effect_ends_the_whole(story: SimpleNamespace) -> None:
    day = TODAY + 30 * DAY
    leaving.give_notice(
        fresh(story), by=story.people[1], at=NOW, reason="No means", document="Letter 7", effective_on=day
    )
    assert (fresh(story).status, story.agreement.leaves_on) == ("in_force", day)
    calendar.start_and_end(day + DAY, at=noon(day + DAY))
    assert (fresh(story).status, story.agreement.terminated_on) == ("terminated", day)
    assert bound_on(day) == 0


def test_a_notice_says_all_that_is_lacking(story: SimpleNamespace) -> None:
    with pytest.raises(Unmet) as refused:
        leaving.give_notice(
            fresh(story), by=story.people[1], at=NOW, reason="No means", document=" ", effective_on=TODAY + 29 * DAY
        )
    assert codes(refused) == {"document_missing", "notice_too_short"}


def test_a_notice_is_taken_back_by_whoever_gave_it(story: SimpleNamespace) -> None:
    day = TODAY + 30 * DAY
    leaving.give_notice(fresh(story), by=story.people[1], at=NOW, reason="No means", document="7", effective_on=day)
    with pytest.raises(Unmet) as refused:
        leaving.take_back_notice(fresh(story), by=story.people[0], at=NOW)
    assert codes(refused) == {"no_notice"}
    leaving.take_back_notice(fresh(story), by=story.people[1], at=NOW)
    calendar.start_and_end(day, at=noon(day))
    assert fresh(story).status == "in_force"


def test_one_of_three_leaves_and_the_others_go_on(three: SimpleNamespace) -> None:
    day = TODAY + 30 * DAY
    leaving.give_notice(fresh(three), by=three.people[2], at=NOW, reason="No means", document="7", effective_on=day)
    revising.amend_agreement(fresh(three), by=three.people[0], at=NOW, title="Other")
    calendar.start_and_end(day, at=noon(day))
    assert (fresh(three).status, three.agreement.leaves_on) == ("in_force", None)
    assert Revision.objects.get(number=2).status == "lapsed"
    assert (bound_on(day - DAY), bound_on(day)) == (3, 2)
    with pytest.raises(PermissionDenied):
        revising.amend_agreement(fresh(three), by=three.people[2], at=noon(day), title="Other")
    revising.amend_agreement(fresh(three), by=three.people[0], at=noon(day), title="We two")
    sign(three, 0, noon(day))
    sign(three, 1, noon(day))
    assert (fresh(three).status, three.agreement.title) == ("in_force", "We two")
    assert (bound_on(day - DAY), bound_on(day)) == (3, 2)
    leaving.give_notice(
        fresh(three), by=three.people[1], at=noon(day), reason="Nor we", document="8", effective_on=day + 30 * DAY
    )
    calendar.start_and_end(day + 30 * DAY, at=noon(day + 30 * DAY))
    assert fresh(three).status == "terminated"


def test_it_is_renewed_by_a_decision_of_all(story: SimpleNamespace) -> None:
    with pytest.raises(Unmet) as refused:
        revising.renew_agreement(fresh(story), by=story.people[0], at=NOW, ends_on=END)
    assert codes(refused) == {"not_longer"}
    revising.renew_agreement(fresh(story), by=story.people[0], at=NOW, ends_on=END + 365 * DAY)
    all_sign(story)
    calendar.start_and_end(END + DAY, at=noon(END + DAY))
    assert (fresh(story).status, story.agreement.ends_on) == ("in_force", END + 365 * DAY)
    assert bound_on(END + DAY) == len(story.people)


def test_it_is_renewed_by_itself_as_often_as_the_days_have_passed(db: None) -> None:
    story = made(2, renewal="automatic", renewal_months=12)
    late = datetime.date(2029, 3, 1)
    assert calendar.start_and_end(late, at=noon(late)) == 1
    assert (fresh(story).status, story.agreement.ends_on) == ("in_force", datetime.date(2029, 8, 31))
    assert told(story).count("renew_auto") == 2
    assert "end" not in told(story)
    assert (bound_on(late), bound_on(datetime.date(2029, 9, 1))) == (2, 0)


def test_who_gave_notice_is_not_renewed_with(db: None) -> None:
    story = made(2, renewal="automatic", renewal_months=12)
    leaving.give_notice(fresh(story), by=story.people[1], at=NOW, reason="Enough", document="7", effective_on=END)
    calendar.start_and_end(END + 100 * DAY, at=noon(END + 100 * DAY))
    assert (fresh(story).status, story.agreement.terminated_on) == ("terminated", END)


def test_to_renew_by_itself_the_terms_name_a_period(db: None) -> None:
    story = made(2)
    with pytest.raises(Unmet) as refused:
        revising.amend_agreement(fresh(story), by=story.people[0], at=NOW, renewal="automatic")
    assert codes(refused) == {"renewal_without_period"}


def test_what_nobody_answers_for_half_a_year_lapses(story: SimpleNamespace) -> None:
    before = held(story)
    revising.amend_agreement(fresh(story), by=story.people[0], at=NOW, title="Other")
    calendar.lapse_unanswered(TODAY + 180 * DAY, at=noon(TODAY + 180 * DAY))
    assert fresh(story).shown.number == 2
    calendar.lapse_unanswered(TODAY + 181 * DAY, at=noon(TODAY + 181 * DAY))
    assert held(story) == before
    assert Revision.objects.get(number=2).status == "lapsed"


def test_an_open_change_lapses_with_the_agreement(story: SimpleNamespace) -> None:
    revising.amend_agreement(fresh(story), by=story.people[0], at=NOW, title="Other")
    calendar.start_and_end(END + DAY, at=noon(END + DAY))
    assert (fresh(story).status, Revision.objects.get(number=2).status) == ("ended", "lapsed")
    assert story.agreement.shown == story.agreement.concluded


def test_an_agreed_early_end_stays_agreed_through_a_pause_and_is_lifted_by_a_renewal(db: None) -> None:
    story = made(2)
    day = TODAY + 40 * DAY
    revising.propose_termination(fresh(story), by=story.people[0], at=NOW, reason="Done", effective_on=day)
    all_sign(story)
    revising.propose_suspension(fresh(story), by=story.people[0], at=NOW, reason="Repairs", document="No 1")
    all_sign(story)
    assert (fresh(story).status, story.agreement.terminated_on) == ("suspended", day)
    revising.propose_resumption(fresh(story), by=story.people[0], at=NOW, reason="Repaired")
    all_sign(story)
    revising.renew_agreement(fresh(story), by=story.people[0], at=NOW, ends_on=END + 30 * DAY)
    all_sign(story)
    calendar.start_and_end(day, at=noon(day))
    assert (fresh(story).status, story.agreement.terminated_on) == ("in_force", None)


def test_after_an_exit_those_who_stay_may_go_on_though_the_kind_asks_for_more(db: None) -> None:
    story = made(3, survives_exit=True, kind=a_term("agreement_kind", "cluster_of_three", min_parties=3))
    day = TODAY + 30 * DAY
    leaving.give_notice(fresh(story), by=story.people[2], at=NOW, reason="No means", document="7", effective_on=day)
    calendar.start_and_end(day, at=noon(day))
    revising.renew_agreement(fresh(story), by=story.people[0], at=noon(day), ends_on=END + DAY)
    sign(story, 0, noon(day))
    sign(story, 1, noon(day))
    assert fresh(story).ends_on == END + DAY
