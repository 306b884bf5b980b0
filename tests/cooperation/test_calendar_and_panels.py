"""The task that follows the calendar, and the block on an institution's page."""

import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from cooperation.agreements import actions
from cooperation.agreements.models import Agreement, AgreementParty
from cooperation.agreements.panels import of_institution
from cooperation.agreements.tasks import move_by_date
from lifecycle.models import Event
from tests.cooperation.conftest import sign

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 21)


def test_the_task_starts_and_ends_by_the_date_it_is_given(
    make: Any, institution_admin: User, partner_admin: User
) -> None:
    start, end = datetime.date(2027, 1, 10), datetime.date(2027, 6, 30)
    made = actions.propose_agreement(make(starts_on=start, ends_on=end), by=institution_admin, at=timezone.now())
    sign(made, institution_admin)
    sign(made, partner_admin)
    for on, status in (
        ("", "concluded"),
        ("2027-01-10", "in_force"),
        ("2027-06-30", "in_force"),
        ("2027-07-01", "ended"),
    ):
        move_by_date(on)
        made.refresh_from_db()
        assert made.status == status, on
    counted = AgreementParty.objects.filter(agreement=made).values_list("valid", flat=True)
    assert {(span.lower, span.upper) for span in counted} == {(start, datetime.date(2027, 7, 1))}


def test_one_late_run_gives_what_timely_ones_would_have_given(
    make: Any, institution_admin: User, partner_admin: User
) -> None:
    start, end = datetime.date(2027, 1, 10), datetime.date(2027, 6, 30)
    made = actions.propose_agreement(make(starts_on=start, ends_on=end), by=institution_admin, at=timezone.now())
    sign(made, institution_admin)
    sign(made, partner_admin)
    move_by_date("2028-01-01")
    move_by_date("2028-01-01")
    made.refresh_from_db()
    assert (made.status, made.in_force_from, made.in_force_until) == ("ended", start, datetime.date(2027, 7, 1))
    names = list(Event.objects.about("agreement", made.public_id).values_list("name", flat=True))
    assert names[-2:] == ["start", "end"]


def test_an_agreement_without_an_end_does_not_end(make: Any, institution_admin: User, partner_admin: User) -> None:
    made = actions.propose_agreement(make(ends_on=None), by=institution_admin, at=timezone.now())
    sign(made, institution_admin)
    sign(made, partner_admin)
    move_by_date("2090-01-01")
    made.refresh_from_db()
    assert (made.status, made.in_force_until) == ("in_force", None)


def test_signed_after_its_last_day_it_was_never_in_force(
    make: Any, institution_admin: User, partner_admin: User
) -> None:
    past = make(starts_on=datetime.date(2025, 9, 1), ends_on=datetime.date(2026, 6, 30))
    actions.propose_agreement(past, by=institution_admin, at=timezone.now())
    sign(past, institution_admin)
    assert sign(past, partner_admin).status == "ended"
    for day in (datetime.date(2026, 1, 1), datetime.date(2026, 6, 30), TODAY):
        assert not Agreement.objects.in_force_on(day).exists()


def test_the_page_of_an_institution_lists_what_its_reader_may_see(
    concluded: Agreement, make: Any, world: SimpleNamespace, request: Any
) -> None:
    partner_admin, foreign_admin, teacher = map(request.getfixturevalue, ("partner_admin", "foreign_admin", "teacher"))
    make()
    shown = of_institution(partner_admin, world.a, TODAY)
    assert shown is not None
    assert [row["agreement"] for row in shown["rows"]] == [concluded]
    assert shown["in_force"] == 1
    assert of_institution(foreign_admin, world.a, TODAY) is None
    assert of_institution(teacher, world.b, TODAY) is not None


def test_the_block_stands_on_the_page(
    page_of: Any, concluded: Agreement, world: SimpleNamespace, institution_admin: User
) -> None:
    page = page_of(institution_admin).get(f"/en/institutions/{world.a.public_id}/").content.decode()
    assert concluded.number in page
    assert "1 agreement in force" in page
