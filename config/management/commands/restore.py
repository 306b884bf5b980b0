"""A backup comes back into a folder of its own; and, when an operator has looked, the word that it may be used."""

import datetime
import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand
from django.db import DatabaseError, connection

from config.backups.holding import held, release
from config.backups.parts import Fault, Impossible, identity_of, recipient_of
from config.backups.restoring import restore
from config.backups.taking import kept, newest_log, ship


class Command(BaseCommand):
    """Ends with 0 if all is back, 1 if something of it does not hold, 2 if it could not be done."""

    help = "Example: manage.py restore --to-time 2026-11-22T09:30:00+05:00 --into /srv/back --identity backup.key; then, when looked at, manage.py restore --release"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--to-time", type=moment, default=None, help="a moment with its zone; by default all there is"
        )
        parser.add_argument("--into", type=Path, help="an empty folder, or one that is not there yet")
        parser.add_argument("--identity", type=Path, help="the file with the private key of age, kept apart")
        parser.add_argument("--release", action="store_true", help="the database at hand may be served and send again")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, **options: Any) -> None:
        try:
            told = self.released() if options["release"] else self.restored(options)
        except Fault as fault:
            told = {"well": False, "faults": [str(fault)]}
        except (Impossible, DatabaseError, OSError) as error:
            self.stderr.write(f"not restored: {error}")
            sys.exit(2)
        said = told["faults"] or [f"{name}: {value}" for name, value in told.items() if value not in ("", [])]
        self.stdout.write(json.dumps(told) if options["json"] else "\n".join(said))
        sys.exit(0 if told["well"] else 1)

    def restored(self, options: dict[str, Any]) -> dict[str, Any]:
        """Restore, stop, and say how it is started."""
        if not options["into"] or not options["identity"]:
            raise Impossible("say where to (--into) and with which key (--identity)")
        identity, home = identity_of(options["identity"]), kept()
        last = self.last_words(home)
        found = restore(home, options["into"].resolve(), identity, options["to_time"])
        found.server.stop()
        start = " ".join(f"{name}={value}" for name, value in found.environment.items())
        return {
            "well": not found.faults, "faults": found.faults, "backup": found.base["at"], "last_act": found.until,
            "live_log": last, "look": f"{start} manage.py up", "release": f"{start} manage.py restore --release",
        }  # fmt: skip

    def last_words(self, home: Path) -> str:
        """What the running server, if it is this database's, has not archived yet; a lost one cannot be asked."""
        try:
            last = newest_log()
            ship(home, recipient_of(settings.BACKUP_RECIPIENT))
        except (DatabaseError, Impossible) as error:
            connection.close()
            return f"not asked ({type(error).__name__}): only what was archived before"
        return last

    def released(self) -> dict[str, Any]:
        with connection.cursor() as cursor:
            before = held(cursor)
            release(cursor)
        return {"well": True, "faults": [], "held": before or "it was not held"}


def moment(text: str) -> datetime.datetime:
    """A moment with its zone."""
    found = datetime.datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("a zone is missing")
    return found
