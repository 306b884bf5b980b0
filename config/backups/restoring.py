"""Bringing a backup back, into a folder of its own: a running cluster is never touched, and nothing leaves the house
from a restored database until an operator says so.
"""

import datetime
import os
import shutil
import subprocess
import tarfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import sql

from config.backups import parts
from config.backups.holding import HELD
from config.backups.parts import Fault, Impossible
from config.backups.taking import named_files
from config.embedded.postgres import OWNER, EmbeddedPostgres
from config.health import known_migrations

PATIENCE = 3600.0
TRUSTED = "local all all trust\n"  # the socket's folder is open to nobody else


@dataclass
class Restored:
    """What came out: where, from what, and what did not hold."""

    server: EmbeddedPostgres
    base: dict[str, Any]
    files: Path
    until: str = ""
    faults: list[str] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """How a process of the program uses it."""
        return {
            "HK_PG_HOME": str(self.server.home),
            "HK_MEDIA_ROOT": str(self.files),
            "HK_DATABASE": self.base["database"],
        }

    def line(self) -> Any:
        """A connection to the restored database."""
        return psycopg2.connect(host=str(self.server.sockets), user=self.base["owner"], dbname=self.base["database"])


def chosen(kept: Path, to_time: datetime.datetime | None) -> dict[str, Any]:
    """The newest base that was finished before that moment. Raises Impossible, Fault."""
    found = parts.bases(kept)
    fitting = [each for each in found if to_time is None or datetime.datetime.fromisoformat(each["at"]) < to_time]
    if not fitting:
        raise Impossible(f"{kept}: no backup" + (f" from before {to_time}" if found else ""))
    return fitting[-1]


def refuse_newer(base: dict[str, Any]) -> None:
    """A schema this program does not know yet. Raises Impossible."""
    newer = sorted(set(base["migrations"]) - {"/".join(each) for each in known_migrations()})
    if newer:
        raise Impossible(
            f"the backup is of a newer program: {newer[0]} is not known here; restore it with that program"
        )


def restore(kept: Path, into: Path, identity: Any, to_time: datetime.datetime | None = None) -> Restored:
    """Base, log and files into an empty folder; the server runs when it answers. Raises Fault, Impossible."""
    base = chosen(kept, to_time)
    refuse_newer(base)
    parts.check(base)
    server = EmbeddedPostgres(into)  # started by root it may live elsewhere, where its account can reach it
    for folder in (into, server.home):
        if folder.exists() and any(folder.iterdir()):
            raise Impossible(f"{folder} is not empty: a restore goes into a folder of its own")
    if server.version() != base["server"]:
        raise Impossible(
            f"the backup is of PostgreSQL {base['server']}, the programs here are {server.version()}: set PG_BIN"
        )
    found = Restored(server, base, into / "files")
    _unpack(base, server, identity)
    _bring_log(kept, base, server, identity)
    _aim(server, to_time)
    _start(server, to_time)
    with closing(found.line()) as line, line.cursor() as cursor:
        line.autocommit = True
        words = sql.SQL("ALTER DATABASE {} SET " + HELD + " = {}")
        moment = f"restored from {base['at']}"
        cursor.execute(words.format(sql.Identifier(base["database"]), sql.Literal(moment)))
        if base["owner"] != OWNER:  # processes reach an embedded server under this name
            cursor.execute(sql.SQL("CREATE ROLE {} SUPERUSER LOGIN").format(sql.Identifier(OWNER)))
        cursor.execute("SELECT coalesce(max(happened_at)::text, '') FROM lifecycle_event")
        found.until = cursor.fetchone()[0]
        wanted = named_files(cursor)
    found.faults += list(_bring_files(kept, base, wanted, found.files, identity))
    return found


