"""Linking an account with a chat of the bot: a one-use word that lives 15 minutes; muting, unlinking, a blocked bot."""

import datetime
import hashlib
import secrets

from django.db import transaction

from accounts.models import User
from exchange.notices.models import TelegramLink

LIVES = datetime.timedelta(minutes=15)


def hash_of(word: str) -> str:
    return hashlib.sha256(word.encode()).hexdigest()


def begin_link(*, by: User, at: datetime.datetime) -> str:
    """A fresh word for `/start`; the one before it opens nothing any more. Only its hash is kept."""
    word = secrets.token_urlsafe(24)  # 32 characters of those Telegram takes; 64 are allowed
    TelegramLink.objects.update_or_create(user=by, defaults={"start_hash": hash_of(word), "start_until": at + LIVES})
    return word


@transaction.atomic
def finish_link(word: str, chat_id: int, *, at: datetime.datetime) -> User | None:
    """Uses the word up: this chat is now this person's, and nobody else's. None for a word that opens nothing."""
    rows = TelegramLink.objects.select_for_update().select_related("user")
    link = rows.filter(start_hash=hash_of(word), start_until__gt=at, user__is_active=True).first()
    if link is None:
        return None
    TelegramLink.objects.filter(chat_id=chat_id).exclude(pk=link.pk).update(chat_id=None, linked_at=None)
    TelegramLink.objects.filter(pk=link.pk).update(
        chat_id=chat_id, linked_at=at, muted=False, blocked_at=None, start_hash=None, start_until=None
    )
    return link.user


def end_link(*, by: User) -> None:
    """Forgets the chat."""
    TelegramLink.objects.filter(user=by).update(
        chat_id=None, linked_at=None, blocked_at=None, muted=False, start_hash=None, start_until=None
    )


def turn_mute(chat_id: int) -> bool | None:
    """Silence, or the end of it; answers whether the chat is mute now, None for an unknown one."""
    link = TelegramLink.objects.filter(chat_id=chat_id).first()
    if link is None:
        return None
    TelegramLink.objects.filter(pk=link.pk).update(muted=not link.muted)
    return not link.muted


def note_blocked(user: User, *, at: datetime.datetime) -> None:
    """The person has stopped the bot; the settings page says so, and messages go by e-mail."""
    TelegramLink.objects.filter(user=user, blocked_at__isnull=True).update(blocked_at=at)


def hear(chat_id: int) -> User | None:
    """Whose chat it is; who writes to the bot has not stopped it, or no longer."""
    link = TelegramLink.objects.filter(chat_id=chat_id, user__is_active=True).select_related("user").first()
    if link is None:
        return None
    if link.blocked_at is not None:
        TelegramLink.objects.filter(pk=link.pk).update(blocked_at=None)
    return link.user
