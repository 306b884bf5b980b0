"""What was agreed is owed: made at the conclusion, changed with the wording, moved by pauses, cancelled by an early end."""

import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from cooperation.agreements import leaving, revising
from cooperation.agreements.models import Agreement
from cooperation.agreements.standing import living_status
from cooperation.obligations import actions
from cooperation.obligations.models import Obligation
from cooperation.obligations.reminding import make_missing, remind
from cooperation.obligations.rules import days_late
from cooperation.obligations.showing import promised_and_done, state_of
from lifecycle.models import Event
from lifecycle.transitions import Unmet, WrongStatus
from tests.cooperation.concluded import noon
from tests.cooperation.owing import DUE, END, agree, days_pass, owed, promise, sides, sign_all, statuses, work

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
MARCH, JUNE = datetime.date(2026, 3, 1), datetime.date(2026, 6, 1)
LINK = {"link": "https://example.org/report.pdf"}


@pytest.fixture
def stage(db: None) -> SimpleNamespace:
    return sides()


def told(row: Obligation) -> list[str]:
    return list(Event.objects.about("obligation", row.public_id).values_list("name", flat=True))


def handed_in(stage: SimpleNamespace, row: Obligation, on: datetime.date = JUNE, **more: Any) -> Obligation:
    proof = {**LINK, "quantity": Decimal(2), **more}
    return actions.submit_obligation(row, by=stage.people[0], at=noon(on), evidence=[proof])


def test_each_party_that_owes_a_term_has_one_obligation_from_the_last_signature_on(stage: SimpleNamespace) -> None:
    agreement = agree(
        stage, promise(stage), promise(stage, "deed", None, None, quantity=None, due_on=None, unit="yes_no")
    )
    rows = Obligation.objects.filter(agreement=agreement).order_by("pk")
    a, b = stage.houses
    assert [(row.kind.code, row.responsible, row.beneficiary, row.quantity, row.due_on) for row in rows] == [
        ("events", a, b, Decimal(2), DUE), ("deed", a, None, None, END), ("deed", b, None, None, END),
    ]  # fmt: skip
    assert {row.status for row in rows} == {"open"}
    assert all(told(row) == ["generate"] for row in rows)
    keys = set(agreement.concluded.terms.values_list("key", flat=True))
    assert {row.term_key for row in rows} == keys


def test_a_proposal_owes_nothing_and_an_agreement_without_an_end_has_promises_without_a_day(
    stage: SimpleNamespace,
) -> None:
    agreement = agree(stage, promise(stage, due_on=None), ends_on=None)
    assert owed(agreement).due_on is None
    revising.amend_agreement(agreement, by=stage.people[0], at=noon(MARCH), title="Other")
    assert Obligation.objects.count() == 1


def test_an_amendment_keeps_what_is_fulfilled_changes_what_is_open_and_cancels_what_went(
    stage: SimpleNamespace,
) -> None:
    agreement = agree(stage, *(promise(stage, "materials", due_on=DUE + place * DAY) for place in range(4)))
    first, second, third, fourth = Obligation.objects.filter(agreement=agreement).order_by("due_on")
    actions.accept_obligation(handed_in(stage, first), by=stage.people[1], at=noon(JUNE))
    handed_in(stage, fourth)
    terms = [
        {**promise(stage, "materials", quantity=Decimal(9)), "key": first.term_key},
        {**promise(stage, "materials", quantity=Decimal(5), due_on=END), "key": second.term_key},
        promise(stage, "events"),
    ]
    revising.amend_agreement(agreement, by=stage.people[0], at=noon(JUNE), terms=terms)
    sign_all(stage, agreement, JUNE)
    rows = {row.pk: row for row in Obligation.objects.filter(agreement=agreement)}
    assert [(rows[row.pk].status, rows[row.pk].quantity) for row in (first, second, third, fourth)] == [
        ("fulfilled", 2), ("open", 5), ("cancelled", 2), ("submitted", 2),
    ]  # fmt: skip
    assert rows[second.pk].due_on == END and told(second)[-1] == "reset"
    assert {row.kind.code for row in rows.values() if row.pk > fourth.pk} == {"events"}


