"""The Bot API, as far as it is needed: send a message with buttons, fetch what people wrote to the bot."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from exchange.egress import Answer, Refused, Unreachable, get, post_json
from exchange.notices.sending import NotSent, Shut

PATH = re.compile(r"[\w-]+(/[\w-]+)*\.\w{1,5}")


@dataclass(frozen=True)
class Button:
    """A button below a message: it opens an address, or sends `data` back to the bot."""

    text: str
    address: str = ""
    data: str = ""

    def as_json(self) -> dict[str, str]:
        return {"text": self.text, **({"url": self.address} if self.address else {"callback_data": self.data})}


def is_on() -> bool:
    """Whether this site has a bot."""
    return bool(settings.TELEGRAM_TOKEN and settings.TELEGRAM_BOT)


def address_of_bot(word: str) -> str:
    """What the person opens to link the account."""
    return f"https://t.me/{settings.TELEGRAM_BOT}?start={word}"


def send_text(chat_id: int, text: str, buttons: Sequence[Button] = (), *, to: int = 0) -> None:
    """One message. Raises Shut where the chat takes nothing any more, NotSent for everything that may pass."""
    body: dict[str, Any] = {"chat_id": chat_id, "text": text[:4096], "link_preview_options": {"is_disabled": True}}
    if buttons:
        body["reply_markup"] = {"inline_keyboard": [[button.as_json()] for button in buttons]}
    if to:
        body["reply_parameters"] = {"message_id": to, "allow_sending_without_reply": True}
    answer = _call("sendMessage", body)
    if answer.status == 403 or (answer.status == 400 and b"chat not found" in answer.body):
        raise Shut("blocked")
    if answer.status != 200:
        raise NotSent(f"status {answer.status}")


def end_waiting(query: str) -> None:
    """Takes the sign of waiting off a pressed button; nothing is lost where that fails."""
    with suppress(NotSent):
        _call("answerCallbackQuery", {"callback_query_id": query})


def updates_after(update: int, limit: int = 100) -> list[dict[str, Any]]:
    """What people wrote after this update, oldest first; asking for the next one acknowledges those before."""
    asked = {"offset": update + 1, "limit": limit, "timeout": 0, "allowed_updates": ["message", "callback_query"]}
    answer = _call("getUpdates", asked)
    said = answer.json()
    if answer.status != 200 or not isinstance(said, dict):
        raise NotSent(f"status {answer.status}")
    found = [
        each for each in said.get("result") or [] if isinstance(each, dict) and isinstance(each.get("update_id"), int)
    ]
    return sorted(found, key=lambda each: int(each["update_id"]))


def photo_of(file_id: str) -> bytes:
    """A picture somebody sent. Raises NotSent."""
    said = _call("getFile", {"file_id": file_id}).json()
    path = str(((said or {}).get("result") or {}).get("file_path") or "")
    if not PATH.fullmatch(path):
        raise NotSent("no file")
    try:
        answer = get(f"{settings.TELEGRAM_URL}/file/bot{settings.TELEGRAM_TOKEN}/{path}", settings.TELEGRAM_PHOTO_BYTES)
    except (Refused, Unreachable) as error:
        raise NotSent(type(error).__name__) from None
    if answer.status != 200:
        raise NotSent(f"status {answer.status}")
    return answer.body


def _call(method: str, body: dict[str, Any]) -> Answer:
    try:
        return post_json(f"{settings.TELEGRAM_URL}/bot{settings.TELEGRAM_TOKEN}/{method}", body)
    except (Refused, Unreachable) as error:
        raise NotSent(type(error).__name__) from None  # the address holds the token: it must not reach a log
