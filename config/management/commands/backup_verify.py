"""The drill: does the newest backup really come back?"""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand
from django.db import DatabaseError

from accounts.clock import now
from config.backups.parts import Impossible, identity_of
from config.backups.proving import drill
from config.backups.taking import kept


class Command(BaseCommand):
    """Ends with 0 if everything holds, 1 if something does not, 2 if it could not be tried."""

    help = "Restore the newest backup on the side, check everything, sign the record. Example: manage.py backup_verify --identity backup.key"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--identity", type=Path, required=True, help="the file with the private key of age")
        parser.add_argument("--json", action="store_true", help="print the record")

    def handle(self, *, identity: Path, **options: Any) -> None:
        try:
            record = drill(kept(), identity_of(identity), at=now())
        except (Impossible, DatabaseError, OSError) as error:
            self.stderr.write(f"not tried: {error}")
            sys.exit(2)
        said = record["faults"] or [f"everything holds: backup of {record['backup']}, {record['seconds']} s"]
        self.stdout.write(json.dumps(record) if options["json"] else "\n".join(said))
        sys.exit(0 if record["well"] else 1)
