"""Ticks of notices."""

import datetime
from contextlib import suppress

from celery import shared_task

from accounts.clock import now
from exchange.notices.actions import note_events
from exchange.notices.bot import listen, send_telegram
from exchange.notices.emails import send_email
from exchange.notices.models import Channel
from exchange.notices.sending import NotSent, send_due
from exchange.notices.telegram import is_on
from exchange.notices.telling import the_book
from lifecycle.outbox import consume

TICK = datetime.timedelta(seconds=60)


@shared_task(name="exchange.notices.note_acts")
def note_acts() -> None:
    """Turns acts into notices, until every one is read or the time of a tick is used."""
    until = now() + TICK
    while consume("notices", lambda events: note_events(events, at=now(), book=the_book()), at=now()):
        if now() > until:
            break


@shared_task(name="exchange.notices.send_due")
def send() -> None:
    """Sends what is due."""
    send_due({Channel.EMAIL: send_email, Channel.TELEGRAM: send_telegram}, now, the_book())


@shared_task(name="exchange.notices.listen")
def listen_to_bot() -> None:
    """Reads what people wrote to the bot."""
    with suppress(NotSent):  # the next tick asks again
        if is_on():
            listen(now)
