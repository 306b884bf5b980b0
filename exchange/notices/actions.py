"""What happens with notices: acts are told, notices are read, settings are chosen."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.core.cache import cache
from django.db import transaction

from accounts.models import User
from exchange.notices.models import Channel, Notice, NoticeKind, NoticeSetting, Sending, SendingState, TelegramLink
from exchange.notices.rules import KEPT, STALE, channel_for, due_at, is_wanted_by_default
from exchange.notices.telling import Book
from lifecycle.models import Event


def note_events(events: Sequence[Event], *, at: datetime.datetime, book: Book) -> None:
    """Notices of these acts with their messages, written in the transaction that moves the cursor; each once."""
    told = [notice for event in events if at - event.happened_at <= KEPT for notice in _notices(event, at, book)]
    people = User.objects.filter(is_active=True, is_service=False).in_bulk({notice.recipient_id for notice in told})
    known = set(
        Notice.objects.filter(event__in={notice.event_id for notice in told}).values_list(
            "event_id", "recipient_id", "kind"
        )
    )
    fresh: dict[tuple[int, int, str], Notice] = {}
    for notice in told:
        key = (notice.event_id, notice.recipient_id, notice.kind)
        if notice.recipient_id in people and key not in known:
            fresh.setdefault(key, notice)
    made = Notice.objects.bulk_create(fresh.values())
    _prepare_messages(made, {event.pk: event for event in events}, at, book)
    forget_bells({notice.recipient_id for notice in made})


def _notices(event: Event, at: datetime.datetime, book: Book) -> Iterable[Notice]:
    for telling in book.table.get((event.subject_type, event.name), ()):
        for told in telling.who(event):
            subject_type, subject_id = told.subject or (event.subject_type, event.subject_id)
            yield Notice(
                event=event,
                recipient_id=told.user_id,
                kind=telling.kind,
                telling=telling.code,
                subject_type=subject_type,
                subject_id=subject_id,
                institution=""
                if told.subject
                else event.institution,  # of another thing than the act's: nothing of the act
                values=dict(told.values),
                happened_at=event.happened_at,
            )


def _prepare_messages(
    notices: Sequence[Notice], events: Mapping[int, Event], at: datetime.datetime, book: Book
) -> None:
    """One row in the outbox for each notice that shall leave the house, by the one channel that fits."""
    fresh = [notice for notice in notices if at - events[notice.event_id].happened_at <= STALE]
    people = {notice.recipient_id for notice in fresh}
    wishes = wanted_channels(people)
    linked = {link.user_id for link in TelegramLink.objects.filter(user__in=people) if link.is_open}
    leaving = []
    for notice in fresh:
        wanted = wishes[notice.recipient_id][notice.kind]
        channel = channel_for(wanted, telegram_open=notice.recipient_id in linked)
        if channel is None:
            continue
        urgent = book.telling(notice).urgent
        notice.due_at = due_at(book.calendar, at, notice.kind, urgent=urgent)
        leaving.append(Sending(notice=notice, recipient_id=notice.recipient_id, channel=channel, next_at=notice.due_at))
    Notice.objects.bulk_update([sending.notice for sending in leaving], ["due_at"])
    Sending.objects.bulk_create(leaving)


def wanted_channels(users: Collection[int]) -> dict[int, dict[str, set[str]]]:
    """For each person and kind the channels they want: the defaults, and what they chose otherwise."""
    wishes: dict[int, dict[str, set[str]]] = {
        user: {
            str(kind): {str(channel) for channel in Channel if is_wanted_by_default(kind, channel)}
            for kind in NoticeKind
        }
        for user in users
    }
    for chosen in NoticeSetting.objects.filter(user__in=users):
        kinds = wishes[chosen.user_id][chosen.kind]
        kinds.add(chosen.channel) if chosen.wanted else kinds.discard(chosen.channel)
    return wishes


@transaction.atomic
def read_notices(notices: Any, *, by: User, at: datetime.datetime) -> int:
    """Marks one's own unread notices among these as read; messages about them that have not left are cancelled."""
    found = list(Notice.objects.all().visible_to(by).unread().filter(pk__in=notices).values_list("pk", flat=True))
    Notice.objects.filter(pk__in=found).update(read_at=at)
    waiting = Sending.objects.filter(notice__in=found, state=SendingState.WAITING)
    waiting.update(state=SendingState.CANCELLED, cancelled_at=at)
    forget_bells([by.pk])
    return len(found)


def bell_key(user: int) -> str:
    """Under which the cache keeps what somebody has not read, so that a page need not ask the database for it."""
    return f"bell:{user}"


def forget_bells(users: Collection[int]) -> None:
    """Once committed, the next page of these people asks anew."""
    transaction.on_commit(lambda: cache.delete_many([bell_key(user) for user in users]))


@transaction.atomic
def choose_channels(wishes: Mapping[str, Collection[str]], *, by: User) -> None:
    """Keeps by kind which channels a person wants; what is as by default leaves no row."""
    chosen = defaultdict(set, {kind: set(channels) for kind, channels in wishes.items()})
    NoticeSetting.objects.filter(user=by, kind__in=wishes).delete()
    NoticeSetting.objects.bulk_create(
        NoticeSetting(user=by, kind=kind, channel=channel, wanted=channel in chosen[kind])
        for kind in wishes
        for channel in Channel
        if (channel in chosen[kind]) != is_wanted_by_default(kind, channel)
    )
