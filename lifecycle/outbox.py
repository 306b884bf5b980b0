"""Reading Events as an outbox: every committed one exactly in order, none skipped, whoever commits late.

Ids commit out of order, so the reading goes by (transaction, id) and stays below the oldest transaction still writing.
"""

import datetime
from collections.abc import Callable

from django.db import connection, transaction

from accounts.faults import fault
from lifecycle.models import Cursor, DeadLetter, Event

READ = """
SELECT id FROM lifecycle_event
WHERE (xact, id) > (%s::text::xid8, %s) AND xact < pg_snapshot_xmin(pg_current_snapshot())
ORDER BY xact, id LIMIT %s
"""
ATTEMPTS = 5


def read_after(xact: int, event_id: int, limit: int = 500) -> list[Event]:
    """Events committed after the cursor, in order, below the edge."""
    with connection.cursor() as cursor:
        cursor.execute(READ, [str(xact), event_id, limit])
        ids = [row[0] for row in cursor.fetchall()]
    found = Event.objects.in_bulk(ids)
    return [found[pk] for pk in ids]


def consume(name: str, effect: Callable[[list[Event]], None], *, at: datetime.datetime, limit: int = 500) -> int:
    """One batch: the effect's rows and the move of the cursor commit together. Returns how many events were read.

    A batch that fails is taken event by event; one refused five times becomes a dead letter and is passed over.
    """
    Cursor.objects.get_or_create(name=name)
    try:
        return _advance(name, effect, limit)
    except Exception as error:  # the effect is another thing's code: whatever it raises must not stop the others
        return _advance_singly(name, effect, error, at)


def _advance(name: str, effect: Callable[[list[Event]], None], limit: int) -> int:
    with transaction.atomic():
        cursor = Cursor.objects.select_for_update(skip_locked=True).filter(name=name).first()
        if cursor is None:
            return 0
        events = read_after(cursor.xact, cursor.event_id, limit)
        if not events:
            return 0
        effect(events)
        fault("before_cursor_move")
        _move(cursor, events[-1])
    return len(events)


def _advance_singly(name: str, effect: Callable[[list[Event]], None], error: Exception, at: datetime.datetime) -> int:
    with transaction.atomic():
        cursor = Cursor.objects.select_for_update(skip_locked=True).filter(name=name).first()
        events = read_after(cursor.xact, cursor.event_id, 1) if cursor else []
        if not cursor or not events:
            return 0
        try:
            with transaction.atomic():
                effect(events)
        except Exception as again:  # as above
            if not _given_up(name, events[0], again or error, at):
                return 0
        _move(cursor, events[0])
    return 1


def _given_up(name: str, event: Event, error: Exception, at: datetime.datetime) -> bool:
    letter, _new = DeadLetter.objects.get_or_create(consumer=name, event=event, defaults={"error": ""})
    letter.attempts += 1
    letter.error = repr(error)[:2000]
    letter.given_up_at = at if letter.attempts >= ATTEMPTS else None
    letter.save()
    return letter.attempts >= ATTEMPTS


def _move(cursor: Cursor, last: Event) -> None:
    cursor.xact, cursor.event_id = int(last.xact), last.pk
    cursor.save()
