"""Writes docs/lifecycles.md from the tables of all life cycles."""

from importlib import import_module
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from lifecycle.diagrams import document

FILE = settings.BASE_DIR / "docs" / "lifecycles.md"


def read_tables() -> None:
    """Every table names itself when its `rules.py` is read, whatever else was needed before."""
    for app in apps.get_app_configs():
        if Path(app.path).parent == settings.BASE_DIR:
            for rules in sorted(Path(app.path).glob("*/rules.py")):
                import_module(f"{app.name}.{rules.parent.name}.rules")


class Command(BaseCommand):
    """`manage.py draw_lifecycles`; with `--check` it only says whether the file is up to date."""

    help = "Draw docs/lifecycles.md from the tables of moves."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        read_tables()
        wanted = document()
        if options["check"]:
            if not FILE.exists() or FILE.read_text(encoding="utf-8") != wanted:
                raise CommandError(f"{FILE} is out of date: run manage.py draw_lifecycles")
            return
        FILE.write_text(wanted, encoding="utf-8")
        self.stdout.write(str(FILE))
