"""Random moves by random members upon a concluded agreement, against a small model, by actions and over HTTP."""

import datetime
import itertools
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from cooperation.agreements import actions, calendar, leaving, revising, signing
from cooperation.agreements.models import Agreement, AgreementParty, Revision, Signature
from cooperation.agreements.rules import AGREEMENT
from lifecycle.models import Event
from tests.cooperation.test_machine import REFUSED, stage

__all__ = ["stage"]
WHO = st.integers(0, 2)
DAY = datetime.timedelta(days=1)
TODAY, START, END = datetime.date(2026, 11, 20), datetime.date(2026, 9, 1), datetime.date(2027, 8, 31)
MOVE_OF = {"suspend": "propose_suspension", "resume": "propose_resumption", "annul": "propose_annulment",
           "reinstate": "propose_reinstatement"}  # fmt: skip
FITS = {"amend": ("in_force",), "renew": ("in_force",), "suspend": ("in_force",), "resume": ("suspended",),
        "terminate": ("in_force", "suspended"), "annul": ("in_force",), "reinstate": ("terminated",)}  # fmt: skip


class Living(RuleBasedStateMachine):
    """The model: status, the open revision's purpose, who drafted and signed it, who leaves and who has left."""

    stage: SimpleNamespace
    notice = 30

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.today, self.turn = TODAY, 0
        people = self.stage.people
        self.agreement = actions.draft_agreement(
            by=people[0], at=self.at, title="Together", kind=self.stage.kind, starts_on=START, ends_on=END,
            notice_days=self.notice, survives_exit=True, parties=[{"institution": each} for each in self.stage.houses],
            terms=[{"kind": self.stage.promise, "quantity": 1}],
        )  # fmt: skip
        actions.propose_agreement(self.agreement, by=people[0], at=self.at)
        for person in people:
            shown = Agreement.objects.get(pk=self.agreement.pk).shown
            signing.approve_agreement(self.agreement, content_hash=shown.content_hash, by=person, at=self.at)
        self.status, self.open = "in_force", ""
        self.drafter, self.signed, self.left = 0, set[int](), set[int]()
        self.leaves: dict[int, datetime.date] = {}
        self.ends, self.until, self.over_on = END, END, datetime.date.min
        self.asked_end = self.asked_day = datetime.date.min
        self.early: datetime.date | None = None

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    @property
    def at(self) -> datetime.datetime:
        return timezone.make_aware(datetime.datetime.combine(self.today, datetime.time(12)))

    @property
    def staying(self) -> set[int]:
        return {0, 1, 2} - self.left

    def attempt(self, allowed: bool, act: Any, who: int, **given: Any) -> bool:
        """The act on a fresh reading; it happens exactly when the model allows it."""
        own = Agreement.objects.get(pk=self.agreement.pk)
        try:
            with transaction.atomic():
                act(own, by=self.stage.people[who], at=self.at, **given)
        except REFUSED as refused:
            assert not allowed, f"{act.__name__} was refused in {self.status}: {refused}"
            return False
        assert allowed, f"{act.__name__} was let through in {self.status} ({self.open})"
        return True

    def may_ask(self, purpose: str, who: int) -> bool:
        return self.status in FITS[purpose] and not self.open and who not in self.left

    def opened(self, purpose: str, who: int) -> None:
        self.open, self.drafter, self.signed = purpose, who, set()

    @rule(who=WHO)
    def amend(self, who: int) -> None:
        self.turn += 1
        if self.attempt(self.may_ask("amend", who), revising.amend_agreement, who, title=f"Together {self.turn}"):
            self.opened("amend", who)
            self.asked_end = self.ends

    @rule(who=WHO, days=st.integers(-5, 400))
    def renew(self, who: int, days: int) -> None:
        last = self.ends + days * DAY
        allowed = self.may_ask("renew", who) and days > 0
        if self.attempt(allowed, revising.renew_agreement, who, ends_on=last):
            self.opened("renew", who)
            self.asked_end = last

    @rule(who=WHO, what=st.sampled_from(["suspend", "resume", "annul"]))
    def ask(self, who: int, what: str) -> None:
        given = {"reason": "Why", **({"document": "No 1"} if what == "suspend" else {})}
        act = getattr(revising, MOVE_OF[what])
        if self.attempt(self.may_ask(what, who), act, who, **given):
            self.opened(what, who)

    @rule(who=WHO, days=st.integers(-3, 40))
    def terminate(self, who: int, days: int) -> None:
        day = self.today + days * DAY
        allowed = self.may_ask("terminate", who) and days >= 0 and day <= self.ends
        if self.attempt(allowed, revising.propose_termination, who, reason="Done", effective_on=day):
            self.opened("terminate", who)
            self.asked_day = day

    @rule(who=WHO)
    def reinstate(self, who: int) -> None:
        in_time = (self.today - self.over_on).days <= 30 and self.ends >= self.today
        allowed = self.may_ask("reinstate", who) and in_time
        if self.attempt(allowed, revising.propose_reinstatement, who, reason="After all"):
            self.opened("reinstate", who)

    @rule(who=WHO)
    def change(self, who: int) -> None:
        self.turn += 1
        terms = self.open in ("amend", "renew") and not (self.open == "renew" and self.asked_end <= self.ends)
        allowed = terms and who in self.staying and not self.signed - {who}
        if self.attempt(allowed, actions.change_agreement, who, title=f"Together {self.turn}"):
            self.drafter, self.signed = who, set()

    @rule(who=WHO)
    def decline(self, who: int) -> None:
        allowed = bool(self.open) and who in self.staying - self.signed
        if self.attempt(allowed, actions.decline_agreement, who, reason="No"):
            self.open = ""

    @rule(who=WHO)
    def revert(self, who: int) -> None:
        allowed = bool(self.open) and who == self.drafter and not self.signed - {who}
        if self.attempt(allowed, actions.revert_agreement, who):
            self.open = ""

    @rule(who=WHO, true_hash=st.booleans())
    def approve(self, who: int, true_hash: bool) -> None:
        shown = Agreement.objects.get(pk=self.agreement.pk).shown
        seen = shown.content_hash if true_hash else "0" * 64
        fits = bool(self.open) and self.status in FITS[self.open]
        if self.open == "reinstate":
            fits = fits and (self.today - self.over_on).days <= 30 and self.ends >= self.today
        allowed = fits and true_hash and who in self.staying - self.signed
        if self.attempt(allowed, signing.approve_agreement, who, content_hash=seen):
            self.signed.add(who)
            if self.signed == self.staying:
                self.conclude()

    def conclude(self) -> None:
        done, self.open = self.open, ""
        if done in ("amend", "renew"):
            self.ends = self.until = self.asked_end
            self.early = None if done == "renew" else self.early
        elif done == "terminate":
            self.early = max(self.asked_day, self.today)
        elif done == "annul":
            self.stop(self.today)
        else:
            self.status = {"suspend": "suspended", "resume": "in_force", "reinstate": "in_force"}[done]
            self.until = self.ends if done == "reinstate" else self.until
        self.follow_the_calendar()

    def stop(self, day: datetime.date) -> None:
        self.status, self.over_on, self.open, self.leaves = "terminated", day, "", {}
        self.early = None

    @rule(who=WHO, days=st.integers(25, 60))
    def give_notice(self, who: int, days: int) -> None:
        day = self.today + days * DAY
        running = self.status in ("in_force", "suspended")
        allowed = (
            running and who in self.staying and who not in self.leaves and days >= self.notice and day <= self.until
        )
        if self.attempt(allowed, leaving.give_notice, who, reason="No means", document="Letter 7", effective_on=day):
            self.leaves[who] = day

    @rule(who=WHO)
    def take_back(self, who: int) -> None:
        allowed = self.status in ("in_force", "suspended") and who in self.leaves
        if self.attempt(allowed, leaving.take_back_notice, who):
            del self.leaves[who]

    @rule(days=st.integers(1, 60))
    def time_passes(self, days: int) -> None:
        self.today += days * DAY
        calendar.start_and_end(self.today, at=self.at)
        self.follow_the_calendar()

    def follow_the_calendar(self) -> None:
        while self.status in ("in_force", "suspended"):
            days = {"end": self.until + DAY}
            if self.leaves:
                days["leave"] = min(self.leaves.values())
            if self.early:
                days["terminate"] = self.early
            first = min(days.values())
            if first > self.today:
                return
            name = next(each for each in ("terminate", "leave", "end") if days.get(each) == first)
            if name == "end":
                self.status, self.open, self.leaves = "ended", "", {}
            elif name == "terminate":
                self.stop(first)
            else:
                self.lose(first)

    def lose(self, day: datetime.date) -> None:
        going = {who for who, when in self.leaves.items() if when == day}
        if len(self.staying - going) < 2:
            self.stop(day)
            return
        self.left |= going
        self.leaves = {who: when for who, when in self.leaves.items() if who not in going}
        self.open = ""

    @invariant()
    def model_and_rows_agree(self) -> None:
        stored = Agreement.objects.get(pk=self.agreement.pk)
        shown = stored.shown
        assert stored.status == self.status
        assert bool(self.open) == (shown.status in ("proposed", "partly_approved"))
        assert stored.ends_on == self.ends
        assert stored.leaves_on == (min(self.leaves.values()) if self.leaves else None)
        if self.open:
            assert shown.purpose == self.open
            assert Signature.objects.filter(revision=shown).count() == len(self.signed)
        else:
            assert shown == stored.latest == stored.concluded

    @invariant()
    def one_wording_holds_and_all_its_signatures_are_on_its_hash(self) -> None:
        revisions = Revision.objects.filter(agreement=self.agreement)
        assert revisions.filter(status="concluded").count() == 1
        assert revisions.filter(status__in=("draft", "proposed", "partly_approved")).count() <= 1
        for revision in revisions.filter(status__in=("concluded", "superseded")):
            assert set(revision.signatures.values_list("sha256", flat=True)) == {revision.content_hash}
            assert revision.signatures.count() == revision.parties.filter(signs=True).count()

    @invariant()
    def who_is_bound_counts_and_nobody_else(self) -> None:
        bound = AgreementParty.objects.filter(agreement=self.agreement, valid__contains=self.today)
        running = self.status in ("in_force", "suspended")
        assert bound.count() == (len(self.staying) if running else 0)

    @invariant()
    def nothing_is_stuck(self) -> None:
        stored = Agreement.objects.get(pk=self.agreement.pk)
        if self.status in ("in_force", "suspended"):
            assert any(AGREEMENT.available(stored, self.stage.people[who]) for who in self.staying)

    @invariant()
    def every_change_of_status_left_an_event(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        told = Event.objects.about("agreement", self.agreement.public_id).order_by("-pk").first()
        assert told.status_after == self.status


class LivingOverHttp(Living):
    """The same life through the API: what the model refuses is refused there, and leaves every row as it was."""

    clients: list[Any]
    keys = itertools.count(1)

    def attempt(self, allowed: bool, act: Any, who: int, **given: Any) -> bool:
        name = act.__name__
        move = name if name in AGREEMENT.by_name else name.removesuffix("_agreement")
        path = f"/api/v1/agreements/{self.agreement.public_id}/moves/{move}/"
        before = self.rows()
        headers = {"Idempotency-Key": f"living-machine-{next(self.keys)}"}
        answer = self.clients[who].post(path, given, format="json", headers=headers)
        assert answer.status_code in (200, 403, 404, 409, 422), answer.content
        assert (answer.status_code == 200) == allowed, f"{move} in {self.status} ({self.open}): {answer.content!r}"
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


def run(machine: Any, examples: int, steps: int) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


@pytest.mark.slow
def test_no_sequence_of_moves_leaves_the_model(stage: SimpleNamespace) -> None:
    run(type("Staged", (Living,), {"stage": stage}), 15, 25)


@pytest.mark.slow
def test_no_sequence_of_requests_leaves_the_model(stage: SimpleNamespace, api_of: Any) -> None:
    clients = [api_of(person) for person in stage.people]
    with time_machine.travel(datetime.datetime.combine(TODAY, datetime.time(7), datetime.UTC), tick=False):
        run(type("Served", (LivingOverHttp,), {"stage": stage, "clients": clients}), 5, 20)
