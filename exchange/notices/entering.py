"""A sentence to the bot as an entry: said back with two buttons, written only when the person sends it.

Nothing is kept in between: the answer stands below the message, so the button brings its words along. The message's
place in the chat is the key, so that pressing twice writes once.
"""

import datetime

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext

from accounts.clock import now
from accounts.models import User
from exchange.notices.sending import NotSent
from exchange.notices.talk import Heard, Reply
from exchange.notices.telegram import Button, photo_of
from exchange.notices.telling import Entry
from lifecycle.transitions import WrongStatus

SEND, DROP = "send", "drop"
log = structlog.get_logger()


def entered(found: Heard, person: User, entry: Entry, at: datetime.datetime) -> Reply:
    """Reads, writes or drops it; what is missing is said with a way to the form."""
    by_hand = Button(gettext("Open the form"), address=settings.SITE_URL + reverse(entry.page))
    if found.pressed == DROP:
        return Reply(gettext("Dropped. Nothing was kept."))
    if not found.said.words:
        return Reply(gettext("The message is gone. Write it once more."), [by_hand])
    try:
        with transaction.atomic():
            return _written(found, person, entry, at) if found.pressed == SEND else _read(found, person, entry, at)
    except ValidationError as error:
        return Reply("\n".join(error.messages), [by_hand], to=found.said.number)
    except PermissionDenied:
        return Reply(gettext("You may not log activities."))


def _read(found: Heard, person: User, entry: Entry, at: datetime.datetime) -> Reply:
    text = entry.read(person, found.said.words, at)
    return Reply(text, [Button(gettext("Send"), data=SEND), Button(gettext("Drop"), data=DROP)], to=found.said.number)


def _written(found: Heard, person: User, entry: Entry, at: datetime.datetime) -> Reply:
    key = f"telegram-{found.chat}-{found.said.number}"
    made = entry.write(person, found.said.words, key, at)
    page = settings.SITE_URL + reverse(entry.shown, kwargs={"public_id": made})

    def add_photo() -> None:
        try:
            entry.attach(person, made, photo_of(found.said.photo), now())
        except (NotSent, ValidationError, PermissionDenied, WrongStatus) as error:
            log.warning("bot_photo_lost", error=type(error).__name__)  # the text has arrived, and that counts

    then = add_photo if found.said.photo else lambda: None
    return Reply(str(entry.done), [Button(gettext("Open it"), address=page)], then=then)
