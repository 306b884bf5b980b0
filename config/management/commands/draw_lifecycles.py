"""Writes docs/lifecycles.md from the tables of all life cycles."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from lifecycle.diagrams import document

FILE = settings.BASE_DIR / "docs" / "lifecycles.md"


class Command(BaseCommand):
    """`manage.py draw_lifecycles`; with `--check` it only says whether the file is up to date."""

    help = "Draw docs/lifecycles.md from the tables of moves."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = document()
        if options["check"]:
            if not FILE.exists() or FILE.read_text(encoding="utf-8") != wanted:
                raise CommandError(f"{FILE} is out of date: run manage.py draw_lifecycles")
            return
        FILE.write_text(wanted, encoding="utf-8")
        self.stdout.write(str(FILE))
