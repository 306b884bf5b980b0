"""Check every catalogue against the code, the glossary and the house rules for words.

Example: python manage.py translations_check
Exit codes: 0 all well, 1 a fault found, 2 could not run.
"""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from config import word_rules


class Command(BaseCommand):
    help = "Find missing, fuzzy and stale strings, terms off the glossary, forbidden words and broken placeholders."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            faults = word_rules.check()
        except (OSError, ValueError, KeyError) as error:
            self.stderr.write(f"could not run: {error}")
            raise SystemExit(2) from error
        if options["json"]:
            self.stdout.write(json.dumps([fault._asdict() for fault in faults], ensure_ascii=False))
        else:
            for fault in faults:
                self.stdout.write(f"{fault.locale}: {fault.rule}: {fault.detail}: {fault.words!r}")
            missing = sum(fault.rule == "missing" for fault in faults)
            self.stdout.write(f"{missing} missing, {len(faults) - missing} other faults")
        if faults:
            raise SystemExit(1)
