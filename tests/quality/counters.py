"""A process to be started by a test that kills what counts: it boots once and forks a counting process for every line
it is sent, answering with its number; for the line `everything` one that recounts everything too.
"""

import os
import signal
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db import connection  # noqa: E402

from config.embedded.supervise import die_with_parent  # noqa: E402
from quality.rollups.actions import recount_changed, recount_everything  # noqa: E402
from tests.quality.figures import the_moment  # noqa: E402


def count_without_end(everything: bool) -> None:
    with connection.cursor() as cursor:  # the test sees by it which of them holds the count
        cursor.execute(f"SET application_name = '{os.getpid()}'")
    while True:
        recount_changed(the_moment())
        if everything:
            recount_everything(the_moment())
        time.sleep(0.002)


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the dead
    follow = die_with_parent(signal.SIGKILL)
    for line in sys.stdin:
        if child := os.fork():
            print(child, flush=True)
        else:
            if follow:
                follow()
            count_without_end(line.strip() == "everything")


if __name__ == "__main__":
    main()
