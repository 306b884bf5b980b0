"""What was said to the bot, and what it says: an update of the Bot API as plain words, replies with their buttons."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from exchange.notices.telegram import Button

LONGEST = 500


@dataclass(frozen=True)
class Said:
    """A message: its words (or those below a photo), its number in the chat, the largest photo that is small enough."""

    words: str = ""
    number: int = 0
    photo: str = ""


@dataclass(frozen=True)
class Heard:
    """An update from a private chat: what was written, or which button was pressed below the answer to what."""

    chat: int
    said: Said
    pressed: str = ""
    query: str = ""


@dataclass(frozen=True)
class Reply:
    """What the bot says next, in the language of whom it talks to; `then` is done after everything is committed."""

    text: str
    buttons: list[Button] = field(default_factory=list)
    to: int = 0
    then: Callable[[], None] = lambda: None


def heard(update: dict[str, Any]) -> Heard | None:
    """The update in plain words; None for anything but a private chat."""
    query = update.get("callback_query") or {}
    message = query.get("message") or update.get("message") or {}
    chat = message.get("chat") or {}
    if chat.get("type") != "private" or not isinstance(chat.get("id"), int):
        return None
    said = said_in(message.get("reply_to_message") or {}) if query else said_in(message)
    return Heard(chat["id"], said, str(query.get("data") or "")[:64], str(query.get("id") or ""))


def said_in(message: dict[str, Any]) -> Said:
    words = str(message.get("text") or message.get("caption") or "")[:LONGEST].strip()
    sizes = [size for size in message.get("photo") or [] if size.get("file_size", 0) <= settings.TELEGRAM_PHOTO_BYTES]
    photo = str(sizes[-1].get("file_id", "")) if sizes else ""
    return Said(words, int(message.get("message_id") or 0), photo)


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
        gettext("Or write what you did together, for example: open lesson with school 12, 25"),
    ]
    return Reply("\n".join(lines))


def languages(*, chosen: bool) -> Reply:
    if chosen:
        return Reply(gettext("The language is kept."))
    buttons = [Button(str(name), data=f"/til {code}") for code, name in settings.LANGUAGES]
    return Reply(gettext("Choose the language:"), buttons)


def hushed(*, muted: bool) -> Reply:
    if muted:
        return Reply(gettext("Silence. Nothing is sent here until you write /jim again."))
    return Reply(gettext("Notices come here again."))


def troubled() -> Reply:
    return Reply(gettext("That could not be read. Write it in other words."))
