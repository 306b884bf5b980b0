"""A hundred thousand figures through the import, and through the API's bulk PUT, against COPY of the same rows.

COPY gets what was written, into an empty table with the same columns, indexes, checks and keys; that it notes nothing of
what changed, asks nobody for rights and tells no Event is its advantage.
"""

import io
import json
import time

from benchmarks.scratch import scratch_database

from django.core.files.uploadedfile import SimpleUploadedFile  # isort: skip
from django.db import connection, transaction  # isort: skip
from rest_framework.test import APIClient  # isort: skip
from accounts.clock import now  # isort: skip
from benchmarks.country import build, run, vacuum  # isort: skip
from benchmarks.imports import officer  # isort: skip
from benchmarks.rollups import CATALOGUE  # isort: skip
from exchange.jobs.actions import ask_import  # isort: skip
from exchange.jobs.handlers import importers  # isort: skip
from exchange.jobs.models import Job  # isort: skip
from exchange.jobs.running import run_waiting  # isort: skip
from institutions.registry.models import Institution  # isort: skip
from quality.observations.api import MOST  # isort: skip
from quality.observations.models import Observation  # isort: skip
from tests.factories import a_token  # isort: skip

HOUSES, INDICATORS, ROUNDS = 10_000, 10, 3
PERIOD = "2026-10"
EMPTY = "TRUNCATE quality_observation, quality_formerfigure, quality_change, quality_dirty, exchange_job CASCADE"
KEYS = """
SELECT format('ALTER TABLE copy_of_figures ADD %%s', pg_get_constraintdef(oid)) FROM pg_constraint
WHERE conrelid = 'quality_observation'::regclass AND contype = 'f' ORDER BY conname
"""


def figures() -> list[dict[str, str]]:
    """Ten figures of each institution: quotients but for every third."""
    return [
        {
            "indicator": f"OBS.{code:02}", "institution": house, "period": PERIOD, "numerator": str((place * 7 + code) % 90),
            **({} if code % 3 == 0 else {"denominator": str(90 + place % 50)}),
        }
        for place, house in enumerate(Institution.objects.order_by("pk").values_list("public_id", flat=True))
        for code in range(1, INDICATORS + 1)
    ]  # fmt: skip


def imported(rows: list[dict[str, str]], by: object) -> float:
    """Seconds of the worker, from taking up the file to its end."""
    lines = ["indicator,institution,period,numerator,denominator"]
    lines += [",".join([*list(row.values())[:4], row.get("denominator", "")]) for row in rows]
    file = SimpleUploadedFile("figures.csv", "\n".join(lines).encode(), content_type="text/csv")
    ask_import(importers()["observations"], file, by=by, at=now(), dry_run=False, partial=False, language="en")
    began = time.perf_counter()
    run_waiting(now)
    seconds = time.perf_counter() - began
    job = Job.objects.get()
    assert (job.status, job.result["created"]) == ("done", len(rows)), (job.status, job.result, job.reason)
    return seconds


def put(rows: list[dict[str, str]], client: APIClient) -> float:
    """Seconds of so many requests as a hundred thousand take, each as full as it may be."""
    bodies = [json.dumps(rows[start : start + MOST]) for start in range(0, len(rows), MOST)]
    began = time.perf_counter()
    for body in bodies:
        answer = client.put("/api/v1/observations/", body, content_type="application/json")
        assert answer.status_code == 200, answer.content
    return time.perf_counter() - began


def copied() -> float:
    """Seconds of COPY of the same rows, until they are committed."""
    rows = io.StringIO()
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert("COPY (SELECT * FROM quality_observation ORDER BY id) TO STDOUT", rows)
        cursor.execute("DROP TABLE IF EXISTS copy_of_figures")
        cursor.execute("CREATE TABLE copy_of_figures (LIKE quality_observation INCLUDING ALL)")
        cursor.execute(KEYS, {})
        for (key,) in cursor.fetchall():
            cursor.execute(key)
    rows.seek(0)
    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.cursor.copy_expert("COPY copy_of_figures FROM STDIN", rows)
    return time.perf_counter() - began


def measure() -> dict[str, float]:
    """The shortest of some rounds of each, every one into empty tables."""
    build(HOUSES)
    run(CATALOGUE, indicators=INDICATORS)
    by = officer()
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {a_token(by)}")
    vacuum()
    rows, took = figures(), {"import": [], "api": [], "copy": []}
    for _round in range(ROUNDS):
        run(EMPTY)
        took["import"].append(imported(rows, by))
        run(EMPTY)
        took["api"].append(put(rows, client))
        assert Observation.objects.count() == len(rows)
        took["copy"].append(copied())
    best = {way: min(seconds) for way, seconds in took.items()}
    return {
        "bulk_put_vs_copy": round(best["import"] / best["copy"], 2),
        "bulk_api_vs_copy": round(best["api"] / best["copy"], 2),
        **{f"bulk_{way}_s": round(seconds, 2) for way, seconds in best.items()},
    }


if __name__ == "__main__":
    with scratch_database():
        found = measure()
    print(json.dumps(found))