def test_a_term_that_comes_back_opens_its_obligation_again(stage: SimpleNamespace) -> None:
    agreement = agree(stage, promise(stage), promise(stage, "materials"))
    gone = owed(agreement, kind__code="materials")
    revising.amend_agreement(agreement, by=stage.people[0], at=noon(MARCH), terms=[promise(stage)])
    agreement = sign_all(stage, agreement, MARCH)
    assert owed(agreement, pk=gone.pk).status == "cancelled"
    back = [promise(stage), {**promise(stage, "materials"), "key": gone.term_key}]
    revising.amend_agreement(agreement, by=stage.people[0], at=noon(JUNE), terms=back)
    sign_all(stage, agreement, JUNE)
    assert owed(agreement, pk=gone.pk).status == "open" and told(gone)[-1] == "revive"


def test_nothing_is_handed_in_without_evidence_nor_accepted_below_what_was_promised(stage: SimpleNamespace) -> None:
    row = owed(agree(stage, promise(stage, "materials")))
    a, b = stage.people
    with pytest.raises(Unmet):
        actions.submit_obligation(row, by=a, at=noon(MARCH))
    handed_in(stage, row, quantity=Decimal(1))
    with pytest.raises(PermissionDenied):
        actions.accept_obligation(row, by=a, at=noon(MARCH))
    with pytest.raises(Unmet) as refused:
        actions.accept_obligation(row, by=b, at=noon(MARCH))
    assert [each.code for each in refused.value.conditions] == ["not_covered"]
    actions.return_obligation(row, by=b, at=noon(MARCH), reason="One is missing")
    actions.submit_obligation(row, by=a, at=noon(DUE + DAY), evidence=[{"link": "https://example.org/second.pdf"}])
    actions.accept_obligation(row, by=b, at=noon(DUE + 2 * DAY))
    assert (row.status, row.delivered_on) == ("fulfilled", DUE + DAY)
    assert set(row.evidence.values_list("state", flat=True)) == {"accepted"}
    with pytest.raises(WrongStatus):
        actions.add_evidence(row, by=a, at=noon(JUNE), **LINK)


def test_only_one_thing_is_one_piece_of_evidence_and_files_are_what_they_say(stage: SimpleNamespace) -> None:
    row = owed(agree(stage, promise(stage, "materials")))
    wrong: list[dict[str, Any]] = [
        {}, {**LINK, "file": ("a.pdf", b"%PDF-1")}, {"file": ("a.pdf", b"MZ")}, {"file": ("a.exe", b"MZ")},
        {"subject_type": "activity", "subject": "0" * 26}, {"subject_type": "nothing", "subject": "0" * 26},
    ]  # fmt: skip
    for each in wrong:
        with pytest.raises(ValidationError):
            actions.add_evidence(row, by=stage.people[0], at=noon(MARCH), **each)
    kept = actions.add_evidence(row, by=stage.people[0], at=noon(MARCH), file=("C:\\my\\plan.pdf", b"%PDF-1.7"))
    assert kept.file_name == "plan.pdf" and len(kept.file_sha256) == 64
    with pytest.raises(PermissionDenied):
        actions.drop_evidence(kept, by=stage.people[1], at=noon(MARCH))
    actions.drop_evidence(kept, by=stage.people[0], at=noon(MARCH))
    assert not row.evidence.exists()


def test_the_other_side_may_do_without_it(stage: SimpleNamespace) -> None:
    row = owed(agree(stage, promise(stage)))
    with pytest.raises(ValidationError):
        actions.waive_obligation(row, by=stage.people[1], at=noon(MARCH), reason=" ")
    actions.waive_obligation(row, by=stage.people[1], at=noon(MARCH), reason="Not needed now")
    assert row.status == "waived"


def pause(stage: SimpleNamespace, agreement: Agreement, first: datetime.date, until: datetime.date | None) -> Agreement:
    revising.propose_suspension(agreement, by=stage.people[0], at=noon(first), reason="Repair", document="Order 1")
    agreement = sign_all(stage, agreement, first)
    if until is None:
        return agreement
    revising.propose_resumption(agreement, by=stage.people[0], at=noon(until), reason="Repaired")
    return sign_all(stage, agreement, until)


