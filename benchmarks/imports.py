"""The import of 50 000 institutions from a file (checked row by row, compared, written, told) against COPY of the rows.

COPY gets what the import wrote, into empty tables with the same columns, indexes and checks.
"""

import io
import json
import time

from benchmarks.scratch import scratch_database

from django.core.files.uploadedfile import SimpleUploadedFile  # isort: skip
from django.db import connection  # isort: skip
from accounts.clock import now  # isort: skip
from accounts.models import User  # isort: skip
from benchmarks.country import COUNTRY, KINDS, run, vacuum  # isort: skip
from exchange.jobs.actions import ask_import  # isort: skip
from exchange.jobs.handlers import importers  # isort: skip
from exchange.jobs.models import Job  # isort: skip
from exchange.jobs.running import run_waiting  # isort: skip
from institutions.people.models import Membership  # isort: skip
from institutions.territory.models import Territory  # isort: skip

ROWS = 50_000
TABLES = ("institution", "openspell", "institutionkind", "institutionplace", "externalid")
SCHEME = """
INSERT INTO institutions_term (vocabulary, code, names, valid, data, pack, position)
  VALUES ('id_scheme', 'number', '{"en": "Number"}', '[1990-01-01,)', '{}', 'made', 1)
"""


def content() -> bytes:
    """A file of so many institutions, spread over districts and kinds."""
    lines = ["scheme,external_id,kind,territory,name_en,opened_on"]
    lines += [
        f"number,{n},kind{1 + n % KINDS},c{15 + n % 206:03},Institution {n} of the made-up country,2000-09-01"
        for n in range(ROWS)
    ]
    return "\n".join(lines).encode()


def officer() -> User:
    """Who may import."""
    user = User.objects.create_user("officer@example.org", "a good long passphrase", name="Officer")
    country = Territory.objects.get(depth=0)
    Membership.objects.create(
        user=user, territory=country, role="ministry_officer", status="active", valid="[2020-01-01,)"
    )
    return user


def imported() -> float:
    """Seconds of the worker, from taking up the job to its end."""
    file = SimpleUploadedFile("institutions.csv", content(), content_type="text/csv")
    ask_import(importers()["institutions"], file, by=officer(), at=now(), dry_run=False, partial=False, language="en")
    began = time.perf_counter()
    run_waiting(now)
    seconds = time.perf_counter() - began
    job = Job.objects.get()
    assert (job.status, job.result["created"]) == ("done", ROWS), (job.status, job.result, job.reason)
    return seconds


def copied() -> float:
    """Seconds of COPY into empty tables of the same form."""
    seconds = 0.0
    with connection.cursor() as cursor:
        for table in TABLES:
            rows = io.StringIO()
            cursor.cursor.copy_expert(f"COPY institutions_{table} TO STDOUT", rows)
            cursor.execute(f"CREATE TABLE copy_of_{table} (LIKE institutions_{table} INCLUDING ALL)")
            rows.seek(0)
            began = time.perf_counter()
            cursor.cursor.copy_expert(f"COPY copy_of_{table} FROM STDIN", rows)
            seconds += time.perf_counter() - began
    return seconds


if __name__ == "__main__":
    with scratch_database():
        run(COUNTRY, kinds=KINDS)
        run(SCHEME)
        vacuum()
        import_s = imported()
        copy_s = copied()
    found = {"import_vs_copy": round(import_s / copy_s, 2), "import_s": round(import_s, 2), "copy_s": round(copy_s, 2)}
    print(json.dumps(found))
