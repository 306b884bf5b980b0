"""Joint work to confirm: bundled for the partner's administrator, confirmed with one tap, asked of no teacher."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from accounts.clock import now
from accounts.models import User
from cooperation.activities.actions import confirm_activity, correct_activity, dispute_activity, log_activity
from cooperation.activities.models import Activity, ActivityStatus
from exchange.notices.bot import listen, send_telegram
from exchange.notices.models import Channel, Notice, NoticeKind, Sending, TelegramLink
from exchange.notices.sending import send_due
from exchange.notices.telling import the_book
from institutions.registry.scope import Role
from tests.factories import a_member, a_term
from tests.notices.bot import TOKEN, FakeBot, serving

pytestmark = pytest.mark.django_db
Tell = Callable[[], None]
Log = Callable[..., Activity]


@pytest.fixture
def log(world: SimpleNamespace, teacher: User) -> Log:
    """A teacher of a logs joint work with b."""
    kind = a_term("activity_type", "open_lesson", form="F2")
    a_term("cooperation_form", "F2")

    def logged(**more: Any) -> Activity:
        values = {"type_": kind, "organiser": world.a, "partners": [world.b], **more}
        return log_activity(by=teacher, at=now(), **values)

    return logged


@pytest.fixture
def bot(settings: Any) -> Iterator[FakeBot]:
    fake = FakeBot()
    with serving(fake) as place:
        settings.TELEGRAM_TOKEN, settings.TELEGRAM_BOT = TOKEN, "hamkorlik_test_bot"
        settings.TELEGRAM_URL, settings.EGRESS_INSIDE = f"http://{place}", [place]
        yield fake


def told(user: User) -> list[str]:
    return list(Notice.objects.filter(recipient=user).order_by("pk").values_list("telling", flat=True))


def test_the_partners_administrator_is_asked_and_no_teacher_of_either_side(
    log: Log, tell: Tell, world: SimpleNamespace, partner_admin: User, institution_admin: User, teacher: User
) -> None:
    other = a_member("teacher", world.b)
    activity = log()
    tell()
    assert told(partner_admin) == ["activity.to_confirm"]
    assert [told(user) for user in (other, teacher, institution_admin)] == [[], [], []]
    confirm_activity(activity, by=partner_admin, at=now())
    tell()
    assert told(teacher) == ["activity.confirmed"]


def test_no_line_that_asks_for_an_act_reaches_somebody_who_is_a_teacher_only(
    log: Log, tell: Tell, world: SimpleNamespace, partner_admin: User, institution_admin: User
) -> None:
    a_member("teacher", world.b)
    a_member("coordinator", world.b)
    log()
    log(partners=[])
    tell()
    asking = (NoticeKind.YOUR_TURN, NoticeKind.TO_CONFIRM, NoticeKind.ASSIGNMENT, NoticeKind.OVERDUE)
    asked = Notice.objects.filter(kind__in=asking)
    assert {notice.recipient for notice in asked} == {partner_admin, institution_admin}
    for notice in asked:
        roles = set(notice.recipient.memberships.values_list("role", flat=True))
        assert Role.INSTITUTION_ADMIN in roles


def test_a_days_joint_work_comes_as_one_message_in_the_morning(
    log: Log,
    tell: Tell,
    send: Callable[[], int],
    mail: Callable[[], list[str]],
    partner_admin: User,
    time_machine_at: Any,
) -> None:
    for _each in range(5):
        log()
    tell()
    assert send() == 0
    with time_machine_at(hours=43):
        assert send() == 1
    [text] = mail()
    assert text.count("open_lesson") == 5


def test_a_tap_confirms_what_was_told_and_nothing_that_was_changed_since(
    log: Log, tell: Tell, bot: FakeBot, teacher: User, partner_admin: User, time_machine_at: Any
) -> None:
    partner_admin.language = "en"
    partner_admin.save(update_fields=["language"])
    TelegramLink.objects.create(user=partner_admin, chat_id=77, linked_at=now())
    first, second = log(), log()
    tell()
    with time_machine_at(hours=43):
        send_due({Channel.TELEGRAM: send_telegram}, now, the_book())
        correct_activity(second, by=teacher, at=now(), note="In the other building", hours=2)
        [message] = bot.sent
        assert message["text"].startswith("1. Joint work to confirm: open_lesson, 21 Nov 2026, Alpha school")
        [[one], [two], [_open]] = message["reply_markup"]["inline_keyboard"]
        for button in (one, two):
            bot.press(button["callback_data"])
        listen(now)
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.status == ActivityStatus.CONFIRMED
    assert second.status == ActivityStatus.LOGGED
    assert [each["text"].partition(".")[0] for each in bot.sent[1:]] == [
        "Confirmed", "It has changed since, and nothing was done",
    ]  # fmt: skip


def test_a_correction_is_told_anew_and_what_was_told_before_it_no_more(
    log: Log, tell: Tell, send: Callable[[], int], teacher: User, partner_admin: User, time_machine_at: Any
) -> None:
    activity = log()
    tell()
    correct_activity(activity, by=teacher, at=now(), hours=2)
    tell()
    with time_machine_at(hours=43):
        assert send() == 1
    states = Sending.objects.filter(recipient=partner_admin).order_by("pk").values_list("state", flat=True)
    assert list(states) == ["cancelled", "sent"]


def test_what_a_colleague_has_confirmed_is_not_announced(
    log: Log, tell: Tell, send: Callable[[], int], world: SimpleNamespace, partner_admin: User, time_machine_at: Any
) -> None:
    activity = log()
    tell()
    confirm_activity(activity, by=a_member("teacher", world.b), at=now())
    with time_machine_at(hours=43):
        send()
    assert Sending.objects.get(recipient=partner_admin).state == "cancelled"


def test_a_dispute_is_told_to_who_logged_it_without_its_reason(
    log: Log, tell: Tell, teacher: User, partner_admin: User
) -> None:
    dispute_activity(log(), by=partner_admin, at=now(), reason="Nobody came")
    tell()
    [notice] = Notice.objects.filter(recipient=teacher)
    assert notice.telling == "activity.disputed"
    assert "Nobody" not in str(notice.values)
