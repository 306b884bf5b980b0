"""Random moves by random people against a small model: never two hashes in force, never a stuck state."""

import datetime
import itertools
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from cooperation.agreements import actions, calendar, signing
from cooperation.agreements.models import Agreement, Revision, Signature
from cooperation.agreements.rules import AGREEMENT
from institutions.people.models import Membership
from institutions.registry.models import Institution
from lifecycle.events import record
from lifecycle.models import Event
from lifecycle.transitions import Unmet, WrongStatus
from tests.factories import a_member, a_signatory, a_term, a_territory, an_institution

WHO = st.integers(0, 2)
REFUSED = (PermissionDenied, WrongStatus, Unmet)
START, END = datetime.date(2026, 12, 1), datetime.date(2027, 8, 31)


@pytest.fixture
def stage(db: None) -> SimpleNamespace:
    """Three institutions, each with one administrator who signs for it."""
    place = a_territory("9")
    houses = [an_institution(place) for _house in range(3)]
    people = [a_member("institution_admin", house) for house in houses]
    for person, house in zip(people, houses, strict=True):
        a_signatory(person, house)
    kind, promise = a_term("agreement_kind", "cluster", min_parties=3), a_term("obligation_kind", "events")
    return SimpleNamespace(houses=houses, people=people, kind=kind, promise=promise)


