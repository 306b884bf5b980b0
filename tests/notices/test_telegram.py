"""The bot against a Bot API of the tests' own: linking, commands, messages, a stopped bot."""

import datetime
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from accounts.clock import now
from accounts.models import User
from exchange import egress
from exchange.notices import bot as bot_side
from exchange.notices import linking
from exchange.notices.bot import listen, send_telegram
from exchange.notices.emails import send_email
from exchange.notices.models import BotPlace, Channel, Notice, Sending, TelegramLink
from exchange.notices.sending import NotSent, send_due
from exchange.notices.telling import Act, Book, Telling, the_book
from lifecycle.transitions import WrongStatus
from tests.factories import a_notice
from tests.notices.bot import TOKEN, FakeBot, serving

pytestmark = pytest.mark.django_db
CHAT = 77


@pytest.fixture
def bot(settings: Any) -> Iterator[FakeBot]:
    """The site has a bot, and this is its server."""
    fake = FakeBot()
    with serving(fake) as place:
        settings.TELEGRAM_TOKEN, settings.TELEGRAM_BOT = TOKEN, "hamkorlik_test_bot"
        settings.TELEGRAM_URL, settings.EGRESS_INSIDE = f"http://{place}", [place]
        yield fake


@pytest.fixture
def linked(bot: FakeBot, stranger: User) -> User:
    bot.write(f"/start {linking.begin_link(by=stranger, at=now())}")
    listen(now)
    bot.sent.clear()
    return stranger


def tick() -> int:
    return send_due({Channel.EMAIL: send_email, Channel.TELEGRAM: send_telegram}, now, the_book())


def queued(user: User) -> Sending:
    notice = a_notice(user, "security", telling="people.password_changed")
    return Sending.objects.create(notice=notice, recipient=user, channel="telegram", next_at=now())


def test_the_page_gives_a_link_whose_word_links_the_chat_once(bot: FakeBot, stranger: User, page_of: Any) -> None:
    browser = page_of(stranger)
    page = browser.post("/en/settings/telegram/", {"once_key": "1"}).content.decode()
    word = re.search(r"https://t\.me/hamkorlik_test_bot\?start=([\w-]{1,64})\"", page)[1]
    assert word not in str(TelegramLink.objects.values().get())
    bot.write(f"/start {word}")
    listen(now)
    assert TelegramLink.objects.get(user=stranger).chat_id == CHAT
    assert len(bot.sent) == 1 and bot.sent[0]["chat_id"] == CHAT
    bot.write(f"/start {word}", chat=78)
    listen(now)
    assert TelegramLink.objects.get(user=stranger).chat_id == CHAT
    assert "connected" in browser.get("/en/settings/telegram/").content.decode()


def test_a_second_click_shows_no_word_and_the_reply_kept_for_it_holds_none(
    bot: FakeBot, stranger: User, page_of: Any
) -> None:
    browser = page_of(stranger)
    assert browser.post("/en/settings/telegram/", {"once_key": "same"}).status_code == 200
    again = browser.post("/en/settings/telegram/", {"once_key": "same"})
    assert again.status_code == 302


@pytest.mark.parametrize("minutes", [14, 16])
def test_the_word_lives_fifteen_minutes(
    bot: FakeBot, stranger: User, time_machine_at: Callable[..., Any], minutes: int
) -> None:
    bot.write(f"/start {linking.begin_link(by=stranger, at=now())}")
    with time_machine_at(minutes=minutes):
        listen(now)
    assert (TelegramLink.objects.get().chat_id == CHAT) == (minutes < 15)


def test_a_new_word_makes_the_one_before_it_worthless(bot: FakeBot, stranger: User) -> None:
    first = linking.begin_link(by=stranger, at=now())
    linking.begin_link(by=stranger, at=now())
    bot.write(f"/start {first}")
    listen(now)
    assert TelegramLink.objects.get().chat_id is None


def test_a_chat_belongs_to_one_account(linked: User, bot: FakeBot, teacher: User) -> None:
    bot.write(f"/start {linking.begin_link(by=teacher, at=now())}")
    listen(now)
    assert TelegramLink.objects.get(chat_id=CHAT).user == teacher
    assert TelegramLink.objects.get(user=linked).chat_id is None


