"""Is this installation well? One line a finding, and for each red one what to do."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management import BaseCommand

from config.findings import all_findings


class Command(BaseCommand):
    """Exit code 0: all well; 1: something is not."""

    help = "Check settings, database, Redis, workers, mail, disk, migrations, translations. Example: manage.py doctor"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        """Print the findings and their sum."""
        findings = all_findings()
        red = [finding for finding in findings if not finding.well]
        if options["json"]:
            facts = {"well": not red, "findings": [asdict(finding) for finding in findings]}
            self.stdout.write(json.dumps(facts, ensure_ascii=False))
        else:
            for finding in findings:
                repair = "" if finding.well else f": {finding.repair}"
                self.stdout.write(f"{'ok ' if finding.well else 'RED'} {finding.subject:<13} {finding.words}{repair}")
            self.stdout.write(f"{len(findings) - len(red)} well, {len(red)} not")
        sys.exit(1 if red else 0)
