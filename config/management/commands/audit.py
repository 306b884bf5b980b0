"""The acts and the record by hand: check them here, or hand them out to be checked elsewhere."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError

from accounts.clock import now
from lifecycle import ledger, seals
from lifecycle.models import LedgerHead


class Command(BaseCommand):
    """Ends with 0 if everything holds, 1 if something was changed, 2 if it could not be checked."""

    help = "audit verify: names what was changed. audit export FILE: acts and seals for lifecycle/verify_audit.py."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["verify", "export", "head"])
        parser.add_argument("file", nargs="?", default="", help="where to write; without one, to the screen")
        parser.add_argument("--head", default="", help="a head as it was published, in a file")
        parser.add_argument("--key", default="", help="the public key as it was published")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            faults = getattr(self, options["what"])(options)
        except (DatabaseError, OSError, ValueError) as error:
            self.stderr.write(f"could not be checked: {type(error).__name__}: {error}")
            sys.exit(2)
        if faults:
            sys.exit(1)

    def verify(self, options: dict[str, Any]) -> list[str]:
        """Acts against seals, entries against heads; the newest head unless another is given."""
        if options["head"]:
            head = json.loads(Path(options["head"]).read_text(encoding="utf-8"))
        else:
            last = LedgerHead.objects.order_by("-id").first()
            head = ledger.as_signed(last) if last else None
        faults = [*seals.faults(head, options["key"]), *ledger.faults()]
        if options["json"]:
            self.stdout.write(json.dumps({"faults": faults, "well": not faults}))
        else:
            for line in faults or ["everything holds"]:
                self.stdout.write(line)
        return faults

    def export(self, options: dict[str, Any]) -> list[str]:
        """JSON lines: every seal with its acts."""
        if not options["file"]:
            for line in seals.exported():
                self.stdout.write(line, ending="")
            return []
        with Path(options["file"]).open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(seals.exported())
        return []

    def head(self, options: dict[str, Any]) -> list[str]:
        """Signs a head now and hands it out."""
        seals.seal_all(at=now())
        told = json.dumps(ledger.as_signed(ledger.sign_head(at=now())))
        if options["file"]:
            Path(options["file"]).write_text(told, encoding="utf-8")
        else:
            self.stdout.write(told)
        return []
