"""Confirmed joint work closes obligations without any entry, each piece once, and opens them again when it is not verified."""

import datetime
import random
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from cooperation.activities import actions as activities
from cooperation.activities.models import Activity
from cooperation.agreements.models import Agreement
from cooperation.agreements.standing import living_status
from cooperation.obligations import actions
from cooperation.obligations.indicators import first_due, in_time
from cooperation.obligations.models import Evidence, Obligation
from lifecycle.models import Event
from quality.catalogue.declared import Span
from tests.conftest import NIGHTLY
from tests.cooperation.concluded import noon
from tests.cooperation.owing import DUE, END, START, agree, confirm, log, owed, promise, sides, statuses, work
from tests.factories import a_term

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
MARCH, JUNE = datetime.date(2026, 3, 1), datetime.date(2026, 6, 1)


@pytest.fixture
def stage(db: None) -> SimpleNamespace:
    return sides()


def counted(first: datetime.date, last: datetime.date, day: datetime.date | None = None) -> tuple[int, int]:
    """AGR.01 of a period: delivered on time, of all."""
    rows = list(in_time(Span(first, last, day or last)))
    return sum(row["numerator"] for row in rows), sum(row["denominator"] for row in rows)


def pupils(number: int) -> dict[Any, int]:
    return {a_term("participant_category", "pupils"): number}


def test_confirmed_work_fulfils_what_was_promised_and_nobody_enters_anything(stage: SimpleNamespace) -> None:
    agreement = agree(stage, promise(stage))
    work(stage, agreement, MARCH)
    waits = log(stage, agreement, JUNE)
    assert owed(agreement).status == "open"
    confirm(stage, waits)
    row = owed(agreement)
    assert (row.status, row.delivered_on) == ("fulfilled", JUNE)
    assert [(proof.quantity, proof.submitted_by) for proof in row.evidence.all()] == [(1, None), (1, None)]
    last = Event.objects.about("obligation", row.public_id).last()
    assert last is not None and (last.name, last.actor) == ("cover", None)


@pytest.mark.parametrize(("kind", "given", "expected"), [
    ("events", {}, "fulfilled"), ("hours", {"hours": Decimal(2)}, "fulfilled"), ("hours", {"hours": Decimal(1)}, "open"),
    ("hours", {}, "open"), ("people", {"people": 2}, "fulfilled"), ("people", {"people": 1}, "open"),
    ("services", {"form": "F39"}, "fulfilled"), ("services", {}, "open"), ("materials", {}, "open"), ("places", {}, "open"),
])  # fmt: skip
def test_what_is_counted_follows_the_kind_of_the_promise(
    stage: SimpleNamespace, kind: str, given: dict[str, Any], expected: str
) -> None:
    each = 1 if kind in ("events", "services", "materials", "places") else 2
    agreement = agree(stage, promise(stage, kind, quantity=Decimal(each)))
    told: dict[str, Any] = {"hours": given.get("hours")}
    if "people" in given:
        told["counts"] = pupils(given["people"])
    if "form" in given:
        told["form"] = a_term("cooperation_form", given["form"])
    work(stage, agreement, MARCH, **told)
    assert owed(agreement).status == expected


def test_work_counts_only_in_its_form_under_its_agreement_and_when_both_sides_stand_by_it(db: None) -> None:
    stage = sides(3)
    agreement = agree(stage, promise(stage, quantity=Decimal(1), form="F39"))
    other = agree(stage, promise(stage, quantity=Decimal(1), gives=2, takes=1))
    work(stage, agreement, MARCH)  # of another form
    work(stage, None, MARCH, form=a_term("cooperation_form", "F39"))  # under no agreement
    third = log(stage, agreement, MARCH, form=a_term("cooperation_form", "F39"))
    confirm(stage, third, who=2)  # not by whom it is owed to
    assert statuses(agreement) == ["open"] and statuses(other) == ["open"]
    confirm(stage, third, who=1)
    assert statuses(agreement) == ["fulfilled"] and statuses(other) == ["open"]


def test_a_piece_of_work_is_counted_once_among_promises_of_one_kind_and_first_for_what_is_due_first(
    stage: SimpleNamespace,
) -> None:
    agreement = agree(stage, promise(stage, due_on=END), promise(stage))
    for day in range(3):
        work(stage, agreement, MARCH + day * DAY)
    assert statuses(agreement) == ["fulfilled", "open"]
    subjects = list(Evidence.objects.values_list("subject_id", flat=True))
    assert len(subjects) == len(set(subjects)) == 3


def test_the_order_of_confirmation_changes_nothing(stage: SimpleNamespace) -> None:
    agreement = agree(stage, promise(stage, quantity=Decimal(1)), promise(stage, quantity=Decimal(1), due_on=END))
    early, late = log(stage, agreement, MARCH), log(stage, agreement, DUE + 5 * DAY)
    confirm(stage, late)
    assert statuses(agreement) == ["fulfilled", "open"] and counted(START, END) == (0, 2)
    confirm(stage, early)
    assert statuses(agreement) == ["fulfilled", "fulfilled"] and counted(START, END) == (2, 2)


