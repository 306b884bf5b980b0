"""A sentence to the bot becomes an entry: said back with two buttons, written once when it is sent."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from accounts.clock import now
from accounts.models import User
from cooperation.activities.actions import log_activity
from cooperation.activities.models import Activity
from cooperation.agreements.models import Agreement
from exchange.notices.bot import listen
from exchange.notices.models import TelegramLink
from institutions.registry.models import Institution
from institutions.territory.models import Term
from tests.factories import a_term
from tests.notices.bot import TOKEN, FakeBot, serving

pytestmark = pytest.mark.django_db


def part(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(content) + 2).to_bytes(2, "big") + content


FRAME = bytes([8, 0, 32, 0, 64, 1, 1, 0x11, 0])  # eight bits, 32 high, 64 wide
PICTURE = b"".join([
    b"\xff\xd8", part(0xE1, b"Exif\0\0Camera of a person"), part(0xDB, bytes(65)), part(0xC0, FRAME),
    part(0xDA, bytes([1, 1, 0, 0, 63, 0])), bytes(2_000), b"\xff\xd9",
])  # fmt: skip


@pytest.fixture
def bot(settings: Any, tmp_path: Any) -> Iterator[FakeBot]:
    settings.MEDIA_ROOT = str(tmp_path)
    fake = FakeBot()
    with serving(fake) as place:
        settings.TELEGRAM_TOKEN, settings.TELEGRAM_BOT = TOKEN, "hamkorlik_test_bot"
        settings.TELEGRAM_URL, settings.EGRESS_INSIDE = f"http://{place}", [place]
        yield fake


@pytest.fixture
def writer(teacher: User, concluded: Agreement, world: SimpleNamespace) -> User:
    """A teacher of a with a chat, whose institution has an agreement with b; the vocabulary in three languages."""
    a_term("cooperation_form", "F2")
    kind = a_term("activity_type", "open_lesson", form="F2")
    names = {"en": "Open lesson", "uz": "Ochiq dars", "ru": "Открытый урок"}
    Term.objects.filter(pk=kind.pk).update(names=names)
    other = a_term("activity_type", "lesson", form="F2")
    Term.objects.filter(pk=other.pk).update(names={"en": "Lesson", "uz": "Dars"})
    a_term("participant_category", "pupils", learner=True)
    school = {"en": "School No. 12", "uz": "12-maktab", "ru": "Школа № 12"}
    Institution.objects.filter(pk=world.b.pk).update(names=school)
    TelegramLink.objects.create(user=teacher, chat_id=77, linked_at=now())
    User.objects.filter(pk=teacher.pk).update(language="en")
    return teacher


def buttons_of(message: dict[str, Any]) -> list[str]:
    return [row[0].get("callback_data", "url") for row in message.get("reply_markup", {}).get("inline_keyboard", [])]


@pytest.mark.parametrize(
    "sentence",
    [
        "12-maktab bilan ochiq dars, 25",
        "Open lesson with school 12, 25",
        "открытый урок, школа № 12, 25 чел.",
        "12-мактаб билан очиқ дарс, 25",
        "ochiq dars 12-maktab; 25",
    ],
)
def test_a_sentence_in_any_writing_is_said_back_and_written_when_it_is_sent(
    bot: FakeBot, writer: User, concluded: Agreement, sentence: str
) -> None:
    bot.write(sentence)
    listen(now)
    [said] = bot.sent
    assert said["text"].startswith("Open lesson · 21 Nov 2026 · School No. 12")
    assert said["text"].endswith("pupils: 25")
    assert buttons_of(said) == ["send", "drop"] and said["reply_parameters"]["message_id"] == 500
    assert not Activity.objects.exists()
    bot.press("send", to=500)
    bot.press("send", to=500)
    listen(now)
    activity = Activity.objects.get()
    assert (activity.type.code, activity.agreement, activity.logged_by) == ("open_lesson", concluded, writer)
    assert [count.number for count in activity.counts.all()] == [25]
    assert bot.sent[-1]["text"].startswith("Received") and activity.public_id in str(bot.sent[-1]["reply_markup"])


def test_dropping_it_keeps_nothing(bot: FakeBot, writer: User) -> None:
    bot.write("open lesson with school 12, 25")
    bot.press("drop", to=500)
    listen(now)
    assert bot.sent[-1]["text"].startswith("Dropped")
    assert not Activity.objects.exists()


@pytest.mark.parametrize("sentence", ["hello there", "open lesson", "open lesson with school 99", "25", "lesson"])
def test_what_is_missing_is_said_and_nothing_is_written(bot: FakeBot, writer: User, sentence: str) -> None:
    bot.write(sentence)
    listen(now)
    [said] = bot.sent
    assert buttons_of(said) == ["url"]
    bot.press("send")
    listen(now)
    assert bot.sent[-1]["text"].startswith("The message is gone")
    assert not Activity.objects.exists()


def test_a_photo_comes_along_without_its_camera_data(bot: FakeBot, writer: User) -> None:
    bot.show("open lesson with school 12, 25", PICTURE)
    bot.press("send", to=500)
    listen(now)
    [photo] = Activity.objects.get().photos.all()
    assert b"Camera of a person" not in photo.file.read()
    assert "size2" not in str(bot.asked)


def test_a_photo_that_is_lost_does_not_lose_the_text(bot: FakeBot, writer: User) -> None:
    bot.show("open lesson with school 12, 25", b"no picture at all")
    bot.files.clear()
    bot.press("send", to=500)
    listen(now)
    assert Activity.objects.count() == 1
    assert not Activity.objects.get().photos.exists()


def test_who_belongs_nowhere_writes_nothing(bot: FakeBot, stranger: User, writer: User) -> None:
    TelegramLink.objects.create(user=stranger, chat_id=88, linked_at=now())
    bot.write("open lesson with school 12, 25", chat=88)
    bot.press("send", chat=88, to=500)
    listen(now)
    assert not Activity.objects.exists()
    assert {message["chat_id"] for message in bot.sent} == {88}


def test_the_numbers_of_partners_tell_them_apart(
    bot: FakeBot, writer: User, world: SimpleNamespace, concluded: Agreement
) -> None:
    kind = Term.objects.get(vocabulary="activity_type", code="open_lesson")
    Institution.objects.filter(pk=world.c.pk).update(names={"en": "School No. 5", "uz": "5-maktab"})
    log_activity(by=writer, at=now(), type_=kind, organiser=world.a, partners=[world.c])
    bot.write("open lesson with school 5, 10")
    bot.write("open lesson with a school, 10")
    listen(now)
    assert "School No. 5" in bot.sent[0]["text"]
    assert "told from the others" in bot.sent[1]["text"]
