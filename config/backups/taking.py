"""Taking a backup: the base by pg_basebackup, the archived log and people's files by what is not there yet.

PostgreSQL copies finished pieces of its log into a spool; `ship` encrypts them into the backup and empties the spool.
"""

import datetime
import json
import os
import re
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from psycopg2 import sql

from config.backups.parts import (
    FORMAT,
    HALF,
    LIST,
    SEGMENT,
    Impossible,
    digest,
    encrypt,
    flush_folder,
    name_of_file,
    recipient_of,
)
from config.embedded.postgres import find_programs
from config.health import applied_migrations
from exchange.certifying import signing
from lifecycle import ledger
from lifecycle.models import LedgerHead
from lifecycle.signing import signed

PUBLIC = re.compile(r"HK_(?!.*(KEY|TOKEN|SECRET|PASSWORD|OPTIONS|RECIPIENT))[A-Z_]+")
ARCHIVED = re.compile(r"[0-9A-F]{24}(\.[0-9A-F]{8}\.backup)?|[0-9A-F]{8}\.history")


def kept() -> Path:
    """The folder backups lie in. Raises Impossible."""
    if not settings.BACKUP_HOME:
        raise Impossible("HK_BACKUP has no value: name the folder that backups are kept in, best on another machine")
    return Path(settings.BACKUP_HOME)


def take(*, at: datetime.datetime) -> dict[str, Any]:
    """One base backup with everything that belongs to it; answers its list. Raises Impossible."""
    recipient, home = recipient_of(settings.BACKUP_RECIPIENT), kept()
    told = facts(at)
    folder = home / "base" / f"{at.astimezone(datetime.UTC):%Y%m%dT%H%M%SZ}"
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory(dir=settings.VAR, prefix="backup") as raw:
        _copy_cluster(Path(raw))
        told |= _range(Path(raw))
        for source in sorted(Path(raw).iterdir()):
            encrypt(source, folder / f"{source.name}.age", recipient)
    shipped = ship(home, recipient)
    parts = {path.name: {"bytes": path.stat().st_size, "sha256": digest(path)} for path in sorted(folder.glob("*.age"))}
    listed = signed({**told, "parts": parts, "files": shipped["listed"]})
    half = folder / (LIST + HALF)
    half.write_text(json.dumps(listed, ensure_ascii=False, indent=1), encoding="utf-8")
    half.rename(folder / LIST)  # without its list a backup does not count
    flush_folder(folder)
    return {**listed, "folder": folder}


def facts(at: datetime.datetime) -> dict[str, Any]:
    """What a restored database is held against: rows, schema, the record; settings by name, values only of harmless ones."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_snapshot_xmax(pg_current_snapshot())::text, current_setting('server_version_num')::int / 10000"
        )
        edge, version = cursor.fetchone()
        cursor.execute("SELECT rolname FROM pg_roles WHERE oid = 10")
        owner = cursor.fetchone()[0]
    head, by = LedgerHead.objects.order_by("-id").first(), signing()
    return {
        "format": FORMAT, "at": ledger.moment(at), "database": settings.DATABASES["default"]["NAME"], "owner": owner,
        "server": version, "migrations": sorted("/".join(each) for each in applied_migrations()),
        "edge": edge, "rows": rows(), "head": ledger.as_signed(head) if head else None, "record": ledger.length(),
        "paper_key": by.fingerprint if by else "", "settings": harmless(),
    }  # fmt: skip


def rows() -> dict[str, int]:
    """How many rows each table of the program has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        found = {}
        for (table,) in cursor.fetchall():
            cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
            found[table] = cursor.fetchone()[0]
    return found


def harmless() -> dict[str, str | None]:
    """The settings of this process; of keys, tokens and addresses with passwords only that they were given."""
    known = {name: value for name, value in os.environ.items() if name.startswith("HK_") or name.endswith("_URL")}
    return {name: value if PUBLIC.fullmatch(name) else None for name, value in sorted(known.items())}


def _copy_cluster(raw: Path) -> None:
    entry = settings.DATABASES["default"]
    place = {
        "PGHOST": entry.get("HOST"),
        "PGPORT": entry.get("PORT"),
        "PGUSER": entry.get("USER"),
        "PGPASSWORD": entry.get("PASSWORD"),
    }
    words = [
        find_programs() / "pg_basebackup",
        "-D",
        raw,
        "-Ft",
        "-X",
        "stream",
        "-c",
        "fast",
        "--manifest-checksums=SHA256",
        "--no-password",
    ]
    known = {name: str(value) for name, value in place.items() if value}
    ran = subprocess.run(
        list(map(str, words)), env={**os.environ, **known}, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise Impossible(f"pg_basebackup: {ran.stderr.strip()[-500:]}")


def _range(raw: Path) -> dict[str, Any]:
    """From where to where of the log the base needs, by its own manifest."""
    told = json.loads((raw / "backup_manifest").read_text(encoding="utf-8"))["WAL-Ranges"][0]
    return {"timeline": told["Timeline"], "from": told["Start-LSN"], "until": told["End-LSN"]}


def ship(home: Path, recipient: Any) -> dict[str, Any]:
    """What is new in spool and files goes into the backup; answers how much, and every file with its hash."""
    wal = 0
    spool = Path(settings.WAL_SPOOL) if settings.WAL_SPOOL else None
    for source in sorted(spool.iterdir()) if spool and spool.is_dir() else ():
        if ARCHIVED.fullmatch(source.name):
            encrypt(source, home / "wal" / f"{source.name}.age", recipient)
            source.unlink()
            wal += SEGMENT.fullmatch(source.name) is not None
    listed, new = {}, 0
    media = Path(settings.MEDIA_ROOT)
    for source in sorted(path for path in media.rglob("*") if path.is_file()):
        path, content = source.relative_to(media).as_posix(), digest(source)
        listed[path] = content
        target = home / "files" / name_of_file(path, content)
        if not target.exists():
            encrypt(source, target, recipient)
            new += 1
    return {"wal": wal, "files": new, "listed": listed}


def named_files(cursor: Any) -> set[str]:
    """Every file that a row of the database names, as its path under the files' folder."""
    found: set[str] = set()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.FileField):
                words = sql.SQL("SELECT DISTINCT {} FROM {}")
                cursor.execute(words.format(sql.Identifier(field.column), sql.Identifier(model._meta.db_table)))
                found |= {path for (path,) in cursor.fetchall() if path}
    return found


def newest_log(seconds: float = 60) -> str:
    """Closes the present piece of the log and waits until it is in the spool: its name. Raises Impossible.

    A commit goes before it, so that a recovery to any moment until now finds one that lies after.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('archive_mode')")
        if cursor.fetchone()[0] == "off":
            raise Impossible(
                "the server archives no log: set archive_mode and archive_command, or HK_BACKUP for the embedded one"
            )
        cursor.execute("SELECT pg_logical_emit_message(true, 'hamkorlik', 'backup')")
        cursor.execute("SELECT pg_walfile_name(pg_switch_wal())")
        wanted = cursor.fetchone()[0]
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            cursor.execute("SELECT last_archived_wal, last_failed_wal FROM pg_stat_archiver")
            last, failed = cursor.fetchone()
            if last and SEGMENT.match(last) and last[:24] >= wanted:
                return str(wanted)
            time.sleep(0.2)
    raise Impossible(
        f"the log {wanted} was not archived within {seconds:.0f} s" + (f"; {failed} failed" if failed else "")
    )
