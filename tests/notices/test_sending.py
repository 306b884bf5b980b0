"""The outbox of notices: bundled, cancelled by reading, tried again, and once under one name."""

import datetime
import random
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings

from accounts.clock import now
from accounts.models import User
from cooperation.agreements import actions as agreements
from cooperation.agreements.models import Agreement
from exchange.notices.actions import read_notices
from exchange.notices.models import Channel, Notice, NoticeKind, Sending
from exchange.notices.rules import due_at
from exchange.notices.sending import NotSent, Shut, send_due
from exchange.notices.telling import the_book
from exchange.notices.wording import message_of
from lifecycle.models import Event
from tests.factories import a_notice

pytestmark = pytest.mark.django_db
Mail = Callable[[], list[str]]


def queued(notice: Notice, **fields: Any) -> Sending:
    """The notice in the outbox, due now."""
    values = {"channel": "email", "next_at": now(), **fields}
    return Sending.objects.create(notice=notice, recipient=notice.recipient, **values)


def test_a_turn_is_written_at_once_with_one_line_and_one_link(
    proposed: Agreement, tell: Callable[[], None], send: Callable[[], int], mail: Mail, partner_admin: User
) -> None:
    tell()
    assert send() >= 1
    [text] = [each for each in mail() if f"To: {partner_admin.email}" in each]
    assert proposed.number in text
    assert text.count("http://") == 1
    assert f"/agreements/{proposed.public_id}/" in text
    assert send() == 0


def test_what_was_read_in_the_app_is_not_sent(
    proposed: Agreement,
    tell: Callable[[], None],
    send: Callable[[], int],
    mail: Mail,
    partner_admin: User,
    page_of: Any,
) -> None:
    tell()
    assert page_of(partner_admin).get(f"/en/agreements/{proposed.public_id}/").status_code == 200
    assert Notice.objects.get(recipient=partner_admin).read_at is not None
    send()
    assert not [each for each in mail() if partner_admin.email in each]
    assert Sending.objects.get(recipient=partner_admin).state == "cancelled"


def test_a_turn_that_has_passed_is_not_announced(
    proposed: Agreement, tell: Callable[[], None], send: Callable[[], int], partner_admin: User, institution_admin: User
) -> None:
    tell()
    agreements.withdraw_agreement(proposed, by=institution_admin, at=now(), reason="A mistake")
    send()
    assert Sending.objects.get(recipient=partner_admin, notice__kind="your_turn").state == "cancelled"


def test_everything_due_leaves_in_one_message_with_a_line_each(
    stranger: User, send: Callable[[], int], mail: Mail
) -> None:
    for number in range(4):
        queued(a_notice(stranger, "partner_acted", telling="agreement.concluded", values={"number": f"SH-{number}"}))
    assert send() == 1
    [text] = mail()
    assert all(f"SH-{number}" in text for number in range(4))


def test_nothing_leaves_in_quiet_hours(
    stranger: User, send: Callable[[], int], mail: Mail, time_machine_at: Callable[..., Any]
) -> None:
    queued(a_notice(stranger, "security", telling="people.password_changed"))
    for hours in (6, 16, 24, 40):  # 20:00 on Saturday, 6:00, 14:00 on Sunday, 6:00 on Monday
        with time_machine_at(hours=hours):
            assert send() == 0
    with time_machine_at(hours=43):
        assert send() == 1


def test_the_fourth_turn_of_a_day_waits_for_the_digest(
    stranger: User, send: Callable[[], int], mail: Mail, time_machine_at: Callable[..., Any]
) -> None:
    def a_turn() -> None:
        queued(a_notice(stranger, "your_turn", telling="people.token_made"))

    for minutes in range(3):
        with time_machine_at(minutes=minutes):
            a_turn()
            assert send() == 1
    for minutes in (10, 20):
        with time_machine_at(minutes=minutes):
            a_turn()
            assert send() == 0
    assert len(mail()) == 3
    with time_machine_at(hours=43):
        assert send() == 1
    assert not Sending.objects.filter(state="waiting").exists()