def _unpack(base: dict[str, Any], server: EmbeddedPostgres, identity: Any) -> None:
    """The base into the data folder, held against its own manifest."""
    server.home.mkdir(parents=True, exist_ok=True)
    server.data.mkdir(mode=0o700)
    for name, place in (("base.tar", server.data), ("pg_wal.tar", server.data / "pg_wal")):
        packed = server.home / name
        parts.decrypt(base["folder"] / f"{name}{parts.SUFFIX}", packed, identity)
        with tarfile.open(packed) as archive:
            archive.extractall(place, filter="data")
        packed.unlink()
    parts.decrypt(base["folder"] / f"backup_manifest{parts.SUFFIX}", server.data / "backup_manifest", identity)
    checked = subprocess.run(
        [str(server.programs / "pg_verifybackup"), "--exit-on-error", str(server.data)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if checked.returncode:
        raise Fault(f"pg_verifybackup: {checked.stderr.strip()[-500:]}")


def _bring_log(kept: Path, base: dict[str, Any], server: EmbeddedPostgres, identity: Any) -> None:
    """Every archived piece from the base on, readable; one that is missing in between is named."""
    first = parts.segment_at(base["timeline"], base["from"])
    for path in parts.segments(kept, base["timeline"], first):
        parts.decrypt(path, server.home / "log" / path.name.removesuffix(parts.SUFFIX), identity)


def _aim(server: EmbeddedPostgres, to_time: datetime.datetime | None) -> None:
    """Recovery until the moment, or to the end of the log; then an ordinary server that archives nothing."""
    told = {
        "restore_command": f'cp "{server.home}/log/%f" "%p"', "recovery_target_action": "promote", "archive_mode": "off",
        "hot_standby": "off", "recovery_target_timeline": "current",
        **({"recovery_target_time": to_time.isoformat()} if to_time else {}),
    }  # fmt: skip
    (server.data / "postgresql.auto.conf").write_text("".join(f"{name} = '{value}'\n" for name, value in told.items()))
    (server.data / "recovery.signal").touch()
    (server.data / "pg_hba.conf").write_text(TRUSTED)
    for name in ("postgresql.conf", "pg_ident.conf"):  # some systems keep them elsewhere
        (server.data / name).touch()
    if server.account.other:
        for path in (server.home, *server.home.rglob("*")):
            os.chown(path, server.account.uid, server.account.gid)


def _start(server: EmbeddedPostgres, to_time: datetime.datetime | None) -> None:
    """Until recovery is over. Raises Fault with what the server said last."""
    log = server.home / "recovery.log"
    with log.open("ab") as out:
        process = server.popen(stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True)
    until = time.monotonic() + PATIENCE
    while not server.ready():
        if process.poll() is not None or time.monotonic() > until:
            said = log.read_text(errors="replace")
            if "recovery ended before configured recovery target" in said:
                raise Fault(f"the log in the backup ends before {to_time}: leave --to-time out to restore all there is")
            raise Fault(f"recovery failed: {said.strip()[-500:]}")
        time.sleep(0.1)


def _bring_files(kept: Path, base: dict[str, Any], wanted: set[str], into: Path, identity: Any) -> Iterator[str]:
    """Every file that a row names, each held against its hash; what is not there is named."""
    names = sorted(each.name for each in (kept / "files").glob(f"*{parts.SUFFIX}"))
    known = {name.partition("-")[0]: name for name in names}
    for path in sorted(wanted):
        name = parts.name_of_file(path, base["files"].get(path, ""))
        if path not in base["files"] or not (kept / "files" / name).exists():
            name = known.get(name.partition("-")[0], "")
        if not name:
            yield f"missing: file {path}"
            continue
        try:
            parts.decrypt(kept / "files" / name, into / path, identity)
        except Fault as fault:
            yield f"file {path}: {fault}"
            continue
        if parts.digest(into / path) != name.partition("-")[2].removesuffix(parts.SUFFIX):
            yield f"damaged: file {path}"


@contextmanager
def gone_afterwards(found: Restored) -> Iterator[Restored]:
    """The same, stopped and removed at the end."""
    try:
        yield found
    finally:
        found.server.stop("immediate")
        shutil.rmtree(found.server.home, ignore_errors=True)
        found.server.home.with_suffix(".lock").unlink(missing_ok=True)
