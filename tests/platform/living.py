"""A site of its own for the tests of backups: a durable cluster that archives its log, some rows, one file."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from django.conf import settings
from django.db import connection

from config.backups import parts
from config.embedded.postgres import OWNER, EmbeddedPostgres
from config.embedded.templates import ROOT

NAME = "hamkorlik"
EVENT = """
INSERT INTO lifecycle_event (subject_type, subject_id, title, name, status_before, status_after, position, institution,
  concerned, members_only, reason, reason_code, detail, request_id, happened_at, on_behalf_of_id, actor_id)
VALUES ('note', 'n', %s, 'note', '', '', '', '', '{}', false, '', '', '{}', '', clock_timestamp(), NULL, NULL)
"""

OWN_FILE = """
from accounts.clock import now
from accounts.models import User
from exchange.jobs.models import Job
owner = User.objects.create_user("probe@example.org", None, name="Probe")
Job.objects.create(kind="institutions", status="done", owner=owner, upload="{path}", created_at=now())
"""


class Living:
    """The site; `manage` runs its commands in processes of their own."""

    def __init__(self, home: Path) -> None:
        home.mkdir(mode=0o755)
        self.home, self.kept, self.media = home, home / "kept", home / "media"
        self.server = EmbeddedPostgres(home / "pg", archive=True)
        self.identity, self.file, self.sent = (
            str(home / "backup.key"),
            "uploads/2026/11/list.bin",
            b"what somebody sent",
        )
        self.recipient = ""

    def begin(self) -> None:
        """The cluster from the template of the tests, rows, a file, a backup, and pieces of log after it."""
        made = self.manage("backup_key", self.identity)
        assert made.returncode == 0, made.stderr
        self.recipient = made.stdout.strip().partition("=")[2]
        self.server.start()
        with closing(self.line("postgres")) as line:
            line.autocommit = True
            line.cursor().execute(f"CREATE DATABASE {NAME}")
        self._fill()
        (self.media / self.file).parent.mkdir(parents=True)
        (self.media / self.file).write_bytes(self.sent)
        asked = self.manage("shell", "-v0", "-c", OWN_FILE.format(path=self.file))
        assert asked.returncode == 0, asked.stderr
        self.note("first act")
        sealed = self.manage("audit", "head")
        assert sealed.returncode == 0, sealed.stderr
        made = self.manage("backup", "--json")
        assert made.returncode == 0, made.stderr
        for number in range(4):
            self.note(f"act {number}")
            self.switch()
        assert self.manage("backup", "--new").returncode == 0

    def _fill(self) -> None:
        """Schema and rows of the test database, by the programs the server came with."""
        entry = connection.settings_dict
        programs = self.server.programs
        where = {
            "PGHOST": str(entry["HOST"]),
            "PGPORT": str(entry["PORT"] or ""),
            "PGUSER": str(entry["USER"]),
            "PGPASSWORD": str(entry["PASSWORD"]),
        }
        dump = subprocess.run(
            [str(programs / "pg_dump"), "--no-owner", "--no-privileges", str(entry["NAME"])],
            env={**os.environ, **where}, capture_output=True, check=True,
        )  # fmt: skip
        load = subprocess.run(
            [str(programs / "psql"), "-q", "-v", "ON_ERROR_STOP=1", "-h", str(self.server.sockets), "-U", OWNER, NAME],
            input=dump.stdout, capture_output=True, check=False,
        )  # fmt: skip
        assert load.returncode == 0, load.stderr[-2000:]

    def environment(self, **other: str) -> dict[str, str]:
        own = {
            "HK_PG_HOME": str(self.server.home), "HK_DATABASE": NAME, "HK_VAR": str(self.home), "HK_EPHEMERAL": "0",
            "HK_BACKUP": str(self.kept), "HK_BACKUP_RECIPIENT": self.recipient, "HK_MEDIA_ROOT": str(self.media),
            "HK_DEMO": "1", "HK_SEAL_KEY": settings.SEAL_KEY,
        }  # fmt: skip
        known = {**os.environ, **own, **other}
        known.pop("DATABASE_URL", None)
        return known

    def manage(self, *words: str, **other: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "manage.py", *words], cwd=ROOT, env=self.environment(**other), capture_output=True,
            text=True, check=False,
        )  # fmt: skip

    def key(self) -> Any:
        """The private key of age."""
        return parts.identity_of(Path(self.identity))

    def line(self, name: str = NAME) -> Any:
        return psycopg2.connect(host=str(self.server.sockets), user=OWNER, dbname=name)

    def note(self, title: str) -> None:
        """One act, committed."""
        with closing(self.line()) as line, line, line.cursor() as cursor:
            cursor.execute(EVENT, [title])

    def notes(self, line: Any = None) -> list[str]:
        with closing(line or self.line()) as own, own.cursor() as cursor:
            cursor.execute("SELECT title FROM lifecycle_event WHERE subject_type = 'note'")
            return [title for (title,) in cursor.fetchall()]

    def now(self) -> str:
        with closing(self.line()) as line, line.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            return str(cursor.fetchone()[0].isoformat())

    def switch(self) -> None:
        with closing(self.line()) as line, line.cursor() as cursor:
            cursor.execute("SELECT pg_switch_wal()")
            line.commit()

    @contextmanager
    def restored(self, into: Path) -> Iterator[Any]:
        """The restored server while it is looked at."""
        server = EmbeddedPostgres(into)
        server.start()
        try:
            yield psycopg2.connect(host=str(server.sockets), user=OWNER, dbname=NAME)
        finally:
            server.stop("immediate")

    def base(self) -> dict[str, Any]:
        return parts.bases(self.kept)[-1]
