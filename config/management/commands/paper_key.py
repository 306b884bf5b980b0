"""A key and a certificate for the platform's signature on papers, in one file that only its owner may read."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from accounts.clock import now
from exchange.certifying import made, written


class Command(BaseCommand):
    """An authority's certificate does as well: a PEM file with an elliptic curve's key, its certificate, those above."""

    help = "Make a key with a self-signed certificate for HK_PAPER_KEY. Example: manage.py paper_key /etc/hamkorlik/paper.pem"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="where it goes; nothing is ever written over")
        parser.add_argument("--name", default="", help="whose it is; by default the address of the site")

    def handle(self, *, file: Path, name: str, **options: Any) -> None:
        new = made(name or settings.SITE_URL.partition("://")[2], now().replace(microsecond=0))
        try:
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                out.write(written(new))
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}", returncode=2) from error
        self.stdout.write(f"{file}: SHA-256 of the certificate {new.fingerprint}")
