"""Running what was asked for: one job at a time, fairly, with signs of life; a dead worker's job is taken up again."""

import datetime
import json
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Max, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext, override

from exchange.copying import copy_rows
from exchange.jobs.actions import KEPT
from exchange.jobs.filed import RETURNED_ROWS, read_rows, returned
from exchange.jobs.handlers import Fault, Importer, Plan, exporters, importers
from exchange.jobs.models import Job, JobRow, JobStatus, RowState
from exchange.jobs.rules import JOB
from exchange.sheets import read
from exchange.tables import as_file
from lifecycle.transitions import WrongStatus

Clock = Callable[[], datetime.datetime]
SILENCE = datetime.timedelta(minutes=10)
TAKEN_UP = datetime.timedelta(seconds=20)
ATTEMPTS = 3
SHOWN = 50
LOCK = 730_511  # the family of advisory locks that running jobs hold
log = structlog.get_logger()


class Cancelled(Exception):
    """Its owner has stopped the job."""


def run_waiting(clock: Clock, limit: datetime.timedelta = datetime.timedelta(seconds=100)) -> int:
    """Runs jobs until none waits or the time is used; returns how many ended."""
    give_up_silent(clock())
    until, ended = clock() + limit, 0
    while clock() < until and (job := claim(clock())) is not None:
        try:
            run(job, clock)
        finally:
            _unlock(job)
        ended += 1
    return ended


def give_up_silent(at: datetime.datetime) -> None:
    """A job without a sign of life for ten minutes has failed; nothing stays "running" for ever."""
    silent = Job.objects.filter(status=JobStatus.RUNNING, heartbeat_at__lt=at - SILENCE).order_by("pk")
    for job in silent:
        if _lock(job):
            _fail(job, at, gettext("It gave no sign of life for ten minutes. Try again."))
            _unlock(job)


def waiting(at: datetime.datetime) -> Any:
    """Jobs to take up, fairest first: of each person the oldest, of the persons the one served longest ago."""
    left_behind = Q(status=JobStatus.RUNNING, heartbeat_at__lt=at - TAKEN_UP)
    rows = Job.objects.filter(Q(status=JobStatus.QUEUED) | left_behind)
    served = Coalesce(Max("owner__jobs__started_at"), timezone.make_aware(datetime.datetime(2000, 1, 1)))  # noqa: DTZ001
    return rows.annotate(served=served).order_by("served", "created_at", "pk")[:20]


def claim(at: datetime.datetime) -> Job | None:
    """The next job, ours by a lock that dies with this process; or nothing."""
    for job in waiting(at):
        if not _lock(job):
            continue
        job.refresh_from_db()
        if job.status == JobStatus.QUEUED:
            try:
                JOB.apply(
                    "start",
                    job,
                    by=None,
                    at=at,
                    change={"started_at": at, "heartbeat_at": at, "attempts": F("attempts") + 1},
                )
            except WrongStatus:
                _unlock(job)
                continue
            return job
        if job.status == JobStatus.RUNNING and job.attempts < ATTEMPTS:
            Job.objects.filter(pk=job.pk).update(heartbeat_at=at, attempts=F("attempts") + 1)
            return job
        if job.status == JobStatus.RUNNING:
            _fail(job, at, gettext("It was interrupted three times."))
        _unlock(job)
    return None


def _lock(job: Job) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, job.pk % 2**31])
        return bool(cursor.fetchone()[0])


def _unlock(job: Job) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, job.pk % 2**31])


def run(job: Job, clock: Clock) -> None:
    """One job to its end: done, failed with a reason, or cancelled."""
    try:
        with override(job.options.get("language", "en")):
            (_import if job.kind.startswith("import.") else _export)(job, clock)
    except (Cancelled, WrongStatus):
        return
    except PermissionDenied:
        _fail(job, clock(), gettext("You may not do this any more."))
    except ValidationError as error:
        _fail(job, clock(), " ".join(error.messages))
    except (DatabaseError, OSError, ValueError, KeyError) as error:
        log.exception("job_failed", job=job.public_id, kind=job.kind, error=type(error).__name__)
        _fail(job, clock(), gettext("Something went wrong while working on it. Try again later."))


def _fail(job: Job, at: datetime.datetime, reason: str, **change: Any) -> None:
    JOB.apply(
        "fail", job, by=None, at=at, change={"finished_at": at, "reason": reason, "expires_at": at + KEPT, **change}
    )


def progress_of(job: Job, clock: Clock, total: int, offset: int = 0) -> Callable[[int], None]:
    """A sign of life at most once a second; raises Cancelled when the owner has stopped the job."""
    last = [clock()]

    def progress(done: int) -> None:
        now = clock()
        if (now - last[0]).total_seconds() < 1 and done < total:
            return
        last[0] = now
        alive = Job.objects.filter(pk=job.pk, status=JobStatus.RUNNING)
        if not alive.update(done=min(offset + done, 2 * total), total=2 * total, heartbeat_at=now):
            raise Cancelled

    return progress


