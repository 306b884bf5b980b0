"""The bot's side of a talk: `/start` links, `/til` chooses the language, `/jim` mutes, `/yordam` helps; buttons act.

Updates are fetched by a tick, so no public address is needed. Each has its effect once: the effect and the place
move in one transaction; the reply follows it and may be lost, never doubled by a repeated effect.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext, override

from accounts.models import User
from accounts.preferences import keep_preferences
from exchange.notices import linking
from exchange.notices.actions import read_notices
from exchange.notices.models import BotPlace, Notice, TelegramLink
from exchange.notices.sending import NotSent, Parcel, Shut
from exchange.notices.telegram import Button, end_waiting, send_text, updates_after
from exchange.notices.telling import the_book
from exchange.notices.wording import Message, language_of, path_of
from lifecycle.transitions import Unmet, WrongStatus

PLACE, ACT, ACTS = "telegram", "do", 8


@dataclass(frozen=True)
class Reply:
    """What the bot says next, in the language of whom it talks to."""

    text: str
    buttons: list[Button] = field(default_factory=list)


def send_telegram(parcel: Parcel, at: datetime.datetime) -> None:
    """The channel: the lines as one text with one button. Raises NotSent; Shut, noted, where the bot was stopped."""
    link = TelegramLink.objects.filter(user=parcel.user).first()
    if link is None or link.chat_id is None or not link.is_open:
        raise Shut("not linked")
    text, buttons = said_in_chat(parcel.message)
    try:
        send_text(link.chat_id, text, buttons)
    except Shut:
        linking.note_blocked(parcel.user, at=at)
        raise


def said_in_chat(message: Message) -> tuple[str, list[Button]]:
    """The text and its buttons: what can be done at once, then the page; several lines are numbered for the buttons."""
    several = len(message.lines) > 1 and bool(message.acts)
    lines = [f"{number}. {line}" for number, line in enumerate(message.lines, 1)] if several else message.lines
    acts = [
        Button(f"{label}: {at + 1}" if several else label, data=f"{ACT} {notice}")
        for at, label, notice in message.acts[:ACTS]
    ]
    return "\n".join(lines), [*acts, Button(message.button, address=message.address)]


def listen(clock: Callable[[], datetime.datetime]) -> int:
    """Reads what was written to the bot since the last time; returns how many updates had their effect."""
    place, _new = BotPlace.objects.get_or_create(bot=PLACE)
    done = 0
    for update in updates_after(place.update):
        chat = chat_of(update)
        reply = _once(update, chat, clock())
        done += 1
        if reply is not None and chat is not None:
            _say(chat, reply)
        if pressed := (update.get("callback_query") or {}).get("id"):
            end_waiting(str(pressed))
    return done


def _say(chat: int, reply: Reply) -> None:
    try:
        send_text(chat, reply.text, reply.buttons)
    except NotSent:
        return


@transaction.atomic
def _once(update: dict[str, Any], chat: int | None, at: datetime.datetime) -> Reply | None:
    place = BotPlace.objects.select_for_update().get(bot=PLACE)
    number = int(update["update_id"])
    if number <= place.update:
        return None
    BotPlace.objects.filter(pk=place.pk).update(update=number)
    return answer_to(words_of(update), chat, at) if chat is not None else None


def chat_of(update: dict[str, Any]) -> int | None:
    """The private chat it was written in; groups are not talked to."""
    message = update.get("message") or (update.get("callback_query") or {}).get("message") or {}
    chat = message.get("chat") or {}
    return chat["id"] if chat.get("type") == "private" and isinstance(chat.get("id"), int) else None


def words_of(update: dict[str, Any]) -> str:
    """The text of a message, or what a button sent."""
    said = (update.get("callback_query") or {}).get("data") or (update.get("message") or {}).get("text") or ""
    return str(said)[:200].strip()


def answer_to(words: str, chat: int, at: datetime.datetime) -> Reply:
    """Does what was asked and says so."""
    command, _blank, rest = words.partition(" ")
    if command == "/start" and rest:
        linked = linking.finish_link(rest.strip(), chat, at=at)
        with override(language_of(linked) if linked else settings.LANGUAGE_CODE):
            return greeting() if linked else lost()
    person = linking.hear(chat)
    if person is None:
        with override(settings.LANGUAGE_CODE):
            return lost()
    if command == "/til" and rest in dict(settings.LANGUAGES):
        keep_preferences(by=person, language=rest)
        person.language = rest
    with override(language_of(person)):
        if command == ACT:
            return act_upon(rest, person, at)
        if command == "/til":
            return languages(chosen=bool(rest))
        return hush(chat) if command == "/jim" else helping()


def act_upon(public_id: str, person: User, at: datetime.datetime) -> Reply:
    """Does what the button of a notice offers, with the person's own rights of this moment; else says where to look."""
    notice = Notice.objects.all().visible_to(person).filter(public_id=public_id).first()
    telling = the_book().telling(notice) if notice else None
    if notice is None or telling is None or telling.act is None:
        return Reply(gettext("There is nothing to do here any more."))
    try:
        with transaction.atomic():
            telling.act.do(notice, person, at)
    except (PermissionDenied, WrongStatus, Unmet, ValidationError):
        page = settings.SITE_URL + path_of(notice, the_book())
        text = gettext("It has changed since, and nothing was done. Open it and look.")
        return Reply(text, [Button(str(telling.button), address=page)])
    read_notices([notice.pk], by=person, at=at)
    return Reply(str(telling.act.done))


def greeting() -> Reply:
    return Reply(gettext("Connected. Notices come here from now on.") + "\n\n" + helping().text)


def lost() -> Reply:
    """To a chat that belongs to nobody: where to get a link."""
    page = settings.SITE_URL + reverse("telegram")
    text = gettext("This chat is not connected to an account. Open the settings of Hamkorlik and connect it there.")
    return Reply(text, [Button(gettext("Open the settings"), address=page)])


def helping() -> Reply:
    lines = [
        gettext("/til – choose the language"),
        gettext("/jim – silence, and the end of it"),
        gettext("/yordam – this help"),
    ]
    return Reply("\n".join(lines))


def languages(*, chosen: bool) -> Reply:
    if chosen:
        return Reply(gettext("The language is kept."))
    buttons = [Button(str(name), data=f"/til {code}") for code, name in settings.LANGUAGES]
    return Reply(gettext("Choose the language:"), buttons)


def hush(chat: int) -> Reply:
    if linking.turn_mute(chat):
        return Reply(gettext("Silence. Nothing is sent here until you write /jim again."))
    return Reply(gettext("Notices come here again."))