def test_a_pause_moves_what_was_not_due_yet_and_stops_the_count_of_what_was_late(stage: SimpleNamespace) -> None:
    early = JUNE - 10 * DAY
    agreement = agree(stage, promise(stage, due_on=early), promise(stage), promise(stage, due_on=END))
    agreement = pause(stage, agreement, JUNE, None)
    assert list(Obligation.objects.overdue_on(JUNE + 90 * DAY)) == [owed(agreement, due_on=early)]
    assert days_late(owed(agreement, due_on=early), JUNE + 15 * DAY) == 9
    revising.propose_resumption(agreement, by=stage.people[0], at=noon(JUNE + 20 * DAY), reason="Repaired")
    agreement = sign_all(stage, agreement, JUNE + 20 * DAY)
    rows = Obligation.objects.filter(agreement=agreement).order_by("due_on")
    assert [(row.due_on, row.late_after) for row in rows] == [
        (early, early + 20 * DAY), (DUE + 20 * DAY, DUE + 20 * DAY), (END, END),
    ]  # fmt: skip
    assert days_late(rows[0], JUNE + 20 * DAY) == 10


def test_what_a_pause_moved_stays_moved_when_other_words_change(stage: SimpleNamespace) -> None:
    agreement = pause(stage, agree(stage, promise(stage)), MARCH, MARCH + 7 * DAY)
    row = owed(agreement)
    terms = [{**promise(stage, quantity=Decimal(3)), "key": row.term_key}]
    revising.amend_agreement(agreement, by=stage.people[0], at=noon(JUNE), terms=terms)
    sign_all(stage, agreement, JUNE)
    assert (owed(agreement).quantity, owed(agreement).due_on) == (3, DUE + 7 * DAY)


def test_after_an_early_end_later_ones_are_cancelled_and_earlier_ones_stay_overdue(stage: SimpleNamespace) -> None:
    agreement = agree(stage, promise(stage, due_on=MARCH), promise(stage, due_on=JUNE), promise(stage, due_on=None))
    handed = owed(agreement, due_on=END)
    handed_in(stage, handed, MARCH)
    revising.propose_termination(agreement, by=stage.people[0], at=noon(JUNE), reason="Done", effective_on=JUNE)
    agreement = sign_all(stage, agreement, JUNE)
    assert agreement.status == "terminated"
    assert statuses(agreement) == ["open", "cancelled", "submitted"]
    assert state_of(owed(agreement, due_on=MARCH), JUNE) == "overdue"
    actions.return_obligation(owed(agreement, pk=handed.pk), by=stage.people[1], at=noon(JUNE), reason="Not this")
    assert owed(agreement, pk=handed.pk).status == "cancelled"
    revising.propose_reinstatement(agreement, by=stage.people[0], at=noon(JUNE + DAY), reason="We go on")
    sign_all(stage, agreement, JUNE + DAY)
    assert statuses(agreement) == ["open", "open", "open"]


def test_on_its_last_day_everything_that_was_due_stays_owed(stage: SimpleNamespace) -> None:
    agreement = agree(stage, promise(stage, due_on=None), promise(stage, due_on=END + DAY), ends_on=END)
    agreement = days_pass(agreement, END + DAY)
    assert agreement.status == "ended" and statuses(agreement) == ["open", "cancelled"]


def test_a_pause_that_lasts_to_the_end_stops_the_clocks_up_to_it(stage: SimpleNamespace) -> None:
    agreement = agree(stage, promise(stage), promise(stage, "materials", due_on=MARCH))
    agreement = days_pass(pause(stage, agreement, JUNE, None), END + DAY)
    assert agreement.status == "ended"
    assert (owed(agreement, kind__code="events").due_on, owed(agreement, kind__code="events").status) == (END, "open")
    assert days_late(owed(agreement, kind__code="materials"), END + DAY) == (JUNE - MARCH).days


def test_a_renewal_moves_what_is_due_on_the_last_day(stage: SimpleNamespace) -> None:
    agreement = agree(
        stage, promise(stage), promise(stage, due_on=None), ends_on=JUNE, renewal="automatic", renewal_months=12
    )
    agreement = days_pass(agreement, JUNE)
    assert agreement.ends_on == datetime.date(2027, 6, 1)
    assert [row.due_on for row in Obligation.objects.order_by("due_on")] == [DUE, datetime.date(2027, 6, 1)]


