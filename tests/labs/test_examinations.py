"""An examination is opened, experts are invited, review and decide nothing themselves; the project follows (product 3.10)."""

import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import override

from labs.examinations import actions, writing
from labs.examinations.presenting import candidates_of
from labs.examinations.rules import experts_on
from labs.models import Examination, PilotProject, Review
from lifecycle.models import Event
from lifecycle.transitions import Unmet, WrongStatus
from tests.factories import a_member
from tests.labs.cheating import walked
from tests.labs.examining import DUE, a_blind, a_decided, a_review, a_submitted, an_open, in_examination, lines
from tests.labs.making import past_guards, put
from tests.quality.figures import in_force

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    """What is said outside a request is said in English here."""
    with override("en"):
        yield


@pytest.fixture
def cast(world: SimpleNamespace) -> SimpleNamespace:
    return a_submitted(world)


def invite(cast: SimpleNamespace, examination: Examination, expert: Any, **fields: Any) -> Review:
    return actions.invite_expert(examination, by=cast.coordinator, at=timezone.now(), expert=expert, **fields)


def codes(unmet: Any) -> list[str]:
    return [each.code for each in unmet.value.conditions]


def status(cast: SimpleNamespace) -> str:
    return PilotProject.objects.get(pk=cast.project.pk).status


def test_a_round_is_opened_once_over_the_latest_version(cast: SimpleNamespace) -> None:
    later = a_blind(cast.project, cast.author, 2)
    examination = an_open(cast)
    assert (examination.round, examination.blind, examination.source.number) == (1, later, 2)
    with pytest.raises(Unmet):
        an_open(cast)


def test_nobody_but_the_coordinator_outside_the_group_opens(cast: SimpleNamespace, world: SimpleNamespace) -> None:
    inside = a_member("coordinator", world.b, user=cast.author)
    for person in (cast.author, inside, a_member("coordinator", world.c), cast.experts[0]):
        with pytest.raises(PermissionDenied):
            actions.open_examination(cast.project, by=person, at=timezone.now())


def test_only_a_submitted_project_is_examined(cast: SimpleNamespace) -> None:
    put(cast.project, "in_development")
    with pytest.raises(WrongStatus):
        an_open(cast)


def test_a_hard_conflict_refuses_and_says_its_kind(cast: SimpleNamespace, world: SimpleNamespace) -> None:
    with pytest.raises(ValidationError) as refused:
        invite(cast, an_open(cast), a_member("expert", world.a))
    assert "same laboratory" in refused.value.message_dict["expert"][0]
    assert not Review.objects.exists()


def test_a_soft_conflict_needs_a_note_and_is_kept(cast: SimpleNamespace, world: SimpleNamespace) -> None:
    expert, examination = a_member("expert", world.c), an_open(cast)
    in_force(world.a, world.c, since="2026-01-01")
    with pytest.raises(ValidationError) as refused:
        invite(cast, examination, expert)
    assert list(refused.value.message_dict) == ["note"]
    review = invite(cast, examination, expert, note="No other knows the field.")
    assert [(each.kind, each.hard) for each in review.conflicts.all()] == [("agreement", False)]


def test_whoever_reads_the_project_by_name_cannot_be_invited(cast: SimpleNamespace, world: SimpleNamespace) -> None:
    officer = a_member("ministry_officer", territory=world.country)
    a_member("expert", world.c, user=officer)
    with override("en"), pytest.raises(ValidationError, match="own name"):
        invite(cast, an_open(cast), officer)


def test_no_expert_is_asked_twice_and_nobody_else_at_all(cast: SimpleNamespace, teacher: Any) -> None:
    examination = an_open(cast)
    invite(cast, examination, cast.experts[0])
    for person, fields in (
        (cast.experts[0], {}),
        (teacher, {}),
        (cast.experts[1], {"due_on": datetime.date(2026, 11, 21)}),
    ):
        with pytest.raises(ValidationError):
            invite(cast, examination, person, **fields)


def test_the_project_is_in_examination_when_two_have_accepted(cast: SimpleNamespace) -> None:
    examination = an_open(cast)
    a_review(cast, examination, cast.experts[0])
    invite(cast, examination, cast.experts[1])
    with pytest.raises(Unmet):
        actions.start_examination(examination, by=cast.coordinator, at=timezone.now())
    a_review(cast, examination, cast.experts[2])
    actions.start_examination(examination, by=cast.coordinator, at=timezone.now())
    assert status(cast) == "in_examination"


def test_a_draft_is_kept_and_a_review_lacks_nothing_when_submitted(cast: SimpleNamespace) -> None:
    review = a_review(cast, an_open(cast), cast.experts[0])
    one, *rest = lines()
    writing.save_review(review, by=review.expert, at=timezone.now(), scores=[{**one, "level": None}], comment="So far")
    assert [(each.level, each.reason) for each in review.scores.all()] == [(None, "It is shown.")]
    with pytest.raises(Unmet) as unmet:
        writing.submit_review(
            review, by=review.expert, at=timezone.now(), scores=[*rest[1:], {**rest[0], "reason": " "}]
        )
    assert sorted(codes(unmet)) == ["level", "reason"]
    writing.submit_review(review, by=review.expert, at=timezone.now(), scores=lines())
    assert (review.status, review.comment) == ("submitted", "So far")
    with pytest.raises(WrongStatus):
        writing.save_review(review, by=review.expert, at=timezone.now(), scores=lines(1))


