"""A foreground supervisor: starts services in order, waits until each is ready, repairs crashes, stops in reverse."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TextIO

PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG
QUICK, LONGEST_PAUSE = 30, 30  # a crash within QUICK seconds doubles the pause before the next start


@dataclass
class Service:
    """One program: how to start it, how to know that it works, how to end it."""

    name: str
    spawn: Callable[..., "subprocess.Popen[bytes]"]
    ready: Callable[[], bool] = lambda: True
    stop_signal: int = signal.SIGTERM
    grace: float = 15  # seconds to end by itself
    orphan_signal: int = signal.SIGKILL  # sent by the kernel when the supervisor itself was killed
    before_stop: Callable[[], None] = lambda: None
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)
    started: float = 0
    pause: float = 0
    restart_at: float = 0

    def alive(self) -> bool:
        """Whether its process runs."""
        return self.process is not None and self.process.poll() is None


def command(words: list[str], folder: str, environment: Mapping[str, str]) -> Callable[..., "subprocess.Popen[bytes]"]:
    """How to start a program in a folder with extra environment."""
    return lambda **options: subprocess.Popen(words, cwd=folder, env={**os.environ, **environment}, **options)


def die_with_parent(number: int) -> Callable[[], object] | None:
    """Linux: have the kernel signal the child when its parent is gone, even by SIGKILL."""
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None, use_errno=True)
    return lambda: library.prctl(PARENT_DEATH_SIGNAL, number)


class Supervisor:
    """Runs services until it is told to stop."""

    def __init__(self, services: list[Service], out: TextIO = sys.stdout) -> None:
        self.services = services
        self.out = out
        self.stopping = threading.Event()
        self.width = max(len(service.name) for service in services)
        self.writing = threading.Lock()

    def say(self, name: str, line: str) -> None:
        """One line of output with the speaker's name."""
        with self.writing:
            self.out.write(f"{name:<{self.width}} | {line}\n")
            self.out.flush()

    def run(self, after: Callable[[str], None] = lambda _name: None) -> int:
        """Start all, call `after` with each name once it is ready, watch; answers the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stopping.set())
        try:
            for service in self.services:
                self._start(service)
                self._wait_ready(service)
                if self.stopping.is_set():
                    break
                self.say("up", f"{service.name} ready")
                after(service.name)
            while not self.stopping.wait(0.3):
                self._repair()
        except RuntimeError as error:
            self.say("up", str(error))
            return 1
        finally:
            self.shutdown()
        return 0

    def shutdown(self) -> None:
        """Stop what runs, last started first."""
        for service in reversed(self.services):
            if service.alive():
                self._stop(service)

    def _start(self, service: Service) -> None:
        service.started = time.monotonic()
        service.process = service.spawn(
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=die_with_parent(service.orphan_signal),
        )
        threading.Thread(target=self._pass_on, args=(service.name, service.process), daemon=True).start()

    def _pass_on(self, name: str, process: "subprocess.Popen[bytes]") -> None:
        for line in process.stdout or ():
            self.say(name, line.decode(errors="replace").rstrip())

    def _wait_ready(self, service: Service, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not service.ready() and not self.stopping.wait(0.05):
            if not service.alive():
                code = service.process.returncode if service.process else None
                raise RuntimeError(f"{service.name} ended with code {code} before it was ready; see its lines above")
            if time.monotonic() > deadline:
                raise RuntimeError(f"{service.name} was not ready after {seconds:.0f} s; see its lines above")

    def _repair(self) -> None:
        """Start again what has crashed, after a pause that grows while it keeps crashing."""
        now = time.monotonic()
        for service in self.services:
            if service.alive():
                continue
            if not service.restart_at:
                quick = now - service.started < QUICK
                service.pause = min(max(1, service.pause * 2), LONGEST_PAUSE) if quick else 1
                service.restart_at = now + service.pause
                code = service.process.returncode if service.process else None
                self.say("up", f"{service.name} ended with code {code}; starting it again in {service.pause:.0f} s")
            elif now >= service.restart_at:
                service.restart_at = 0
                self._start(service)

    def _stop(self, service: Service) -> None:
        if service.process is None:
            return
        begun = time.monotonic()
        service.before_stop()
        service.process.send_signal(service.stop_signal)
        try:
            service.process.wait(service.grace)
        except subprocess.TimeoutExpired:
            os.killpg(service.process.pid, signal.SIGKILL)
            service.process.wait()
        self.say("up", f"{service.name} stopped in {time.monotonic() - begun:.1f} s")