@pytest.mark.parametrize("act", ["dispute", "withdraw", "correct"])
def test_what_is_no_longer_verified_opens_the_obligation_again_and_both_are_told(
    stage: SimpleNamespace, act: str
) -> None:
    agreement = agree(stage, promise(stage, quantity=Decimal(1)))
    done = work(stage, agreement, MARCH)
    assert statuses(agreement) == ["fulfilled"]
    if act == "dispute":
        activities.dispute_activity(done, by=stage.people[1], at=noon(JUNE), reason="It was not so")
    elif act == "withdraw":
        activities.withdraw_activity(done, by=stage.teachers[0], at=noon(JUNE), reason="Entered twice")
    else:
        activities.correct_activity(
            done, by=stage.teachers[0], at=noon(JUNE), agreement=None, partners=stage.houses[1:]
        )
    row = owed(agreement)
    assert (row.status, row.delivered_on) == ("open", None)
    assert [proof.state for proof in row.evidence.all()] == ["void"]
    last = Event.objects.about("obligation", row.public_id).last()
    assert last is not None and last.name == "uncover"
    if act == "dispute":
        activities.confirm_activity(done, by=stage.people[1], at=noon(JUNE))
        assert statuses(agreement) == ["fulfilled"]


def test_joint_work_is_not_shown_by_hand_where_it_is_counted_by_itself(stage: SimpleNamespace) -> None:
    agreement = agree(stage, promise(stage), promise(stage, "training"))
    done = work(stage, agreement, MARCH)
    shown = {"subject_type": "activity", "subject": done.public_id}
    events, training = owed(agreement, kind__code="events"), owed(agreement, kind__code="training")
    with pytest.raises(ValidationError) as refused:
        actions.add_evidence(events, by=stage.people[0], at=noon(JUNE), **shown)
    assert list(refused.value.error_dict) == ["subject"]
    actions.submit_obligation(training, by=stage.people[0], at=noon(JUNE), evidence=[{**shown, "quantity": Decimal(2)}])
    actions.accept_obligation(training, by=stage.people[1], at=noon(JUNE))
    activities.dispute_activity(done, by=stage.people[1], at=noon(JUNE), reason="It was not so")
    assert owed(agreement, pk=training.pk).status == "open"


def test_what_is_handed_in_is_covered_without_an_answer_once_joint_work_suffices(stage: SimpleNamespace) -> None:
    agreement = agree(stage, promise(stage))
    row = owed(agreement)
    proof = {"link": "https://example.org/list", "quantity": Decimal(1)}
    actions.submit_obligation(row, by=stage.people[0], at=noon(MARCH), evidence=[proof])
    work(stage, agreement, MARCH)
    assert owed(agreement).status == "submitted"
    work(stage, agreement, JUNE)
    assert owed(agreement).status == "fulfilled"


def test_what_counts_on_time_is_what_was_logged_by_the_day_not_what_was_confirmed_by_it(stage: SimpleNamespace) -> None:
    agreement = agree(stage, promise(stage, quantity=Decimal(1)))
    confirm(stage, log(stage, agreement, DUE))
    assert counted(DUE, DUE) == (1, 1)
    late = agree(stage, promise(stage, quantity=Decimal(1)))
    work(stage, late, DUE, late=1)
    assert counted(DUE, DUE) == (1, 2)


def test_waived_ones_count_and_cancelled_ones_and_memoranda_do_not(stage: SimpleNamespace) -> None:
    row = owed(agree(stage, promise(stage)))
    agree(stage, promise(stage), kind=stage.memorandum)
    assert counted(START, DUE) == (0, 1) and counted(START, DUE, DUE - DAY) == (0, 0)
    actions.waive_obligation(row, by=stage.people[1], at=noon(MARCH), reason="Not needed")
    assert counted(START, DUE) == (0, 1)
    Obligation.objects.filter(agreement__kind=stage.kind).delete()
    assert counted(START, DUE) == (0, 0)


def test_a_change_counts_from_the_first_day_it_was_ever_due(stage: SimpleNamespace) -> None:
    row = owed(agree(stage, promise(stage)))
    assert first_due([row.public_id]) == DUE and first_due(["0" * 26]) is None


