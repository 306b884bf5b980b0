"""Processes that a fault test starts on its own and may kill; they die with the test."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from config.embedded.broker import EmbeddedValkey
from config.embedded.supervise import die_with_parent
from config.roles import WORKER

ROOT = Path(__file__).resolve().parents[2]
START_WITHIN = 120  # a server or worker imports a lot; the machine may be busy
Serve = Callable[..., int]
CELERY = (sys.executable, "-W", "ignore::UserWarning", "-m", "celery", "-q", "-A")


def until(true: Callable[[], object], seconds: float, what: str) -> float:
    """Wait for something; answers how many seconds it took."""
    begun = time.monotonic()
    while not true():
        assert time.monotonic() - begun < seconds, f"{what}: not within {seconds} s"
        time.sleep(0.1)
    return time.monotonic() - begun


class Started:
    """A process of ours with its output in a file."""

    def __init__(self, words: list[str], environment: Mapping[str, str], log: Path) -> None:
        self.log = log
        self.process = subprocess.Popen(
            words,
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=log.open("ab"),
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGKILL),  # noqa: PLW1509
        )

    def alive(self) -> bool:
        return self.process.poll() is None

    def children(self) -> list[int]:
        """The numbers of its child processes."""
        numbers = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(number) for number in numbers]

    def kill(self, number: int = signal.SIGKILL) -> None:
        with suppress(ProcessLookupError):
            self.process.send_signal(number)
        self.process.wait(30)
        with suppress(ProcessLookupError):  # children that it leaves behind
            os.killpg(self.process.pid, signal.SIGKILL)

    def kill_child(self) -> bool:
        """Kill a pool process under the main one."""
        for number in self.children():
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
                return True
        return False


class Background:
    """A worker and a beat of the probe, or of another application, against one broker, each replaceable."""

    application = "tests.faults"

    def __init__(self, folder: Path, database: dict[str, str]) -> None:
        self.folder = folder
        self.environment = {
            **database,
            "REDIS_URL": EmbeddedValkey(folder / "valkey").broker_url(),
            "HK_VAR": str(folder),
            **WORKER.environment,
        }
        self.running: list[Started] = []

    def start(self, *words: str) -> Started:
        started = Started(
            [*CELERY, self.application, *words], self.environment, self.folder / f"{words[0]}{len(self.running)}.log"
        )
        self.running.append(started)
        return started

    def worker(self) -> Started:
        name = f"w{len(self.running)}@%h"
        rest = ("-Q", "ticks", "-c", "1", "-n", name, "--without-mingle", "--without-gossip", "-l", "warning")
        return self.start("worker", *rest)

    def beat(self) -> Started:
        return self.start("beat", "--pidfile", "", "-s", str(self.folder / f"beat{len(self.running)}"))

    def end(self) -> None:
        for started in self.running:
            started.kill()


class Broker:
    """The embedded broker as a process of the test."""

    def __init__(self, home: Path) -> None:
        self.server = EmbeddedValkey(home)
        self.start()

    def start(self) -> None:
        self.server.home.mkdir(parents=True, exist_ok=True)
        self.server.socket.parent.mkdir(parents=True, exist_ok=True)
        self.started = Started(self.server.argv(), {}, self.server.home.parent / "valkey.log")
        until(self.server.ready, 10, "the broker answers")

    def kill_and_wipe(self) -> None:
        self.started.kill()
        shutil.rmtree(self.server.home)


@contextmanager
def ended(background: Background) -> Iterator[Background]:
    """End all its processes afterwards."""
    try:
        yield background
    finally:
        background.end()
