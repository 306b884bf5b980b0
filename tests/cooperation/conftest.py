"""Agreements of the cast, drafted by a with b as the partner; open lessons that a's teacher logged."""

import datetime
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from cooperation.activities.models import Activity
from cooperation.agreements import actions, signing
from cooperation.agreements.models import Agreement
from tests.cooperation.links import URL, post
from tests.factories import a_term

START, END = datetime.date(2026, 9, 1), datetime.date(2027, 8, 31)


@pytest.fixture
def words(db: None) -> SimpleNamespace:
    """The vocabularies agreements are written in."""
    return SimpleNamespace(
        kind=a_term("agreement_kind", "social_partnership", min_parties=2),
        memorandum=a_term("agreement_kind", "memorandum", min_parties=2, is_memorandum=True),
        lead=a_term("party_role", "lead", signs=True, context=["agreement"]),
        partner=a_term("party_role", "partner", signs=True, context=["agreement"]),
        observer=a_term("party_role", "observer", signs=False, context=["agreement"]),
        events=a_term("obligation_kind", "events", units=["events"]),
        form=a_term("cooperation_form", "F2"),
        unit=a_term("unit", "events"),
        reason=a_term("reason", "terms", moves=["agreement.decline"]),
    )


@pytest.fixture
def content(world: SimpleNamespace, words: SimpleNamespace) -> dict[str, Any]:
    """A complete agreement between a and b, as actions take it."""
    return {
        "title": "Open lessons together",
        "kind": words.kind,
        "starts_on": START,
        "ends_on": END,
        "text": "The parties hold open lessons.",
        "parties": [{"institution": world.a, "role": words.lead}, {"institution": world.b, "role": words.partner}],
        "terms": [
            {"kind": words.events, "form": words.form, "from_": world.a, "to": world.b, "quantity": 4, "unit": "events"}
        ],
    }


@pytest.fixture
def draft(content: dict[str, Any], institution_admin: User, partner_admin: User) -> Agreement:
    return actions.draft_agreement(by=institution_admin, at=timezone.now(), **content)


@pytest.fixture
def proposed(draft: Agreement, institution_admin: User) -> Agreement:
    return actions.propose_agreement(draft, by=institution_admin, at=timezone.now())


@pytest.fixture
def concluded(proposed: Agreement, institution_admin: User, partner_admin: User) -> Agreement:
    sign(proposed, institution_admin)
    return sign(proposed, partner_admin)


@pytest.fixture
def make(content: dict[str, Any], institution_admin: User) -> Callable[..., Agreement]:
    """Another draft by a, with other content where given."""
    return lambda **other: actions.draft_agreement(by=institution_admin, at=timezone.now(), **{**content, **other})


def sign(agreement: Agreement, by: User, at: datetime.datetime | None = None) -> Agreement:
    """The person signs what is shown now."""
    shown = Agreement.objects.get(pk=agreement.pk).shown
    return signing.approve_agreement(agreement, content_hash=shown.content_hash, by=by, at=at or timezone.now())


@pytest.fixture
def log_words(db: None) -> None:
    """The vocabularies an open lesson is logged in."""
    a_term("cooperation_form", "F2")
    a_term("activity_type", "open_lesson", form="F2", interdependent=True)
    a_term("participant_category", "pupils")


@pytest.fixture
def entry(log_words: None, api_of: Any, teacher: User, world: SimpleNamespace) -> Activity:
    """An open lesson of a with b, logged by a's teacher."""
    partners = [{"institution": world.b.public_id}]
    body = {"type": "open_lesson", "starts_on": "2026-11-20", "partners": partners, "counts": {"pupils": 25}}
    return Activity.objects.get(public_id=post(api_of(teacher), URL, body).json()["id"])


@pytest.fixture
def inside(log_words: None, api_of: Any, teacher: User) -> Activity:
    """An open lesson that names nobody but a."""
    body = {"type": "open_lesson", "starts_on": "2026-11-20"}
    return Activity.objects.get(public_id=post(api_of(teacher), URL, body).json()["id"])