def test_an_update_read_twice_has_its_effect_once(linked: User, bot: FakeBot) -> None:
    bot.write("/jim")
    listen(now)
    assert TelegramLink.objects.get().muted
    BotPlace.objects.update(update=bot.written[-1]["update_id"])
    listen(now)
    assert TelegramLink.objects.get().muted
    assert len(bot.sent) == 1


def test_the_bot_mutes_speaks_the_chosen_language_and_helps(linked: User, bot: FakeBot) -> None:
    bot.write("/til")
    listen(now)
    assert [row[0]["callback_data"] for row in bot.sent[-1]["reply_markup"]["inline_keyboard"]] == [
        "/til uz", "/til uz-cyrl", "/til ru", "/til en",
    ]  # fmt: skip
    bot.press("/til ru")
    listen(now)
    linked.refresh_from_db()
    assert linked.language == "ru"
    bot.write("/yordam")
    listen(now)
    assert all(word in bot.sent[-1]["text"] for word in ("/til", "/jim", "/yordam"))
    for muted in (True, False):
        bot.write("/jim")
        listen(now)
        assert TelegramLink.objects.get().muted is muted


def test_a_stranger_and_a_group_learn_nothing(bot: FakeBot, stranger: User) -> None:
    bot.write("/til ru", chat=99)
    bot.write("/start nonsense", chat=99)
    bot.write("/yordam", chat=-5, kind="group")
    assert listen(now) == 3
    assert {message["chat_id"] for message in bot.sent} == {99}
    assert len(bot.sent) == 2
    assert not TelegramLink.objects.exclude(chat_id=None).exists()


def test_a_message_is_one_line_with_one_button(linked: User, bot: FakeBot) -> None:
    queued(linked)
    assert tick() == 1
    [message] = bot.sent
    assert message["chat_id"] == CHAT and "\n" not in message["text"]
    [[button]] = message["reply_markup"]["inline_keyboard"]
    assert button["url"].startswith("http://127.0.0.1:8000/") and button["text"]
    assert linked.name not in message["text"] and linked.email not in message["text"]


