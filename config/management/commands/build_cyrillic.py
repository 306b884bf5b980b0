"""Generate the catalogue of the second script from the first; stop where the generator would have to guess.

Example: python manage.py build_cyrillic --check
"""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from config import catalogues, word_rules


class Command(BaseCommand):
    help = "Write locale/uz_Cyrl from locale/uz by the generator and locale/cyrillic_exceptions.csv."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the committed file differs")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        for source, target in word_rules.GENERATED.items():
            generated, faults = word_rules.second_script(catalogues.read(source), target)
            if options["check"]:
                committed = catalogues.catalogue_path(target).read_text(encoding="utf-8")
                if committed != str(generated).rstrip("\n") + "\n":
                    faults.append(f"{target}: the committed catalogue differs; run build_cyrillic")
            elif not faults:
                catalogues.write(generated, target)
            if options["json"]:
                self.stdout.write(json.dumps({"strings": len(generated), "faults": faults}, ensure_ascii=False))
            else:
                self.stdout.write("\n".join([*faults, f"{target}: {len(generated)} strings, {len(faults)} faults"]))
            if faults:
                raise SystemExit(1)