class ByHand:
    """A small model: what is verified, and what follows for two promises of events, one of hours, one of a manual."""

    def __init__(self, stage: SimpleNamespace) -> None:
        self.stage = stage
        self.agreement = agree(
            stage, promise(stage), promise(stage, due_on=DUE + 30 * DAY), promise(stage, "hours", quantity=Decimal(5)),
            promise(stage, "materials", quantity=Decimal(1)),
        )  # fmt: skip
        self.works: list[SimpleNamespace] = []
        self.manual, self.shown_on = "open", datetime.date.min

    def expected(self) -> list[tuple[str, str, datetime.date | None]]:
        """(kind, status, day) of each obligation, read piece by piece."""
        verified = sorted(
            (each for each in self.works if each.verified), key=lambda each: (each.logged, each.day, each.row.public_id)
        )
        used: set[int] = set()
        found: list[tuple[str, str, datetime.date | None]] = []
        for _first_then_second in range(2):
            mine = [each for each in verified if each.row.pk not in used][:2]
            used |= {each.row.pk for each in mine}
            found.append(("events", "fulfilled", mine[-1].logged) if len(mine) == 2 else ("events", "open", None))
        total, day = Decimal(0), None
        for each in verified:
            total += each.hours
            if total >= 5:
                day = each.logged
                break
        found.append(("hours", "fulfilled" if day else "open", day))
        manual = self.shown_on if self.manual == "fulfilled" else None
        return [*found, ("materials", self.manual, manual)]

    def act(self, chance: random.Random) -> None:
        """One thing that somebody does."""
        on = MARCH + chance.randrange(290) * DAY
        known = [each for each in self.works if each.row.status != "withdrawn"]
        doing = chance.choice(["work", "work", "work", "dispute", "again", "withdraw", "manual"])
        if doing == "work" or (doing != "manual" and not known):
            hours, late = Decimal(chance.randint(1, 3)), chance.randint(0, 4)
            row = work(self.stage, self.agreement, on, late=late, hours=hours)
            self.works.append(SimpleNamespace(row=row, day=on, logged=on + late * DAY, hours=hours, verified=True))
        elif doing == "manual":
            self.move_manual(chance, on)
        else:
            each = chance.choice(known)
            self.move(each, doing)

    def move(self, each: SimpleNamespace, doing: str) -> None:
        at, row = noon(END), Activity.objects.get(pk=each.row.pk)
        if doing == "dispute" and each.verified:
            each.row = activities.dispute_activity(row, by=self.stage.people[1], at=at, reason="Not so")
            each.verified = False
        elif doing == "again" and not each.verified:
            each.row = activities.confirm_activity(row, by=self.stage.people[1], at=at)
            each.verified = True
        elif doing == "withdraw":
            each.row = activities.withdraw_activity(row, by=self.stage.teachers[0], at=at, reason="Twice")
            each.verified = False

    def move_manual(self, chance: random.Random, on: datetime.date) -> None:
        row = owed(self.agreement, kind__code="materials")
        a, b = self.stage.people
        if self.manual in ("open", "returned"):
            link = f"https://example.org/{chance.random()}"
            self.shown_on = on if not row.evidence.exists() else min(on, self.shown_on)
            actions.submit_obligation(row, by=a, at=noon(on), evidence=[{"link": link}])
            self.manual = "submitted"
        elif self.manual == "submitted" and chance.random() < 0.5:
            actions.return_obligation(row, by=b, at=noon(on), reason="More")
            self.manual = "returned"
        elif self.manual == "submitted":
            actions.accept_obligation(row, by=b, at=noon(on))
            self.manual = "fulfilled"


@pytest.mark.parametrize("seed", range(20 if NIGHTLY else 3))
def test_whatever_happens_obligations_and_their_indicator_are_what_a_reading_by_hand_gives(
    stage: SimpleNamespace, seed: int
) -> None:
    chance, model = random.Random(seed), ByHand(stage)  # noqa: S311
    for _act in range(25):
        model.act(chance)
        rows = list(Obligation.objects.filter(agreement=model.agreement).select_related("kind").order_by("pk"))
        expected = model.expected()
        assert [(row.kind.code, row.status, row.delivered_on) for row in rows] == expected
        for last in (DUE - DAY, DUE, END):
            due = [(status, day, row.due_on) for row, (_kind, status, day) in zip(rows, expected, strict=True) if row.due_on <= last]  # fmt: skip
            good = [1 for status, day, by in due if status == "fulfilled" and day and day <= by]
            assert counted(START, last) == (len(good), len(due))


def test_flags_of_seeded_agreements_are_exactly_those_of_their_known_delivery(stage: SimpleNamespace) -> None:
    """M4: overdue, at risk and dormant: none is missed and none is by mistake."""
    on = datetime.date(2026, 11, 20)
    plans = [
        (due, promised, tuple(days))
        for due in (5, 30, 31, 200, -10)
        for promised in (1, 3)
        for days in ((), (10,), (95,), (185,), (10, 95, 185))
    ]
    flags: dict[str, set[int]] = {"overdue": set(), "at_risk": set(), "dormant": set()}
    wanted: dict[str, set[int]] = {"overdue": set(), "at_risk": set(), "dormant": set()}
    for due, promised, ago in plans:
        agreement = agree(stage, promise(stage, due_on=on - due * DAY, quantity=Decimal(promised)))
        for days in ago:
            work(stage, agreement, on - days * DAY)
        late = due if len(ago) < promised and due > 0 else 0
        last = min(ago, default=None)
        dormant = last is None or last > 180
        wanted["overdue"] |= {agreement.pk} if late else set()
        wanted["dormant"] |= {agreement.pk} if dormant else set()
        wanted["at_risk"] |= {agreement.pk} if not dormant and (late > 30 or last > 90) else set()
    for row in Agreement.objects.all():
        code = living_status(row, on)
        if code in flags:
            flags[code].add(row.pk)
    flags["overdue"] = set(Obligation.objects.overdue_on(on).values_list("agreement_id", flat=True))
    assert flags == wanted and all(wanted.values())
