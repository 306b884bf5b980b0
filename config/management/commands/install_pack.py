"""Install a country pack: places, vocabularies, calendar, indicators, institutions and figures."""

import json

from django.core.management.base import BaseCommand, CommandError

from accounts.clock import now
from config.packs.loading import install
from config.packs.reading import packs


class Command(BaseCommand):
    """Safe to run again: creates what is missing, completes what is known, never deletes."""

    help = "Install a country pack. Example: manage.py install_pack nz --dry-run"

    def add_arguments(self, parser):
        parser.add_argument("pack", choices=packs())
        parser.add_argument("--dry-run", action="store_true", help="do the work, say what it did, and take it back")
        parser.add_argument("--json", action="store_true")

    def handle(self, *, pack, dry_run, **options):
        try:
            tally = install(pack, now(), dry_run)
        except LookupError as unknown:
            raise CommandError(str(unknown), returncode=2) from unknown
        if options["json"]:
            self.stdout.write(
                json.dumps({"pack": pack, "dry_run": dry_run, "tables": tally.tables, "notes": tally.notes})
            )
            return
        for line in tally.lines():
            self.stdout.write(line)
        if dry_run:
            self.stdout.write("Dry run: nothing was written.")