def test_only_the_expert_writes(cast: SimpleNamespace) -> None:
    review = a_review(cast, an_open(cast), cast.experts[0])
    for person in (cast.coordinator, cast.author, cast.experts[1]):
        for act in (writing.save_review, writing.submit_review):
            with pytest.raises(PermissionDenied):
                act(review, by=person, at=timezone.now(), scores=lines())


@pytest.mark.parametrize(
    ("decision", "after"),
    [("accepted", "accepted"), ("changes_required", "revision_required"), ("rejected", "rejected")],
)
def test_the_decision_moves_the_project(cast: SimpleNamespace, decision: str, after: str) -> None:
    examination = a_decided(cast, decision)
    assert (examination.status, examination.decision, status(cast)) == ("decided", decision, after)


def test_one_review_or_one_still_writing_decides_nothing(cast: SimpleNamespace) -> None:
    examination = in_examination(cast)
    with pytest.raises(Unmet) as unmet:
        actions.decide_examination(examination, by=cast.coordinator, at=timezone.now(), decision="accepted")
    assert codes(unmet) == ["reviews", "writing"]
    assert status(cast) == "in_examination"


def test_two_that_differ_by_more_than_a_level_need_a_third(cast: SimpleNamespace) -> None:
    examination = in_examination(cast, 1, 4)
    with pytest.raises(Unmet) as unmet:
        actions.decide_examination(examination, by=cast.coordinator, at=timezone.now(), decision="accepted")
    assert codes(unmet) == ["third"]
    third = a_review(cast, examination, cast.experts[2])
    writing.submit_review(third, by=third.expert, at=timezone.now(), scores=lines(3))
    actions.decide_examination(examination, by=cast.coordinator, at=timezone.now(), decision="accepted")
    assert status(cast) == "accepted"


def test_who_has_not_answered_is_asked_no_longer(cast: SimpleNamespace) -> None:
    examination = in_examination(cast, 3, 3)
    silent = invite(cast, examination, cast.experts[2])
    actions.decide_examination(examination, by=cast.coordinator, at=timezone.now(), decision="accepted")
    silent.refresh_from_db()
    assert silent.status == "void"
    assert not Review.objects.all().visible_to(silent.expert).exists()


def test_a_review_taken_back_does_not_count(cast: SimpleNamespace) -> None:
    examination = in_examination(cast, 3, 3)
    review = examination.reviews.order_by("pk")[0]
    actions.take_back_review(
        examination, by=cast.coordinator, at=timezone.now(), review=review, reason="They are related."
    )
    assert [each.kind for each in review.conflicts.all()] == ["declared"]
    with pytest.raises(Unmet):
        actions.decide_examination(examination, by=cast.coordinator, at=timezone.now(), decision="accepted")


@pytest.mark.parametrize("decision", ["accepted", "changes_required", "rejected", ""])
def test_a_void_round_gives_way_to_a_new_one_over_the_same_version(cast: SimpleNamespace, decision: str) -> None:
    examination = a_decided(cast, decision) if decision else in_examination(cast, 3)
    actions.void_examination(examination, by=cast.coordinator, at=timezone.now(), reason="A conflict was found later.")
    fresh = Examination.objects.get(project=cast.project, status="open")
    assert (fresh.round, fresh.blind, status(cast)) == (2, cast.blind, "submitted")
    assert not Review.objects.exclude(status="void").exists()
    invite(cast, fresh, cast.experts[0], due_on=DUE)


def test_a_round_whose_project_has_gone_on_is_not_void(cast: SimpleNamespace) -> None:
    examination = a_decided(cast)
    put(cast.project, "programme_approved")
    with pytest.raises(Unmet):
        actions.void_examination(examination, by=cast.coordinator, at=timezone.now(), reason="Too late.")


def test_events_of_experts_concern_nobody_and_name_nobody(cast: SimpleNamespace) -> None:
    examination = in_examination(cast, 3, 3)
    actions.void_examination(examination, by=cast.coordinator, at=timezone.now(), reason="They are related.")
    told = Event.objects.filter(subject_type__in=("examination", "review")).exclude(name="open")
    assert told.exists() and not told.exclude(concerned=[], institution="").exists()


def test_who_sits_on_a_panel_of_the_project_is_neither_offered_nor_asked(world: SimpleNamespace) -> None:
    walk = walked(world, "in_assessment")
    walk.seat(walk.coordinator)
    round_ = walk.round()
    with past_guards():
        Examination.objects.filter(pk=round_.pk).update(status="open", decision="", decided_at=None)
    round_.refresh_from_db()
    assert walk.panel[0].pk not in {each.expert.pk for each in candidates_of(round_, experts_on(DUE), DUE)}
    with pytest.raises(ValidationError) as refused:
        actions.invite_expert(round_, by=walk.coordinator, at=timezone.now(), expert=walk.panel[0])
    assert list(refused.value.message_dict) == ["expert"]
    assert "sits on the panel" in refused.value.message_dict["expert"][0]
