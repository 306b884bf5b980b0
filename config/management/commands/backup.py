"""A backup now, or only what is new since: finished pieces of the log, and files that were sent."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand
from django.db import DatabaseError

from accounts.clock import now
from config.backups.parts import Fault, Impossible, recipient_of
from config.backups.taking import kept, ship, take


class Command(BaseCommand):
    """Ends with 0 if it is there whole, 2 if it could not be made."""

    help = "A base backup into HK_BACKUP, encrypted to HK_BACKUP_RECIPIENT. Every minute: manage.py backup --new"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--new", action="store_true", help="only what the server has archived and people have sent since"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, **options: Any) -> None:
        try:
            told = self.shipped() if options["new"] else self.taken()
        except (Impossible, Fault, DatabaseError, OSError) as error:
            self.stderr.write(f"no backup was made: {error}")
            sys.exit(2)
        self.stdout.write(
            json.dumps(told) if options["json"] else ", ".join(f"{name}: {value}" for name, value in told.items())
        )

    def shipped(self) -> dict[str, Any]:
        found = ship(kept(), recipient_of(settings.BACKUP_RECIPIENT))
        return {"wal": found["wal"], "files": found["files"]}

    def taken(self) -> dict[str, Any]:
        base = take(at=now())
        size = sum(part["bytes"] for part in base["parts"].values())
        return {"backup": base["folder"].name, "bytes": size, "files": len(base["files"]), "record": base["record"]}