def test_a_worker_that_dies_after_sending_sends_the_same_message_again_under_the_same_name(
    stranger: User, mail: Mail, monkeypatch: pytest.MonkeyPatch, send: Callable[[], int], time_machine_at: Any
) -> None:
    for _each in range(3):
        queued(a_notice(stranger, "partner_acted", telling="people.token_made"))

    class Killed(BaseException):
        pass

    def die(point: str) -> None:
        if point == "after_send_before_mark":
            raise Killed

    monkeypatch.setattr("exchange.notices.sending.fault", die)
    with pytest.raises(Killed):
        send()
    monkeypatch.undo()
    queued(a_notice(stranger, "partner_acted", telling="people.password_changed"))
    names = set()
    with time_machine_at(seconds=10):
        assert send() == 1  # only the new one: the others are leased
    with time_machine_at(seconds=46):
        assert send() == 1
    for text in mail():
        names.update(re.findall(r"^Message-ID: (<.*>)$", text, re.MULTILINE))
    assert len(mail()) == 3 and len(names) == 2
    assert set(Sending.objects.values_list("state", flat=True)) == {"sent"}


def test_a_mail_server_that_is_away_is_tried_again_and_given_up_at_last(
    stranger: User, time_machine_at: Callable[..., Any]
) -> None:
    queued(a_notice(stranger, "security", telling="people.password_changed"))
    tries = []

    def away(parcel: Any, at: datetime.datetime) -> None:
        tries.append(parcel.bundle)
        raise NotSent("away")

    for hours in (0, 0.02, 0.2, 0.8, 3, 44, 46, 60):
        with time_machine_at(hours=hours):
            send_due({Channel.EMAIL: away}, now, the_book())
    assert len(tries) == 6 and len(set(tries)) == 1
    assert Sending.objects.get().state == "failed"


def test_a_stopped_bot_falls_back_to_mail(stranger: User, send: Callable[[], int], mail: Mail) -> None:
    queued(a_notice(stranger, "security", telling="people.password_changed"), channel="telegram")

    def shut(parcel: Any, at: datetime.datetime) -> None:
        raise Shut("blocked")

    send_due({Channel.TELEGRAM: shut}, now, the_book())
    assert send() == 1
    assert [(each.channel, each.state) for each in Sending.objects.order_by("pk")] == [
        ("telegram", "failed"),
        ("email", "sent"),
    ]


def test_reading_is_ones_own_only(stranger: User, teacher: User) -> None:
    notice = a_notice(stranger)
    assert read_notices([notice.pk], by=teacher, at=now()) == 0
    assert read_notices([notice.pk], by=stranger, at=now()) == 1


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_each_line_is_one_short_sentence_without_personal_data_in_the_receivers_language(
    stranger: User, language: str
) -> None:
    stranger.language = language
    names = {"en": "Alpha school", "uz": "Alfa maktabi", "ru": "Школа Альфа"}
    for code, telling in the_book().by_code.items():
        notice = Notice(telling=code, subject_id="0" * 26, values={"number": "SH-1", "partner": names, "house": names})
        message = message_of([notice], stranger, the_book())
        [line] = message.lines
        assert "%" not in line and "\n" not in line and len(line) < 160, line
        assert stranger.name not in line and stranger.email not in line
        assert f"/{language}/" in message.address, code
        assert telling.kind in NoticeKind.values


def test_no_more_than_three_messages_a_day_reach_a_person_in_a_busy_month(
    stranger: User, time_machine_at: Callable[..., Any]
) -> None:
    """Thirty days of 0 to 40 acts a day, at all hours, of all kinds; the tick runs every half hour."""
    chance = random.Random(7)  # noqa: S311
    left: list[datetime.datetime] = []
    codes = {"your_turn": "people.token_made", "security": "people.password_changed"}
    for half_hour in range(30 * 48):
        with time_machine_at(minutes=30 * half_hour):
            for _each in range(chance.choice((0, 0, 0, 1, 2))):
                kind = chance.choices(list(NoticeKind), [6, 6, 2, 2, 6, 2, 2, 2, 0.05])[0]
                event = Event.objects.create(subject_type="t", subject_id="1", name="x", happened_at=now())
                notice = Notice.objects.create(
                    event=event, recipient=stranger, kind=kind, telling=codes.get(kind, "people.token_made"),
                    subject_type="t", subject_id="1", happened_at=now(),
                )  # fmt: skip
                queued(notice, next_at=due_at(the_book().calendar, now(), kind))
            send_due({Channel.EMAIL: lambda parcel, at: left.append(at)}, now, the_book())
    calendar = the_book().calendar
    assert len(left) > 30
    assert not [at for at in left if calendar.is_quiet(at)]
    days = [calendar.local(at).date() for at in left]
    counts = sorted(days.count(day) for day in set(days))
    assert counts[int(len(counts) * 0.95)] <= 3
