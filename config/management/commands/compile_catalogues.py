"""Turn the .po catalogues into the .mo files the server reads; needs no gettext binary.

Example: python manage.py compile_catalogues
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from config import catalogues


class Command(BaseCommand):
    help = "Compile locale/*/LC_MESSAGES/django.po where the compiled file is missing or older."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--force", action="store_true", help="compile also what is fresh")

    def handle(self, *args: Any, **options: Any) -> None:
        done = catalogues.compile_all(force=options["force"])
        self.stdout.write(f"compiled: {', '.join(done) or 'nothing, all fresh'}")
