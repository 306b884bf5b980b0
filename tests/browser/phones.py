"""A phone that can be killed, and a network that can be cut: a real browser behind a forwarder of our own."""

import contextlib
import os
import select
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

from tests.browser.conftest import CHROMIUM, FLAGS, free_port


class Network:
    """Forwards to the site; cut, it refuses and drops everything."""

    def __init__(self, target: int) -> None:
        self.target, self.port = target, free_port()
        self.live: set[socket.socket] = set()
        self.server: socket.socket | None = None
        self.restore()

    def restore(self) -> None:
        self.server = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self.server,), daemon=True).start()

    def cut(self) -> None:
        server, self.server = self.server, None
        for each in (server, *self.live):
            if each is not None:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
                each.close()
        self.live.clear()

    def _accept(self, server: socket.socket) -> None:
        while True:
            try:
                near, _address = server.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.target))
            self.live |= {near, far}
            threading.Thread(target=self._pass_on, args=(near, far), daemon=True).start()

    def _pass_on(self, near: socket.socket, far: socket.socket) -> None:
        other = {near: far, far: near}
        with contextlib.suppress(OSError, ValueError):
            while True:
                for side in select.select([near, far], [], [])[0]:
                    data = side.recv(65536)
                    if not data:
                        raise OSError
                    other[side].sendall(data)
        for side in (near, far):
            side.close()


class Phone:
    """A browser with a profile on disk, started by us so that it can be killed like a phone whose battery is empty."""

    def __init__(self, kind: Any, profile: Path, cookie: dict[str, str]) -> None:
        self.kind, self.profile, self.cookie = kind, profile, cookie

    def open(self) -> Any:
        """Starts it; the page, 360 pixels wide."""
        port = free_port()
        words = [CHROMIUM, *FLAGS, f"--remote-debugging-port={port}", f"--user-data-dir={self.profile}", "about:blank"]
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(words, stdout=quiet, stderr=quiet, start_new_session=True)
        for _attempt in range(100):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/json/version", timeout=1).close()
                break
            time.sleep(0.1)
        self.browser = self.kind.connect_over_cdp(f"http://127.0.0.1:{port}")
        self.context = self.browser.contexts[0]
        self.context.add_cookies([{**self.cookie, "expires": int(time.time()) + 36_000}])
        page = self.context.new_page()
        page.set_viewport_size({"width": 360, "height": 640})
        return page

    def kill(self) -> None:
        """All of it, at once, without a word."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)
        with contextlib.suppress(Exception):
            self.browser.close()
