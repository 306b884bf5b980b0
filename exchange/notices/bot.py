"""The bot's side of a talk: `/start` links, `/til` chooses the language, `/jim` mutes, `/yordam` helps; buttons act,
and a plain sentence becomes an entry.

Updates are fetched by a tick, so no public address is needed. Each has its effect once: the effect and the place
move in one transaction; the reply follows it and may be lost, never doubled by a repeated effect.
"""

import datetime
from collections.abc import Callable
from contextlib import suppress

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, transaction
from django.utils.translation import gettext, override

from accounts.models import User
from accounts.preferences import keep_preferences
from exchange.notices import linking
from exchange.notices.actions import read_notices
from exchange.notices.entering import entered
from exchange.notices.models import BotPlace, Notice, TelegramLink
from exchange.notices.sending import NotSent, Parcel, Shut
from exchange.notices.talk import Heard, Reply, greeting, heard, helping, hushed, languages, lost, troubled
from exchange.notices.telegram import Button, end_waiting, send_text, updates_after
from exchange.notices.telling import the_book
from exchange.notices.wording import Message, language_of, path_of
from lifecycle.transitions import Unmet, WrongStatus

log = structlog.get_logger()
PLACE, ACT, ACTS = "telegram", "do", 8


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
        found = heard(update)
        reply = _once(int(update["update_id"]), found, clock())
        done += 1
        if found is not None and reply is not None:
            _say(found.chat, reply)
        if found is not None and found.query:
            end_waiting(found.query)
    return done


def _say(chat: int, reply: Reply) -> None:
    with suppress(NotSent):
        send_text(chat, reply.text, reply.buttons, to=reply.to)
    reply.then()


@transaction.atomic
def _once(number: int, found: Heard | None, at: datetime.datetime) -> Reply | None:
    place = BotPlace.objects.select_for_update().get(bot=PLACE)
    if number <= place.update:
        return None
    BotPlace.objects.filter(pk=place.pk).update(update=number)
    if found is None:
        return None
    try:
        with transaction.atomic():
            return answer_to(found, at)
    except (ValueError, KeyError, TypeError, DataError) as error:  # one message nobody can read stops no other
        log.warning("bot_update_refused", error=type(error).__name__)
        return troubled()


def answer_to(found: Heard, at: datetime.datetime) -> Reply:
    """Does what was asked and says so; a chat that is nobody's learns how to connect and nothing else."""
    command, _blank, rest = (found.pressed or found.said.words).partition(" ")
    if command == "/start" and rest:
        linked = linking.finish_link(rest.strip(), found.chat, at=at)
        with override(language_of(linked) if linked else settings.LANGUAGE_CODE):
            return greeting() if linked else lost()
    person = linking.hear(found.chat)
    if person is None:
        with override(settings.LANGUAGE_CODE):
            return lost()
    if command == "/til" and rest in dict(settings.LANGUAGES):
        keep_preferences(by=person, language=rest)
        person.language = rest
    with override(language_of(person)):
        return _talk(found, person, at)


def _talk(found: Heard, person: User, at: datetime.datetime) -> Reply:
    """The answer to a known person, in their language."""
    words, entry = found.pressed or found.said.words, the_book().entry
    command, _blank, rest = words.partition(" ")
    if command == ACT:
        return act_upon(rest, person, at)
    if command == "/til":
        return languages(chosen=bool(rest))
    if command == "/jim":
        return hushed(muted=bool(linking.turn_mute(found.chat)))
    if entry is None or not words or words.startswith("/"):
        return helping()
    return entered(found, person, entry, at)


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
