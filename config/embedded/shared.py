"""One embedded cluster shared by several test runs: the first to come starts it, the last to leave stops it."""

import fcntl
import os
import shutil
from contextlib import suppress

from config.embedded.postgres import EmbeddedPostgres


class SharedCluster:
    """A shared lock on a file says "still in use"; the kernel drops it with the process, however it ends."""

    def __init__(self, server: EmbeddedPostgres) -> None:
        self.server = server
        server.home.parent.mkdir(parents=True, exist_ok=True)
        self.users = open(server.home.with_suffix(".users"), "w")  # noqa: SIM115 (held as long as the run lives)

    def join(self) -> None:
        """Use it, starting it if need be."""
        fcntl.flock(self.users, fcntl.LOCK_SH)
        try:
            self.server.start(seconds=20)
        except RuntimeError:  # it does not sync to disk, so the machine's crash may have broken it
            shutil.rmtree(self.server.data, ignore_errors=True)
            self.server.start()

    def leave(self) -> None:
        """Stop it when nobody else uses it, unless HK_KEEP_TEST_CLUSTER asks to keep it warm."""
        if not os.environ.get("HK_KEEP_TEST_CLUSTER"):
            with suppress(BlockingIOError):
                fcntl.flock(self.users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self.server.stop()
        self.users.close()
