"""Logging joint work through the API (signed in by a token, checked, once, told) against the bare inserts of its rows.

The bare inserts are what one logging left: activity, participations, counts, Event and the stored reply, a statement a
table, in one transaction with a commit; every index, check and trigger is there for both.
"""

import json
import time
from typing import Any

from benchmarks.scratch import scratch_database

from django.db import connection, models, transaction  # isort: skip
from rest_framework.test import APIClient  # isort: skip
from accounts.identity import new_public_id  # isort: skip
from benchmarks.country import build, run, vacuum  # isort: skip
from cooperation.activities.models import Activity, ParticipantCount, Participation  # isort: skip
from exchange.replies.models import StoredReply  # isort: skip
from institutions.registry.models import Institution  # isort: skip
from lifecycle.models import Event  # isort: skip
from tests.factories import a_member, a_term, a_token  # isort: skip

HOUSES, WARM, VISITS, ROUNDS = 2_000, 10, 60, 3


def words() -> None:
    a_term("cooperation_form", "F2")
    a_term("activity_type", "open_lesson", form="F2", interdependent=True)
    for code in ("pupils", "teachers"):
        a_term("participant_category", code)


def logged(client: APIClient, body: dict[str, Any], key: str) -> float:
    """Seconds of one request."""
    began = time.perf_counter()
    answer = client.post("/api/v1/activities/", body, format="json", headers={"Idempotency-Key": key})
    seconds = time.perf_counter() - began
    assert answer.status_code == 201, answer.content
    return seconds


class Bare:
    """The rows of one logging as statements, with new keys each time."""

    def __init__(self) -> None:
        self.activity = Activity.objects.order_by("-pk")[:1].get()
        self.parts = list(Participation.objects.filter(activity=self.activity))
        self.counts = list(ParticipantCount.objects.filter(activity=self.activity))
        self.event = Event.objects.order_by("-pk")[:1].get()
        self.reply = StoredReply.objects.order_by("-pk")[:1].get()

    def insert(self, number: int) -> float:
        """Seconds of the inserts and their commit."""
        began = time.perf_counter()
        with transaction.atomic(), connection.cursor() as cursor:
            key, public_id = f"bare-{number}", new_public_id()
            row = self._write(cursor, [self.activity], public_id=public_id, client_key=key)
            self._write(cursor, self.parts, activity_id=row)
            self._write(cursor, self.counts, activity_id=row)
            self._write(cursor, [self.event], subject_id=public_id)
            self._write(cursor, [self.reply], key=key)
        return time.perf_counter() - began

    def _write(self, cursor: Any, rows: list[Any], **changed: Any) -> int:
        model: type[models.Model] = type(rows[0])
        fields = [f for f in model._meta.concrete_fields if not f.primary_key and f.attname != "xact"]
        cells = [
            f.get_db_prep_save(changed.get(f.attname, getattr(row, f.attname)), connection)
            for row in rows
            for f in fields
        ]
        marks = ", ".join("(" + ", ".join(["%s"] * len(fields)) + ")" for _row in rows)
        names = ", ".join(f'"{f.column}"' for f in fields)
        cursor.execute(f"INSERT INTO {model._meta.db_table} ({names}) VALUES {marks} RETURNING id", cells)  # noqa: S608
        key: int = cursor.fetchone()[0]
        return key


def measure() -> dict[str, float]:
    """Both on one set of rows: the median of each round, the least of the rounds."""
    build(HOUSES)
    words()
    run("UPDATE institutions_institution SET status = 'verified'")
    own, *others = Institution.objects.order_by("pk")[:3]
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {a_token(a_member('teacher', own))}", HTTP_ACCEPT_LANGUAGE="en")
    body = {
        "type": "open_lesson", "starts_on": "2026-11-01", "counts": {"pupils": 25, "teachers": 3},
        "partners": [{"institution": house.public_id} for house in others],
    }  # fmt: skip
    vacuum()
    for number in range(WARM):
        logged(client, body, f"warm-{number}")
    bare = Bare()
    api, inserts = [], []
    for round_ in range(ROUNDS):
        times = sorted(logged(client, body, f"log-{round_}-{number}") for number in range(VISITS))
        api.append(times[VISITS // 2])
        times = sorted(bare.insert(round_ * VISITS + number) for number in range(VISITS))
        inserts.append(times[VISITS // 2])
    return {
        "log_write_vs_insert": round(min(api) / min(inserts), 2),
        "log_write_ms": round(1000 * min(api), 2),
        "log_insert_ms": round(1000 * min(inserts), 2),
    }


if __name__ == "__main__":
    with scratch_database():
        print(json.dumps(measure()))
