"""A consumer of Events that does nothing but note each one, run by the product's own Celery application.

Its effect is slow enough that a kill often hits the middle of a task. Twenty notes a batch, one commit with the cursor.
"""

import time

from django.db import connection

from accounts.clock import now
from config.celery import app
from lifecycle.models import Event
from lifecycle.outbox import consume

TABLE = "CREATE TABLE probe_note (event_id bigint, noted_at timestamptz DEFAULT clock_timestamp())"
NAME = "probe"


def note(events: list[Event]) -> None:
    """One row an event; no unique key, so that a double would show."""
    with connection.cursor() as cursor:
        for event in events:
            cursor.execute("INSERT INTO probe_note (event_id) VALUES (%s)", [event.pk])
            time.sleep(0.005)


@app.task(name="probe.consume")
def consume_all() -> None:
    """Read on until nothing is left."""
    while consume(NAME, note, at=now(), limit=20):
        pass