class Life(RuleBasedStateMachine):
    """The model: status, who drafts, who has signed, and which wording each person has read last."""

    stage: SimpleNamespace

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.today = datetime.date(2026, 11, 21)
        self.turn = 0
        self.draft(0)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    @property
    def at(self) -> datetime.datetime:
        return timezone.make_aware(datetime.datetime.combine(self.today, datetime.time(12)))

    def draft(self, who: int) -> None:
        content = {
            "title": "Together", "kind": self.stage.kind, "starts_on": START, "ends_on": END,
            "parties": [{"institution": house} for house in self.stage.houses],
            "terms": [{"kind": self.stage.promise, "quantity": 1}],
        }  # fmt: skip
        self.agreement = actions.draft_agreement(by=self.stage.people[who], at=self.at, **content)
        self.status, self.drafter, self.open_draft, self.revision = "draft", who, True, 1
        self.signed: set[int] = set()
        self.read: dict[int, str] = {}

    def attempt(self, allowed: bool, act: Any, **given: Any) -> bool:
        """The act on a fresh reading; it happens exactly when the model allows it."""
        own = Agreement.objects.get(pk=self.agreement.pk)
        try:
            act(own, at=self.at, **given)
        except REFUSED:
            assert not allowed, f"{act.__name__} was refused in {self.status}"
            return False
        assert allowed, f"{act.__name__} was let through in {self.status}"
        return True

    @property
    def is_open(self) -> bool:
        return self.status in ("proposed", "partly_approved")

    @rule(who=WHO)
    def read_it(self, who: int) -> None:
        shown = Agreement.objects.get(pk=self.agreement.pk).shown
        if shown:
            self.read[who] = shown.content_hash

    @rule(who=WHO)
    def propose(self, who: int) -> None:
        allowed = self.status == "draft" and self.open_draft and who == self.drafter
        if self.attempt(allowed, actions.propose_agreement, by=self.stage.people[who]):
            self.status, self.signed, self.open_draft = "proposed", set(), False

    @rule(who=WHO)
    def approve(self, who: int) -> None:
        shown = Agreement.objects.get(pk=self.agreement.pk).shown
        seen = self.read.get(who, "0" * 64)
        allowed = self.is_open and who not in self.signed and shown is not None and seen == shown.content_hash
        if self.attempt(allowed, signing.approve_agreement, by=self.stage.people[who], content_hash=seen):
            self.signed.add(who)
            self.status = "partly_approved" if len(self.signed) < 3 else "concluded"
            if self.status == "concluded":
                self.follow_the_calendar()

    @rule(who=WHO)
    def change(self, who: int) -> None:
        self.turn += 1
        allowed = self.is_open and not self.signed - {who}
        if self.attempt(allowed, actions.change_agreement, by=self.stage.people[who], title=f"Together {self.turn}"):
            self.status, self.signed, self.drafter, self.revision = "proposed", set(), who, self.revision + 1

    @rule(who=WHO)
    def decline(self, who: int) -> None:
        if self.attempt(
            self.is_open and who not in self.signed, actions.decline_agreement, by=self.stage.people[who], reason="No"
        ):
            self.status, self.signed = "draft", set()

    @rule(who=WHO)
    def redraft(self, who: int) -> None:
        allowed = self.status == "draft" and not self.open_draft
        if self.attempt(allowed, actions.redraft, by=self.stage.people[who]):
            self.drafter, self.open_draft, self.revision = who, True, self.revision + 1

    @rule(who=WHO)
    def withdraw(self, who: int) -> None:
        allowed = (self.is_open or self.status == "draft") and who == 0 and not self.signed - {0}
        if self.attempt(allowed, actions.withdraw_agreement, by=self.stage.people[who], reason="Not needed"):
            self.status = "withdrawn"

    @rule(days=st.integers(1, 400))
    def time_passes(self, days: int) -> None:
        self.today += datetime.timedelta(days=days)
        calendar.start_and_end(self.today, at=self.at)
        self.follow_the_calendar()

    def follow_the_calendar(self) -> None:
        if self.status == "concluded" and self.today >= START:
            self.status = "in_force"
        if self.status == "in_force" and self.today > END:
            self.status = "ended"

    @precondition(lambda self: self.status in ("withdrawn", "ended"))
    @rule(who=WHO)
    def begin_another(self, who: int) -> None:
        self.draft(0)

    @invariant()
    def model_and_rows_agree(self) -> None:
        stored = Agreement.objects.get(pk=self.agreement.pk)
        assert (stored.status, stored.latest.number) == (self.status, self.revision)
        signed = Signature.objects.filter(revision=stored.shown) if stored.shown else Signature.objects.none()
        if self.is_open:
            assert signed.count() == len(self.signed)

    @invariant()
    def nothing_holds_that_was_not_signed_by_all_on_one_hash(self) -> None:
        for revision in Revision.objects.filter(status="concluded"):
            assert set(revision.signatures.values_list("sha256", flat=True)) == {revision.content_hash}
            assert revision.signatures.count() == revision.parties.filter(signs=True).count() == 3
        in_force = Agreement.objects.filter(status__in=("concluded", "in_force", "ended"))
        assert not in_force.filter(concluded__isnull=True).exists()
        assert (
            Revision.objects.filter(
                agreement=self.agreement, status__in=("draft", "proposed", "partly_approved")
            ).count()
            <= 1
        )

    @invariant()
    def nothing_is_stuck(self) -> None:
        stored = Agreement.objects.get(pk=self.agreement.pk)
        if self.status in ("draft", "proposed", "partly_approved"):
            assert any(AGREEMENT.available(stored, person) for person in self.stage.people)

    @invariant()
    def every_conclusion_and_start_is_told_once(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        told = list(Event.objects.about("agreement", self.agreement.public_id).values_list("name", flat=True))
        assert told.count("conclude") <= 1
        assert told.count("start") <= 1
        assert told.count("end") <= 1


class LifeOverHttp(Life):
    """The same life through the API: what the model refuses is refused there, and leaves every row as it was."""

    clients: list[Any]
    keys = itertools.count(1)

    def attempt(self, allowed: bool, act: Any, **given: Any) -> bool:
        client = self.clients[self.stage.people.index(given.pop("by"))]
        move = act.__name__.removesuffix("_agreement")
        before = self.rows()
        path = f"/api/v1/agreements/{self.agreement.public_id}/moves/{move}/"
        answer = client.post(path, given, format="json", headers={"Idempotency-Key": f"machine-{next(self.keys)}"})
        assert answer.status_code in (200, 403, 404, 409, 422), answer.content
        assert (answer.status_code == 200) == allowed, f"{move} in {self.status}: {answer.content!r}"
        if not allowed:
            assert self.rows() == before
        return allowed

    def rows(self) -> Any:
        stored = Agreement.objects.get(pk=self.agreement.pk)
        told = Event.objects.exclude(subject_type="refusal").count()
        return stored.status, stored.version, stored.shown_id, Signature.objects.count(), told

    @rule()
    def time_passes(self) -> None:
        """The clock of the doors stands still."""


@pytest.mark.slow
def test_no_sequence_of_moves_leaves_the_model(stage: SimpleNamespace) -> None:
    machine = type("Staged", (Life,), {"stage": stage})
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine,
        settings=settings(
            max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


@pytest.mark.slow
def test_no_sequence_of_requests_leaves_the_model(stage: SimpleNamespace, api_of: Any) -> None:
    clients = [api_of(person) for person in stage.people]
    machine = type("Served", (LifeOverHttp,), {"stage": stage, "clients": clients})
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine,
        settings=settings(
            max_examples=5, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def test_who_loses_the_membership_loses_the_moves(stage: SimpleNamespace) -> None:
    agreement = actions.draft_agreement(by=stage.people[0], at=timezone.now())
    assert AGREEMENT.available(agreement, stage.people[0])
    held = Membership.objects.get(user=stage.people[0])
    Membership.objects.filter(pk=held.pk).update(status="ended")
    record("expire", subject_type="membership", subject_id=held.public_id, by=None, at=timezone.now())
    fresh = type(stage.people[0]).objects.get(pk=stage.people[0].pk)
    assert AGREEMENT.available(agreement, fresh) == []
    assert not Agreement.objects.visible_to(fresh).exists()
    assert Institution.objects.visible_to(fresh).count() == 0
