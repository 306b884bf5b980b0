"""A concluded agreement of two, three or five parties, and what the stories ask of it."""

import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from cooperation.agreements import actions, signing
from cooperation.agreements.indicators import in_force_on
from cooperation.agreements.models import Agreement
from lifecycle.models import Event
from tests.factories import a_member, a_signatory, a_term, a_territory, an_institution

START, END = datetime.date(2026, 9, 1), datetime.date(2027, 8, 31)
TODAY = datetime.date(2026, 11, 20)
DAY = datetime.timedelta(days=1)


def noon(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(12)))


NOW = noon(TODAY)


def made(count: int, **content: Any) -> SimpleNamespace:
    """So many institutions with an agreement in force, each with one administrator who signs."""
    place = a_territory("9")
    houses = [an_institution(place) for _house in range(count)]
    people = [a_member("institution_admin", house) for house in houses]
    for person, house in zip(people, houses, strict=True):
        a_signatory(person, house)
    kind, promise = a_term("agreement_kind", "cluster", min_parties=2), a_term("obligation_kind", "events")
    draft = actions.draft_agreement(
        by=people[0], at=NOW,
        **{
            "title": "Together", "kind": kind, "starts_on": START, "ends_on": END, "notice_days": 30,
            "parties": [{"institution": house} for house in houses],
            "terms": [{"kind": promise, "quantity": 1}], **content,
        },
    )  # fmt: skip
    actions.propose_agreement(draft, by=people[0], at=NOW)
    story = SimpleNamespace(houses=houses, people=people, agreement=draft, promise=promise)
    all_sign(story)
    return story


@pytest.fixture(params=[2, 3, 5])
def story(request: pytest.FixtureRequest, db: None) -> SimpleNamespace:
    return made(request.param)


@pytest.fixture
def three(db: None) -> SimpleNamespace:
    return made(3, survives_exit=True)


def fresh(story: SimpleNamespace) -> Agreement:
    story.agreement = Agreement.objects.get(pk=story.agreement.pk)
    return story.agreement


def sign(story: SimpleNamespace, who: int, at: datetime.datetime = NOW) -> None:
    agreement = fresh(story)
    signing.approve_agreement(agreement, content_hash=agreement.shown.content_hash, by=story.people[who], at=at)


def all_sign(story: SimpleNamespace, at: datetime.datetime = NOW) -> None:
    for who in range(len(story.people)):
        sign(story, who, at)


def held(story: SimpleNamespace) -> tuple[str, str, datetime.date]:
    agreement = fresh(story)
    return agreement.status, agreement.concluded.content_hash, agreement.ends_on


def codes(error: Any) -> set[str]:
    return {condition.code for condition in error.value.conditions}


def told(story: SimpleNamespace) -> list[str]:
    return list(
        Event.objects.about("agreement", story.agreement.public_id).order_by("pk").values_list("name", flat=True)
    )


def bound_on(day: datetime.date) -> int:
    return in_force_on(day).values("institution").distinct().count()
