"""Everything in one foreground process: database, broker, preparation, web, workers, beat."""

import fcntl
import json
import os
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from typing import Any, TextIO

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from config.embedded.supervise import Supervisor
from config.management.commands.prepare import WORLD
from config.services import DRAINING, HOST, base_services, site_services


class Command(BaseCommand):
    """Starts in order, waits for each to be ready, repairs crashes, stops in reverse order."""

    help = "Run the whole site until Ctrl-C. Example: manage.py up --port 8000"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=int(os.environ.get("HK_PORT", "8000")))
        parser.add_argument("--scale", default="small", choices=["small", "country"], help="of the demonstration")

    def handle(self, *, port: int, scale: str, **_options: Any) -> None:
        """Run until a signal; the exit code says whether all went well."""
        begun = time.monotonic()
        os.environ.setdefault("HK_SITE_URL", f"http://127.0.0.1:{port}")
        settings.VAR.mkdir(parents=True, exist_ok=True)
        lock = only_one(settings.VAR / "up.lock")
        refuse_taken(port)
        (settings.VAR / DRAINING).unlink(missing_ok=True)
        base, site = base_services(), site_services(port)
        supervisor = Supervisor(base + site)

        def after(name: str) -> None:
            if base and name == base[-1].name:
                prepare(supervisor, scale)
            if name == "web":
                supervisor.say("up", f"first page after {time.monotonic() - begun:.1f} s")
            if name == site[-1].name:
                self.welcome(supervisor)

        if not base and not settings.EMBEDDED_POSTGRES:
            prepare(supervisor, scale)
        code = supervisor.run(after)
        lock.close()
        sys.exit(code)

    def welcome(self, supervisor: Supervisor) -> None:
        """The address, and who may sign in to the demonstration."""
        supervisor.say("up", f"open {os.environ['HK_SITE_URL']}/   (Ctrl-C stops everything)")
        world = settings.VAR / WORLD
        if not settings.DEMO or not world.exists():
            return
        facts = json.loads(world.read_text())
        for role, person in facts["users"].items():
            supervisor.say("up", f"  {role:<18} {person['username']}")
        supervisor.say("up", f"  password of each: {facts['password']}   (tokens for the API: {world})")


def only_one(path: "os.PathLike[str]") -> TextIO:
    """Hold the folder's lock for as long as this process lives."""
    lock = open(path, "w")  # noqa: SIM115
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise CommandError("the site runs already in this folder: stop it first, or set HK_VAR") from error
    return lock


def refuse_taken(port: int) -> None:
    """Say at once that a port is taken, rather than after everything else has started."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise CommandError(f"port {port} is taken: choose another with --port") from error


def prepare(supervisor: Supervisor, scale: str) -> None:
    """The preparation as a process of its own: as the database's owner, and gone from memory afterwards."""
    words = [sys.executable, "manage.py", "prepare", "--scale", scale]
    with subprocess.Popen(
        words, cwd=settings.BASE_DIR, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as work:
        for line in work.stdout or ():
            supervisor.say("prepare", line.rstrip())
    if work.returncode:
        raise RuntimeError("the preparation failed; see its lines above")