def _import(job: Job, clock: Clock) -> None:
    importer = importers().get(job.kind.removeprefix("import."))
    if importer is None or not importer.may(job.owner):
        raise PermissionDenied
    taken = read_rows(read(job.upload.path), importer)
    rows = taken.rows
    if not taken.faults and not rows:
        taken.faults = [Fault(1, "", "empty", gettext("The file has no rows below its heads."))]
    plan = Plan()
    if rows:
        plan = importer.plan(rows, by=job.owner, at=job.created_at, progress=progress_of(job, clock, len(rows)))
    plan.faults += taken.faults
    _keep_rows(job, plan, [*rows, *taken.beside])
    if plan.faults:
        _give_back(job, plan, importer)
    counts = plan.counts()
    refused = bool(plan.faults) and not job.options.get("partial")
    beside = {
        "ignored": taken.ignored[:50],
        "warnings": len({fault.row for fault in plan.warnings}),
        "dry_run": bool(job.options.get("dry_run")),
    }
    if job.options.get("dry_run"):
        _finish(job, clock(), len(rows), {**counts, **beside})
    elif refused or (plan.faults and not rows):
        nothing = {**counts, RowState.CREATED: 0, RowState.CHANGED: 0, RowState.UNCHANGED: 0, **beside}
        reason = gettext("Nothing was written: correct the rows named here, or take the valid rows only.")
        _fail(job, clock(), reason, result=nothing, report=job.report.name, report_name=job.report_name)
    else:
        with transaction.atomic():
            plan.write(progress_of(job, clock, len(rows), len(rows)))
            _finish(job, clock(), len(rows), {**counts, **beside, "notes": plan.notes()})


def _finish(job: Job, at: datetime.datetime, rows: int, result: dict[str, Any]) -> None:
    change = {
        "finished_at": at,
        "heartbeat_at": at,
        "expires_at": at + KEPT,
        "done": rows,
        "total": rows,
        "result": result,
    }
    JOB.apply(
        "finish", job, by=None, at=at, change={**change, "report": job.report.name, "report_name": job.report_name}
    )


def _keep_rows(job: Job, plan: Plan, rows: list[Any]) -> None:
    """Every row that is refused or worth a look, and the first 50 new, changed and unchanged ones for the preview."""
    refused, looked_at = _by_row(plan.faults), _by_row(plan.warnings)
    cells = {row.number: row.cells for row in rows}
    kept: list[tuple[Any, ...]] = []
    kept += [(job.pk, at, RowState.REFUSED, json.dumps(said), {}, cells.get(at, {})) for at, said in refused.items()]
    room = dict.fromkeys(RowState, SHOWN)
    for number, state in plan.states.items():
        if number in refused or (room[state] <= 0 and number not in looked_at):
            continue
        room[state] -= 1
        was, now = plan.changes.get(number, ({}, cells.get(number, {})))
        kept.append((job.pk, number, state, json.dumps(looked_at.get(number, [])), was, now))
    with transaction.atomic():
        JobRow.objects.filter(job=job).delete()
        copy_rows(JobRow._meta.db_table, ("job_id", "number", "state", "errors", "was", "now"), kept)


def _by_row(faults: Iterable[Fault]) -> dict[int, list[dict[str, str]]]:
    """What is said of each row, in the order of the rows."""
    found: dict[int, list[dict[str, str]]] = {}
    for fault in sorted(faults, key=lambda fault: fault.row):
        said = {"column": fault.column, "code": fault.code, "message": str(fault.message)}
        found.setdefault(fault.row, []).append(said)
    return found


def _give_back(job: Job, plan: Plan, importer: Importer) -> None:
    """The file with its faults, ready for download."""
    if len(plan.states) + len({fault.row for fault in plan.faults}) > RETURNED_ROWS:
        return
    stem = job.upload_name.rpartition(".")[0] or job.upload_name
    content = returned(read(job.upload.path), plan.faults, importer)
    job.report.save(f"{job.public_id}.xlsx", ContentFile(content), save=False)
    job.report_name = f"{stem}_{gettext('errors')}.xlsx"[:255]


def _export(job: Job, clock: Clock) -> None:
    exporter = exporters().get(job.kind.removeprefix("export."))
    if exporter is None or not exporter.may(job.owner):
        raise PermissionDenied
    options = job.options
    today = timezone.localdate(job.created_at)
    table = exporter.table(job.owner, options["params"], today)
    progress = progress_of(job, clock, table.count)
    table.rows = _counted(table.rows, progress)
    content, name, _media = as_file(table, options["format"], options["language"], today)
    job.report.save(f"{job.public_id}.{options['format']}", ContentFile(content), save=False)
    job.report_name = name
    _finish(job, clock(), table.count, {"rows": table.count})


def _counted(rows: Any, progress: Callable[[int], None]) -> Any:
    for number, row in enumerate(rows, start=1):
        if number % 500 == 0:
            progress(number)
        yield row
