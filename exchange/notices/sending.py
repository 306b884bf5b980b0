"""The outbox of notices: what is due leaves in one message a person, at least once under one name, never too early.

A message is put together and named first, in a transaction of its own; then it is sent; then it is marked. Whoever dies
in between leaves a lease that runs out, and the same message goes again under the same name.
"""

import datetime
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F

from accounts.faults import fault
from accounts.models import User
from exchange.notices.actions import wanted_channels
from exchange.notices.models import Channel, Notice, Sending, SendingState
from exchange.notices.rules import LEASE, may_leave, retry_at
from exchange.notices.telling import Book
from exchange.notices.wording import Message, message_of

log = structlog.get_logger()
Clock = Callable[[], datetime.datetime]
TICK = datetime.timedelta(seconds=60)


class NotSent(Exception):
    """The message did not get through this time; it is tried again."""


class Shut(NotSent):
    """The receiver takes nothing there any more (a blocked bot, a refused address): another channel is needed."""


@dataclass(frozen=True)
class Parcel:
    """One message ready to go: to whom, by which channel, with which notices, under which name."""

    user: User
    channel: str
    bundle: str
    sendings: list[int]
    message: Message


Send = Callable[[Parcel, datetime.datetime], None]


def send_due(senders: Mapping[str, Send], clock: Clock, book: Book, limit: int = 500) -> int:
    """Sends what is due, one message a person; returns how many left. What is left over is the next tick's."""
    if book.calendar.is_quiet(clock()):
        return 0
    receivers = _due(clock()).order_by("next_at", "pk").values_list("recipient_id", flat=True)[:limit]
    until, sent = clock() + TICK, 0
    for receiver in dict.fromkeys(receivers):
        if clock() > until:
            break
        for parcel in pack(receiver, clock(), book):
            sent += _send(parcel, senders[parcel.channel], clock)
    return sent


def _due(at: datetime.datetime) -> Any:
    """Rows to send now that nobody else is sending."""
    rows = Sending.objects.filter(state=SendingState.WAITING, next_at__lte=at)
    return rows.exclude(lease_until__gt=at)


@transaction.atomic
def pack(receiver: int, at: datetime.datetime, book: Book) -> list[Parcel]:
    """Puts together what this person gets now and takes the lease of it; nothing while somebody else is doing so."""
    user = User.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=receiver).first()
    if user is None:
        return []
    rows = list(_due(at).filter(recipient=user).select_related("notice").order_by("notice_id"))
    standing = [row for row in rows if row.bundle or book.telling(row.notice).stands(row.notice)]
    _cancel([row for row in rows if row not in standing], at)
    groups: dict[tuple[str, str], list[Sending]] = {}
    for row in standing:
        groups.setdefault((row.channel, row.bundle), []).append(row)
    return [
        _take(user, group, at, book)
        for (_channel, bundle), group in groups.items()
        if bundle or _leaves(user, group, at, book)
    ]


def _leaves(user: User, rows: Sequence[Sending], at: datetime.datetime, book: Book) -> bool:
    """Whether these go now; else they are put off until the next digest."""
    began = book.calendar.day_began(at)
    today = Sending.objects.filter(recipient=user, first_tried_at__gte=began).exclude(bundle="")
    if may_leave(book.calendar, at, [row.notice.kind for row in rows], today.values("bundle").distinct().count()):
        return True
    later = book.calendar.next_digest(at)
    Sending.objects.filter(pk__in=[row.pk for row in rows]).update(next_at=later)
    Notice.objects.filter(pk__in=[row.notice_id for row in rows]).update(due_at=later)
    return False


def name_of(channel: str, rows: Sequence[Sending]) -> str:
    """The name of a message, by the notices in it."""
    said = ":".join([channel, *(row.notice.public_id for row in rows)])
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _cancel(rows: Sequence[Sending], at: datetime.datetime) -> None:
    Sending.objects.filter(pk__in=[row.pk for row in rows]).update(state=SendingState.CANCELLED, cancelled_at=at)


def _take(user: User, rows: list[Sending], at: datetime.datetime, book: Book) -> Parcel:
    """The message of these rows under its name, ours until the lease runs out."""
    first, keys = rows[0], [row.pk for row in rows]
    bundle = first.bundle or name_of(first.channel, rows)
    Sending.objects.filter(pk__in=keys).update(
        bundle=bundle, lease_until=at + LEASE, attempts=F("attempts") + 1, first_tried_at=first.first_tried_at or at
    )
    return Parcel(user, first.channel, bundle, keys, message_of([row.notice for row in rows], user, book))


def _send(parcel: Parcel, send: Send, clock: Clock) -> int:
    try:
        send(parcel, clock())
    except NotSent as error:
        log.warning("notice_not_sent", bundle=parcel.bundle, channel=parcel.channel, error=type(error).__name__)
        _put_back(parcel, error, clock())
        return 0
    fault("after_send_before_mark")
    done = {"state": SendingState.SENT, "sent_at": clock(), "lease_until": None, "error": ""}
    Sending.objects.filter(pk__in=parcel.sendings).update(**done)
    return 1


@transaction.atomic
def _put_back(parcel: Parcel, error: NotSent, at: datetime.datetime) -> None:
    """Later again; given up after the last attempt or at a shut door, and then by e-mail what was for Telegram."""
    rows = Sending.objects.filter(pk__in=parcel.sendings, state=SendingState.WAITING)
    attempts = max(rows.values_list("attempts", flat=True), default=0)
    again = None if isinstance(error, Shut) else retry_at(at, attempts)
    said = str(error)[:200]
    if again is not None:
        rows.update(next_at=again, lease_until=None, error=said)
        return
    lost = list(rows.select_related("notice"))
    rows.update(state=SendingState.FAILED, lease_until=None, error=said)
    if parcel.channel != Channel.TELEGRAM:
        return
    wishes = wanted_channels([parcel.user.pk])[parcel.user.pk]
    Sending.objects.bulk_create(
        Sending(notice=row.notice, recipient_id=row.recipient_id, channel=Channel.EMAIL, next_at=at)
        for row in lost
        if Channel.EMAIL in wishes[row.notice.kind]
    )