def test_who_leaves_owes_and_is_owed_nothing_more(db: None) -> None:
    stage = sides(3)
    later = promise(stage, due_on=END)
    agreement = agree(
        stage, later, promise(stage, gives=1, takes=2, due_on=END), promise(stage, due_on=MARCH), survives_exit=True
    )
    leaving.give_notice(
        agreement, by=stage.people[0], at=noon(JUNE), effective_on=JUNE, document="Letter", reason="We go"
    )
    agreement = days_pass(agreement, JUNE)
    assert agreement.status == "in_force"
    assert statuses(agreement) == ["open", "cancelled", "open"]


def test_what_is_fulfilled_keeps_an_agreement_from_being_annulled(stage: SimpleNamespace) -> None:
    agreement = agree(stage, promise(stage, "materials"))
    actions.accept_obligation(handed_in(stage, owed(agreement)), by=stage.people[1], at=noon(JUNE))
    with pytest.raises(Unmet) as refused:
        revising.propose_annulment(agreement, by=stage.people[0], at=noon(JUNE), reason="Never meant")
    assert [each.code for each in refused.value.conditions] == ["obligation_fulfilled"]


@pytest.mark.parametrize(("late", "steps"), [(0, []), (1, [1]), (6, [1]), (7, [1, 7]), (29, [1, 7]), (30, [1, 7, 30])])
def test_lateness_is_told_once_a_step(stage: SimpleNamespace, late: int, steps: list[int]) -> None:
    row = owed(agree(stage, promise(stage)))
    for day in range(late + 1):
        for _twice in range(2):
            remind(DUE + day * DAY, at=noon(DUE + day * DAY))
    events = Event.objects.about("obligation", row.public_id).filter(name="overdue")
    assert [event.detail["days"] for event in events] == steps


def test_of_steps_that_were_missed_the_last_is_told_and_a_suspended_agreement_waits(stage: SimpleNamespace) -> None:
    row = owed(agree(stage, promise(stage)))
    remind(DUE + 40 * DAY, at=noon(DUE + 40 * DAY))
    events = Event.objects.about("obligation", row.public_id).filter(name="overdue")
    assert [event.detail["days"] for event in events] == [30]
    other = pause(stage, agree(stage, promise(stage)), MARCH, None)
    assert remind(DUE + 40 * DAY, at=noon(DUE + 40 * DAY)) == 0 and owed(other).told_days == 0


@pytest.mark.parametrize(("late", "worked", "expected"), [
    (30, 10, "active"), (31, 10, "at_risk"), (31, 100, "at_risk"), (31, 200, "dormant"), (31, None, "dormant"),
])  # fmt: skip
def test_an_obligation_late_by_more_than_thirty_days_puts_the_agreement_at_risk(
    stage: SimpleNamespace, late: int, worked: int | None, expected: str
) -> None:
    agreement = agree(stage, promise(stage, quantity=Decimal(50)))
    on = DUE + late * DAY
    if worked is not None:
        work(stage, agreement, on - worked * DAY)
    assert living_status(Agreement.objects.get(pk=agreement.pk), on) == expected


def test_agreements_concluded_before_get_their_obligations_by_the_calendar(stage: SimpleNamespace) -> None:
    agreement = agree(stage, promise(stage))
    work(stage, agreement, MARCH)
    work(stage, agreement, JUNE)
    row = owed(agreement)
    for proof in row.evidence.all():
        assert proof.state == "accepted"
    Obligation.objects.filter(pk=row.pk).update(told_days=0)
    assert make_missing(at=noon(JUNE)) == 0
    other = agree(stage, promise(stage))
    Obligation.objects.filter(agreement=other).delete()
    assert make_missing(at=noon(JUNE)) == 1 and owed(other).status == "open"


def test_what_was_promised_stands_beside_what_was_done(stage: SimpleNamespace) -> None:
    agreement = agree(stage, promise(stage), promise(stage, "materials", due_on=END))
    work(stage, agreement, MARCH)
    first, second = promised_and_done(agreement, DUE + 3 * DAY)
    assert {name: first[name] for name in ("promised", "done", "due_on", "state")} == {
        "promised": 2, "done": 1, "due_on": DUE, "state": "overdue",
    }  # fmt: skip
    assert (second["done"], second["state"], second["share"]) == (0, "upcoming", 0)
    assert first["from"] and first["to"] and first["what"] and first["share"] == 50
