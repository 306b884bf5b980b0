"""One service in the foreground, under its database role: what docker-compose and systemd start."""

import os
import sys
from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand
from django.db import DatabaseError

from config.backups.holding import refuse_held
from config.roles import WORKER
from config.services import CELERY_STOP, WEB_ENVIRONMENT, answers, beat_words, web_words, worker_words

PORT = int(os.environ.get("HK_PORT", "8000"))


class Command(BaseCommand):
    """Becomes the service: no shell or second process stands between it and the signals."""

    help = "Run one service: web, ticks, heavy or beat. Example: manage.py serve web"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("service", nargs="?", choices=["web", "ticks", "heavy", "beat"])
        parser.add_argument("--host", default=os.environ.get("HK_HOST", "127.0.0.1"))
        parser.add_argument("--port", type=int, default=PORT)
        parser.add_argument("--ready", action="store_true", help="only ask whether the web service is ready")

    def handle(self, *, service: str | None, host: str, port: int, ready: bool, **_options: Any) -> None:
        """Replace this process by the service."""
        if ready or service is None:
            sys.exit(0 if answers(port) else 1)
        with suppress(DatabaseError):  # away for now: whatever is served waits for it
            refuse_held()
        words = {
            "web": lambda: web_words(host, port),
            "ticks": lambda: worker_words("ticks", 1),
            "heavy": lambda: worker_words("heavy", int(os.environ.get("HK_HEAVY_PROCESSES", "1"))),
            "beat": beat_words,
        }[service]()
        own = WEB_ENVIRONMENT if service == "web" else WORKER.environment
        os.chdir(settings.BASE_DIR)
        os.execve(words[0], words, {**os.environ, **own, **CELERY_STOP})  # noqa: S606 (no shell wanted)
