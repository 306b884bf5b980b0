"""Members of three parties act on one agreement in force at one moment, over HTTP: one wording holds, nothing is stuck."""

import datetime
import itertools
import threading
from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.clock import today
from cooperation.agreements import actions, revising, signing
from cooperation.agreements.models import Agreement, Revision
from lifecycle.models import Event
from tests.factories import a_member, a_signatory, a_term, a_territory, a_token, an_institution

pytestmark = pytest.mark.slow
KEYS = itertools.count(1)
ROUNDS = 6


@pytest.fixture
def parties(own_database: str) -> SimpleNamespace:
    """Three parties of an agreement in force, each with one administrator who signs and has a token for it."""
    place = a_territory("9")
    houses = [an_institution(place) for _house in range(3)]
    people = [a_member("institution_admin", house) for house in houses]
    for person, house in zip(people, houses, strict=True):
        a_signatory(person, house)
    kind, promise = a_term("agreement_kind", "cluster", min_parties=2), a_term("obligation_kind", "events")
    now = timezone.now()
    agreement = actions.draft_agreement(
        by=people[0], at=now, title="Together", kind=kind, starts_on=today() - datetime.timedelta(days=100),
        ends_on=today() + datetime.timedelta(days=300), parties=[{"institution": house} for house in houses],
        terms=[{"kind": promise, "quantity": 1}],
    )  # fmt: skip
    actions.propose_agreement(agreement, by=people[0], at=now)
    for person in people:
        sign(agreement, person)
    secrets = [a_token(person) for person in people]
    return SimpleNamespace(people=people, secrets=secrets, agreement=agreement)


def sign(agreement: Agreement, person: Any) -> None:
    own = Agreement.objects.get(pk=agreement.pk)
    assert own.shown is not None
    signing.approve_agreement(own, content_hash=own.shown.content_hash, by=person, at=timezone.now())


def at_once(parties: SimpleNamespace, *acts: tuple[int, str, dict[str, Any]]) -> list[int]:
    """Each act by its party, all at one moment; the statuses they were answered."""
    gate, found = threading.Barrier(len(acts)), [0] * len(acts)

    def run(place: int, who: int, move: str, body: dict[str, Any]) -> None:
        client = APIClient(raise_request_exception=False)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {parties.secrets[who]}")
        path = f"/api/v1/agreements/{parties.agreement.public_id}/moves/{move}/"
        gate.wait()
        try:
            headers = {"Idempotency-Key": f"raced-{next(KEYS)}"}
            found[place] = client.post(path, body, format="json", headers=headers).status_code
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, *act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def fresh(parties: SimpleNamespace) -> Agreement:
    return Agreement.objects.get(pk=parties.agreement.pk)


def one_wording_holds(parties: SimpleNamespace) -> None:
    """Every wording that was ever concluded carries the signatures of all parties on its own hash; one holds now."""
    revisions = Revision.objects.filter(agreement=parties.agreement)
    assert revisions.filter(status="concluded").count() == 1
    assert revisions.filter(status__in=("draft", "proposed", "partly_approved")).count() <= 1
    for revision in revisions.filter(status__in=("concluded", "superseded")):
        assert set(revision.signatures.values_list("sha256", flat=True)) == {revision.content_hash}
        assert revision.signatures.count() == 3
    for revision in revisions:
        assert set(revision.signatures.values_list("sha256", flat=True)) <= {revision.content_hash}


def test_signatures_raced_by_another_wording_never_hold_two_hashes(parties: SimpleNamespace) -> None:
    for number in range(ROUNDS):
        revising.amend_agreement(fresh(parties), by=parties.people[0], at=timezone.now(), title=f"Together {number}")
        shown = fresh(parties).shown
        assert shown is not None
        hashed = {"content_hash": shown.content_hash}
        answers = at_once(
            parties, (0, "approve", hashed), (1, "approve", hashed), (2, "approve", hashed),
            (0, "change", {"title": f"Apart {number}"}), (0, "revert", {}),
        )  # fmt: skip
        assert set(answers) <= {200, 403, 409, 422}
        assert 200 in answers
        one_wording_holds(parties)
        left = fresh(parties)
        assert left.status == "in_force"
        if left.shown != left.concluded:
            actions.decline_agreement(left, by=_unsigned(parties), at=timezone.now(), reason="Next round")


def _unsigned(parties: SimpleNamespace) -> Any:
    shown = fresh(parties).shown
    assert shown is not None
    signed = set(shown.signatures.values_list("person_id", flat=True))
    return next(person for person in parties.people if person.pk not in signed)


def test_of_a_change_and_a_pause_asked_at_once_one_is_open(parties: SimpleNamespace) -> None:
    for number in range(ROUNDS):
        answers = at_once(
            parties, (0, "amend", {"title": f"Together {number}"}),
            (1, "propose_suspension", {"reason": "Repairs", "document": "No 1"}),
            (2, "propose_termination", {"reason": "Done", "effective_on": str(today())}),
        )  # fmt: skip
        assert answers.count(200) == 1
        assert set(answers) <= {200, 409, 422}
        one_wording_holds(parties)
        actions.decline_agreement(fresh(parties), by=_unsigned(parties), at=timezone.now(), reason="Next round")


def test_an_early_end_signed_by_all_at_once_comes_once(parties: SimpleNamespace) -> None:
    revising.propose_termination(
        fresh(parties), by=parties.people[0], at=timezone.now(), reason="Done", effective_on=today()
    )
    shown = fresh(parties).shown
    assert shown is not None
    hashed = {"content_hash": shown.content_hash}
    answers = at_once(parties, *((who, "approve", hashed) for who in (0, 1, 2, 0, 1, 2)))
    assert Counter(answers)[200] == 3
    assert set(answers) <= {200, 403, 409}
    assert fresh(parties).status == "terminated"
    told = Event.objects.about("agreement", parties.agreement.public_id).values_list("name", flat=True)
    assert Counter(told)["terminate"] == 1
    one_wording_holds(parties)
