"""Asking for work: imports, exports; cancelling and trying again."""

import datetime
import hashlib
import secrets
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.utils.translation import gettext

from accounts.spelling import UnsafeText, hygiene_of_line
from exchange.jobs.handlers import Exporter, Importer
from exchange.jobs.models import Job
from exchange.jobs.rules import JOB
from exchange.sheets import is_workbook, preflight
from exchange.tables import as_file
from lifecycle.events import record

AT_ONCE = 5_000
KEPT = datetime.timedelta(days=7)


def ask_import(
    importer: Importer,
    file: Any,
    *,
    by: Any,
    at: datetime.datetime,
    dry_run: bool = False,
    partial: bool = False,
    language: str = "en",
) -> Job:
    """Stores the file and asks for its import. Raises PermissionDenied, Unreadable."""
    if not importer.may(by):
        raise PermissionDenied(importer.code)
    preflight(file, file.size)
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    ending = ".xlsx" if is_workbook(file.read(4)) else ".csv"
    file.seek(0)
    name = name_of(file)
    job = Job(
        owner=by,
        kind=importer.kind,
        title=name,
        upload_name=name,
        upload_sha256=digest.hexdigest(),
        options={"dry_run": dry_run, "partial": partial, "language": language},
        created_at=at,
    )
    job.upload.save(secrets.token_hex(16) + ending, File(file), save=False)
    return _asked(job, at)


def name_of(file: Any) -> str:
    """The name a file came with, made safe; it is only shown, never a path."""
    try:
        return hygiene_of_line(str(file.name))[:255] or "file"
    except UnsafeText:
        return "file"


def apply_checked(job: Job, *, by: Any, at: datetime.datetime, partial: bool = False, dry_run: bool = False) -> Job:
    """The file of a dry run again, now to be written; or to be checked once more after its questions were answered."""
    again = Job(
        owner=by,
        kind=job.kind,
        title=job.title,
        upload=job.upload.name,
        upload_name=job.upload_name,
        upload_sha256=job.upload_sha256,
        options={**job.options, "dry_run": dry_run, "partial": partial},
        created_at=at,
    )
    return _asked(again, at)


def ask_export(
    exporter: Exporter, params: dict[str, str], form: str, *, by: Any, at: datetime.datetime, language: str
) -> Job:
    """Asks for a file of a list; the rights of the moment it runs decide what is in it."""
    options = {"params": params, "format": form, "language": language}
    return _asked(Job(owner=by, kind=exporter.kind, title=str(exporter.label), options=options, created_at=at), at)


def _asked(job: Job, at: datetime.datetime) -> Job:
    job.save(force_insert=True)
    record(
        "ask",
        subject_type="job",
        subject_id=job.public_id,
        by=job.owner,
        at=at,
        detail={"kind": job.kind},
        **job.audience(),
    )
    return job


def hand_out(
    exporter: Exporter,
    params: dict[str, str],
    form: str,
    *,
    by: Any,
    at: datetime.datetime,
    today: datetime.date,
    language: str,
) -> tuple[bytes, str, str] | Job:
    """A short list as a file now (content, name, media type), a long one as a job."""
    if not exporter.may(by):
        raise PermissionDenied(exporter.code)
    table = exporter.table(by, params, today)
    if table.count > AT_ONCE:
        return ask_export(exporter, params, form, by=by, at=at, language=language)
    detail = {"rows": table.count, "format": form, "filters": params}
    record("export", subject_type="list", subject_id=exporter.code, by=by, at=at, detail=detail, members_only=True)
    return as_file(table, form, language, today)


def cancel_job(job: Job, *, by: Any, at: datetime.datetime) -> None:
    """Stops a job that has not ended; what runs notices at its next sign of life."""
    JOB.apply("cancel", job, by=by, at=at, change={"finished_at": at, "reason": gettext("Cancelled by its owner.")})


def retry_job(job: Job, *, by: Any, at: datetime.datetime) -> None:
    """Puts a failed or cancelled job into the queue again."""
    JOB.apply(
        "retry", job, by=by, at=at, change={"attempts": 0, "reason": "", "done": 0, "result": {}, "finished_at": None}
    )
