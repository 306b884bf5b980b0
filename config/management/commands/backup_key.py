"""The key that backups are read with: made once, kept apart from the server that makes them."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import pyrage
from django.core.management import BaseCommand, CommandError


class Command(BaseCommand):
    """The public half goes into HK_BACKUP_RECIPIENT; the file goes into a safe. A key of the program age does as well."""

    help = "Make a key of age for backups. Example: manage.py backup_key backup.key"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="where it goes; nothing is ever written over")

    def handle(self, *, file: Path, **options: Any) -> None:
        key = pyrage.x25519.Identity.generate()
        try:
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
                out.write(f"# public key: {key.to_public()}\n{key}\n")
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}", returncode=2) from error
        self.stdout.write(f"HK_BACKUP_RECIPIENT={key.to_public()}")