@pytest.fixture
def deeds(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What the button of a probed line did: (subject, person)."""
    done: list[tuple[str, str]] = []

    def do(notice: Notice, person: User, at: datetime.datetime) -> None:
        if notice.values.get("hash") != "as it is":
            raise WrongStatus("disputed")
        done.append((notice.subject_id, person.email))

    act = Act("Confirm", do, "Confirmed")
    line = Telling(
        "probe.act", "to_confirm", "Open lesson, %(day)s", "Open", "notice-list", lambda event: (), False, act=act
    )
    book = Book({("probe", "log"): (line,)}, the_book().calendar)
    for place in ("bot", "tasks", "reading"):
        monkeypatch.setattr(f"exchange.notices.{place}.the_book", lambda: book)
    return done


def waiting_to_confirm(user: User, *values: dict[str, Any]) -> list[Notice]:
    made = []
    for number, value in enumerate(values):
        notice = a_notice(user, "to_confirm", telling="probe.act", subject_id=str(number), values=value)
        Sending.objects.create(notice=notice, recipient=user, channel="telegram", next_at=now())
        made.append(notice)
    return made


def test_one_tap_below_a_message_confirms_with_the_persons_own_rights(
    linked: User, bot: FakeBot, deeds: list[tuple[str, str]]
) -> None:
    [notice] = waiting_to_confirm(linked, {"day": "21.11.2026", "hash": "as it is"})
    send_due({Channel.TELEGRAM: send_telegram}, now, bot_book())
    [[confirm], [_open]] = bot.sent[-1]["reply_markup"]["inline_keyboard"]
    assert confirm["text"] == "Confirm" and len(confirm["callback_data"].encode()) <= 64
    bot.press(confirm["callback_data"], chat=99)
    listen(now)
    assert deeds == []  # a forwarded button is not another's tap
    bot.press(confirm["callback_data"])
    listen(now)
    assert deeds == [("0", linked.email)]
    assert bot.sent[-1]["text"] == "Confirmed" and bot.asked[-1] == "answerCallbackQuery"
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_several_lines_are_numbered_and_what_has_changed_is_not_done(
    linked: User, bot: FakeBot, deeds: list[tuple[str, str]]
) -> None:
    waiting_to_confirm(linked, {"day": "20.11.2026", "hash": "as it was"}, {"day": "21.11.2026", "hash": "as it is"})
    send_due({Channel.TELEGRAM: send_telegram}, now, bot_book())
    [message] = bot.sent
    assert message["text"] == "1. Open lesson, 20.11.2026\n2. Open lesson, 21.11.2026"
    [[first], [second], [_open]] = message["reply_markup"]["inline_keyboard"]
    assert (first["text"], second["text"]) == ("Confirm: 1", "Confirm: 2")
    bot.press(first["callback_data"])
    listen(now)
    assert deeds == [] and "reply_markup" in bot.sent[-1]
    assert Notice.objects.unread().count() == 2
    bot.press(second["callback_data"])
    bot.press("do nonsense")
    listen(now)
    assert deeds == [("1", linked.email)]


def bot_book() -> Book:
    """The table that the bot uses in this test."""
    return bot_side.the_book()


def test_a_stopped_bot_is_noted_shown_and_mail_goes_instead(
    linked: User, bot: FakeBot, mail: Callable[[], list[str]], page_of: Any
) -> None:
    bot.stopped.add(CHAT)
    queued(linked)
    tick()
    assert tick() + len(mail()) >= 1 and len(mail()) == 1
    assert TelegramLink.objects.get().blocked_at is not None
    assert "stopped" in page_of(linked).get("/en/settings/notices/").content.decode()
    bot.stopped.clear()
    bot.write("/yordam")
    listen(now)
    assert TelegramLink.objects.get().blocked_at is None


def test_a_server_in_trouble_is_asked_again(linked: User, bot: FakeBot, time_machine_at: Callable[..., Any]) -> None:
    queued(linked)
    bot.failing = 1
    assert tick() == 0
    with time_machine_at(seconds=61):
        assert tick() == 1
    assert len(bot.sent) == 1


def test_the_token_of_the_bot_reaches_no_error(linked: User, bot: FakeBot, settings: Any) -> None:
    settings.TELEGRAM_URL, settings.EGRESS_INSIDE = "http://127.0.0.1:9", ["127.0.0.1:9"]
    with pytest.raises(NotSent) as seen:
        listen(now)
    assert TOKEN not in repr(seen.value) and seen.value.__cause__ is None


def test_without_a_bot_the_page_says_so_and_makes_no_link(stranger: User, page_of: Any) -> None:
    browser = page_of(stranger)
    assert "t.me" not in browser.post("/en/settings/telegram/", {"once_key": "1"}, follow=True).content.decode()
    assert not TelegramLink.objects.exists()
    assert "Connect" not in browser.get("/en/settings/telegram/").content.decode()


def test_disconnecting_forgets_the_chat(linked: User, page_of: Any) -> None:
    page_of(linked).post("/en/settings/telegram/", {"once_key": "1", "end": "1"})
    assert TelegramLink.objects.get().chat_id is None


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://[::1]/", "http://10.0.0.1/", "http://169.254.169.254/latest/", "http://0.0.0.0/",
        "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://localhost/", "http://[fd00::1]/",
        "https://example.org:22/", "ftp://example.org/", "file:///etc/passwd", "http://user:word@example.org/",
        "http:///nowhere", "https://example.org:99999/", "http://224.0.0.1/", "http://100.64.0.1/",
    ],
)  # fmt: skip
def test_no_address_of_this_house_is_called(url: str) -> None:
    with pytest.raises(egress.Refused):
        egress.post_json(url, {})


def test_a_host_that_fails_again_and_again_is_left_alone_for_a_while(settings: Any) -> None:
    settings.EGRESS_INSIDE = ["127.0.0.1:9"]
    egress._breakers.clear()
    for _each in range(egress.FAILURES):
        with pytest.raises(egress.Unreachable):
            egress.post_json("http://127.0.0.1:9/", {})
    assert egress._breakers["127.0.0.1:9"].open_until > 0
    begun = datetime.datetime.now(datetime.UTC)
    with pytest.raises(egress.Unreachable):
        egress.post_json("http://127.0.0.1:9/", {})
    assert (datetime.datetime.now(datetime.UTC) - begun).total_seconds() < 0.05
    egress._breakers.clear()
