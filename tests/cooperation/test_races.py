"""Two people act on one agreement in the same instant, over real connections: one outcome, nothing stuck, one Event each."""

import datetime
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from accounts.models import User
from cooperation.agreements import actions, signing
from cooperation.agreements.models import Agreement, Revision, Signature
from cooperation.agreements.statuses import PartyState
from lifecycle.models import Event
from lifecycle.transitions import Unmet, WrongStatus
from tests.factories import a_member, a_signatory, a_term, a_territory, an_institution

ROUNDS = int(os.environ.get("HK_RACE_ROUNDS", "40"))  # 200 in the long run
pytestmark = pytest.mark.slow


@pytest.fixture
def people(own_database: str) -> SimpleNamespace:
    """Two institutions with their administrators, in a database that is dropped afterwards."""
    place = a_territory("9")
    houses = [an_institution(place), an_institution(place)]
    admins = [a_member("institution_admin", house) for house in houses]
    for admin, house in zip(admins, houses, strict=True):
        a_signatory(admin, house)
    kind, promise = a_term("agreement_kind", "social_partnership"), a_term("obligation_kind", "events")
    return SimpleNamespace(houses=houses, a=admins[0], b=admins[1], kind=kind, promise=promise)


@pytest.fixture
def pair() -> Iterator[ThreadPoolExecutor]:
    """Two threads that keep their connections until the end."""
    with ThreadPoolExecutor(2) as pool:
        yield pool
        gate = threading.Barrier(2)

        def leave() -> None:
            gate.wait()
            connection.close()

        for done in [pool.submit(leave) for _thread in range(2)]:
            done.result()


def proposal(people: SimpleNamespace) -> Agreement:
    now = timezone.now()
    draft = actions.draft_agreement(
        by=people.a, at=now, title="Together", kind=people.kind, starts_on=datetime.date(2026, 9, 1),
        ends_on=datetime.date(2027, 8, 31), parties=[{"institution": house} for house in people.houses],
        terms=[{"kind": people.promise, "quantity": 1}],
    )  # fmt: skip
    return actions.propose_agreement(draft, by=people.a, at=now)


def race(pool: ThreadPoolExecutor, agreement: Agreement, *acts: Callable[[Agreement], Any]) -> list[str]:
    """Both at once, each with its own reading of the agreement; what each was answered."""
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[Agreement], Any]) -> str:
        own = Agreement.objects.select_related("shown", "latest").get(pk=agreement.pk)
        gate.wait()
        try:
            act(own)
        except WrongStatus:
            return "409"
        except Unmet:
            return "422"
        except PermissionDenied:
            return "403"
        return "done"

    return [answer.result(timeout=30) for answer in [pool.submit(run, act) for act in acts]]


def events(agreement: Agreement) -> Counter[str]:
    return Counter(Event.objects.about("agreement", agreement.public_id).values_list("name", flat=True))


def approve(user: User) -> Callable[[Agreement], Any]:
    return lambda one: signing.approve_agreement(one, content_hash=one.shown.content_hash, by=user, at=timezone.now())


def act(action: Callable[..., Any], **given: Any) -> Callable[[Agreement], Any]:
    """The action upon whatever agreement is handed over, now."""
    return lambda one: action(one, at=timezone.now(), **given)


def consistent(agreement: Agreement) -> None:
    """What must hold whatever happened: the agreement mirrors its revision, and signatures stand on its hash."""
    agreement.refresh_from_db()
    shown = agreement.shown
    signed = set(Signature.objects.filter(revision=shown).values_list("sha256", flat=True))
    assert signed <= {shown.content_hash}
    approved = shown.parties.filter(state=PartyState.APPROVED).count()
    assert approved == Signature.objects.filter(revision=shown).count()
    assert (
        Revision.objects.filter(agreement=agreement, status__in=("draft", "proposed", "partly_approved")).count() <= 1
    )
    if agreement.status in ("proposed", "partly_approved"):
        assert shown.status == agreement.status
        assert approved == {"proposed": 0, "partly_approved": 1}[agreement.status]
    else:
        assert (agreement.status, shown.status) in {
            ("in_force", "concluded"),
            ("withdrawn", "reverted"),
            ("draft", "declined"),
        }


def test_two_parties_who_sign_in_the_same_instant_conclude_once(
    people: SimpleNamespace, pair: ThreadPoolExecutor
) -> None:
    for _round in range(ROUNDS):
        agreement = proposal(people)
        assert race(pair, agreement, approve(people.a), approve(people.b)) == ["done", "done"]
        consistent(agreement)
        assert agreement.status == "in_force"
        assert events(agreement) == {"draft": 1, "propose": 1, "approve": 2, "conclude": 1, "start": 1}


def test_a_signature_against_a_withdrawal_has_one_outcome(people: SimpleNamespace, pair: ThreadPoolExecutor) -> None:
    outcomes: Counter[str] = Counter()
    for _round in range(ROUNDS):
        agreement = proposal(people)
        withdraw = act(actions.withdraw_agreement, by=people.a, reason="Not needed")
        answers = race(pair, agreement, approve(people.b), withdraw)
        consistent(agreement)
        assert sorted(answers) == ["409", "done"]
        outcomes[agreement.status] += 1
        name = {"withdrawn": "withdraw", "partly_approved": "approve"}[agreement.status]
        assert events(agreement) == {"draft": 1, "propose": 1, name: 1}
    assert set(outcomes) <= {"withdrawn", "partly_approved"}


def test_a_signature_against_a_change_never_lands_on_the_other_text(
    people: SimpleNamespace, pair: ThreadPoolExecutor
) -> None:
    for number in range(ROUNDS):
        agreement = proposal(people)
        change = act(actions.change_agreement, by=people.a, title=f"Other {number}")
        answers = race(pair, agreement, approve(people.b), change)
        consistent(agreement)
        assert sorted(answers) == ["409", "done"]
        assert Signature.objects.filter(revision__agreement=agreement).count() == int(answers[0] == "done")
        assert sum(events(agreement)[name] for name in ("approve", "change")) == 1


def test_a_signature_against_a_refusal_of_the_same_party_has_one_outcome(
    people: SimpleNamespace, pair: ThreadPoolExecutor
) -> None:
    for _round in range(ROUNDS // 4):
        agreement = proposal(people)
        decline = act(actions.decline_agreement, by=people.b, reason="No")
        answers = race(pair, agreement, approve(people.b), decline)
        consistent(agreement)
        assert sorted(answers) == ["409", "done"]


def test_one_signature_sent_twice_at_once_is_one(people: SimpleNamespace, pair: ThreadPoolExecutor) -> None:
    for _round in range(ROUNDS // 4):
        agreement = proposal(people)
        answers = race(pair, agreement, approve(people.b), approve(people.b))
        consistent(agreement)
        assert sorted(answers) == ["409", "done"]
        assert Signature.objects.filter(revision=agreement.shown).count() == 1


def test_numbers_given_at_once_are_all_different(people: SimpleNamespace) -> None:
    gate = threading.Barrier(4)

    def draft() -> list[str]:
        gate.wait()
        made = [actions.draft_agreement(by=people.a, at=timezone.now()).number for _time in range(15)]
        connection.close()
        return made

    with ThreadPoolExecutor(4) as pool:
        numbers = [number for done in [pool.submit(draft) for _thread in range(4)] for number in done.result()]
    assert len(set(numbers)) == 60
