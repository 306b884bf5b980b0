"""From a named problem to a practice that spreads; and random acts of random people never find a short cut (M7)."""

import random
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db import transaction

from labs.examinations.conflicts import conflicts_of
from labs.examinations.rules import valid_reviews
from labs.implementation.locking import verify
from labs.models import PilotStatus, Verdict
from lifecycle.models import Event
from lifecycle.transitions import Unmet, WrongStatus
from tests.conftest import NIGHTLY
from tests.labs.walking import ACTS, LOST, NOTHING, WON, Walk, today

pytestmark = pytest.mark.django_db
REFUSALS = (PermissionDenied, WrongStatus, Unmet, ValidationError, ObjectDoesNotExist, IndexError)
ORDER = list(PilotStatus.values)
AFTER_EXAMINATION = ORDER[ORDER.index("accepted") : ORDER.index("stopped")]
PILOTED = ORDER[ORDER.index("piloting") : ORDER.index("stopped")]
WALKS, ACTS_A_WALK = (7 if NIGHTLY else 3), 120


def to_the_end(walk: Walk) -> None:
    """Every act by the right person, until nothing leads on."""
    while step := walk.next():
        name, person = step
        getattr(walk, name)(person)


@pytest.mark.parametrize(
    ("ending", "value", "status"),
    [(WON, "successful", "disseminating"), (LOST, "not_successful", "assessed"), (NOTHING, "inconclusive", "assessed")],
)
def test_a_project_goes_all_the_way_and_ends_as_its_figures_say(world, ending, value, status):
    problem_ends = {"successful": "solved", "not_successful": "accepted", "inconclusive": "in_work"}
    walk = Walk(world, ending)
    to_the_end(walk)
    project = walk.fresh()
    assert (project.status, walk.verdict().value) == (status, value)
    assert project.published_at is not None
    assert project.problems.get().status == problem_ends[value]
    moved = list(
        Event.objects.about("pilot", project.public_id).exclude(status_after="").values_list("status_after", flat=True)
    )
    assert [each for each, before in zip(moved, ["", *moved], strict=False) if each != before] == [
        "problem_identified", "object_defined", "direction_set", "group_approved", "in_development", "submitted",
        "in_examination", "accepted", "programme_approved", "preregistered", "piloting", "in_assessment", "assessed",
        *(["disseminating"] if value == "successful" else []),
    ]  # fmt: skip


def test_what_was_inconclusive_is_tried_again_under_a_new_lock(world):
    walk = Walk(world, NOTHING)
    to_the_end(walk)
    walk.again(walk.coordinator)
    walk.ending = WON
    to_the_end(walk)
    project = walk.fresh()
    assert project.status == "disseminating"
    assert project.preregistrations.filter(locked_at__isnull=False).count() == 2
    assert list(Verdict.objects.filter(trial__project=project).order_by("pk").values_list("value", flat=True)) == [
        "inconclusive", "successful",
    ]  # fmt: skip


def lawful(walk: Walk) -> None:
    """The law of the chain, read from the rows and not from the code that moves them."""
    project = walk.fresh()
    if project.status in AFTER_EXAMINATION:
        decided = project.examinations.order_by("-round")[0]
        assert (decided.status, decided.decision) == ("decided", "accepted")
        sound = valid_reviews(decided)
        assert len(sound) >= 2
        found = conflicts_of([each.expert for each in sound], project, today())
        assert not [each for line in found.values() for each in line if each.hard]
    if project.status in PILOTED:
        lock = project.preregistrations.order_by("-number")[0]
        assert verify(lock)
        assert lock.trial.status != "planned"
    if project.status in ("assessed", "disseminating"):
        verdict = walk.verdict()
        assert verdict.decided_at is not None
        assert verdict.seats.filter(agreed_hash=verdict.words_hash).count() >= 3
    if project.status == "disseminating":
        assert (walk.verdict().value, walk.trial().status) == ("successful", "closed")


def tried(walk: Walk, name: str, person: Any) -> bool:
    """Whether the act was let through; a refusal leaves nothing behind."""
    try:
        with transaction.atomic():
            getattr(walk, name)(person)
    except REFUSALS:
        return False
    return True


@pytest.mark.slow
def test_random_acts_of_random_people_never_leave_the_chain(world):
    dice, ends = random.Random(20261122), set()  # noqa: S311
    refused = 0
    for number in range(WALKS):
        walk = Walk(world, (WON, LOST, NOTHING)[number % 3])
        for _act in range(ACTS_A_WALK):
            step = walk.next()
            name, person = dice.choice(ACTS), dice.choice(walk.people)
            if step and dice.random() < 0.6:
                name, person = step
            if tried(walk, name, person):
                lawful(walk)
            else:  # taken back whole, so the last look at the rows still holds
                refused += 1
        ends.add(walk.fresh().status)
    assert "disseminating" in ends
    assert refused > WALKS * ACTS_A_WALK / 4
