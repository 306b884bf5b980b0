"""Who is told what: parties of an agreement, the owner of a job, the applicant, the owner of a credential."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.clock import now
from accounts.models import User
from cooperation.agreements import actions
from cooperation.agreements.models import Agreement
from exchange.notices.actions import note_events
from exchange.notices.models import Notice, Sending
from exchange.notices.telling import the_book
from institutions.people.keys import change_password
from lifecycle.models import Event
from tests.cooperation.conftest import sign
from tests.factories import a_member, a_signatory

pytestmark = pytest.mark.django_db
Tell = Callable[[], None]


def told(user: User) -> list[str]:
    return list(Notice.objects.filter(recipient=user).order_by("pk").values_list("telling", flat=True))


def test_a_proposal_is_the_turn_of_those_who_answer_for_the_partner(
    proposed: Agreement, tell: Tell, partner_admin: User, teacher: User, employer: User, foreign_admin: User
) -> None:
    tell()
    assert told(partner_admin) == ["agreement.turn"]
    notice = Notice.objects.get(recipient=partner_admin)
    assert (notice.kind, notice.subject_id) == ("your_turn", proposed.public_id)
    for other in (teacher, employer, foreign_admin):
        assert told(other) == []


def test_who_acted_is_not_told_of_it_but_a_colleague_whose_signature_is_awaited_is(
    proposed: Agreement, tell: Tell, institution_admin: User, world: Any
) -> None:
    director = a_member("teacher", world.a)
    a_signatory(director, world.a)
    tell()
    assert told(institution_admin) == []
    assert told(director) == ["agreement.turn"]


def test_a_signature_is_told_to_those_who_signed_and_the_last_one_to_all_others(
    proposed: Agreement, tell: Tell, institution_admin: User, partner_admin: User
) -> None:
    sign(proposed, institution_admin)
    tell()
    assert told(partner_admin) == ["agreement.turn"]
    sign(proposed, partner_admin)
    tell()
    assert told(institution_admin) == ["agreement.concluded"]
    assert told(partner_admin) == ["agreement.turn"]


@pytest.mark.parametrize("first", ["institution_admin", "partner_admin"])
def test_a_refusal_is_told_to_the_other_side_with_the_partners_name(
    proposed: Agreement, tell: Tell, institution_admin: User, partner_admin: User, first: str
) -> None:
    tell()
    if first == "partner_admin":
        actions.decline_agreement(proposed, by=partner_admin, at=now(), reason="Not like this")
        side, line = institution_admin, "agreement.declined"
    else:
        actions.withdraw_agreement(proposed, by=institution_admin, at=now(), reason="Not now")
        side, line = partner_admin, "agreement.withdrawn"
    tell()
    notice = Notice.objects.get(recipient=side, telling=line)
    assert notice.kind == "partner_acted"
    assert notice.values["partner"]["en"] in ("Alpha school", "Beta university")
    assert "Not" not in str(notice.values)


def test_the_same_act_read_twice_is_told_once(proposed: Agreement, partner_admin: User) -> None:
    events = list(Event.objects.order_by("pk"))
    for _again in range(2):
        note_events(events, at=now(), book=the_book())
    assert Notice.objects.filter(recipient=partner_admin).count() == 1
    assert Sending.objects.filter(recipient=partner_admin).count() == 1


def test_an_act_of_yesterday_is_told_by_the_bell_alone_and_one_of_last_year_not_at_all(
    proposed: Agreement, partner_admin: User, time_machine_at: Callable[..., Any]
) -> None:
    events = list(Event.objects.order_by("pk"))
    with time_machine_at(days=31):
        note_events(events, at=now(), book=the_book())
    assert not Notice.objects.exists()
    with time_machine_at(days=2):
        note_events(events, at=now(), book=the_book())
    assert Notice.objects.filter(recipient=partner_admin).count() == 1
    assert not Sending.objects.exists()


def test_a_changed_password_is_told_to_its_owner(stranger: User, tell: Tell) -> None:
    change_password(stranger, "another good long passphrase", at=now())
    tell()
    assert Notice.objects.get(recipient=stranger).kind == "security"


def test_a_program_and_a_closed_account_are_told_nothing(proposed: Agreement, partner_admin: User, tell: Tell) -> None:
    User.objects.filter(pk=partner_admin.pk).update(is_active=False)
    tell()
    assert not Notice.objects.exists()


def test_no_line_asks_an_act_of_a_teacher(proposed: Agreement, teacher: User, tell: Tell) -> None:
    tell()
    assert told(teacher) == []


def test_every_line_of_the_table_has_words_a_button_and_a_page() -> None:
    book = the_book()
    assert len(book.by_code) >= 10
    for code, telling in book.by_code.items():
        assert code.count(".") == 1 and str(telling.line) and str(telling.button), code
    assert sum(len(lines) for lines in book.table.values()) >= len(book.by_code)
