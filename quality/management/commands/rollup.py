"""Count by hand: what changed, or everything, or one period."""

import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.clock import now, today
from quality.catalogue.models import Period
from quality.rollups.actions import recount_changed, recount_everything
from quality.rollups.counting import Moment
from quality.rollups.models import Rollup, Run


class Command(BaseCommand):
    """Takes the same road as the background tasks, without their limit of time."""

    help = "Counts indicators into the stored values of places."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--full", action="store_true", help="from all rows, comparing with what is stored")
        which.add_argument("--incremental", action="store_true", help="what changed since the last count (default)")
        parser.add_argument("--period", default="", help="only this period, from all rows")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["period"] and not Period.objects.filter(code=options["period"]).exists():
            raise CommandError(f"There is no period {options['period']!r}.")
        started = time.monotonic()
        run = self._run(options)
        report = {
            "kind": run.kind,
            "period": options["period"] or None,
            "compared": run.compared,
            "changed": run.cells,
            "differing": run.differing,
            "cells": Rollup.objects.count(),
            "seconds": round(time.monotonic() - started, 3),
        }
        if options["json"]:
            self.stdout.write(json.dumps(report))
        else:
            self.stdout.write(
                f"{run.kind}: {run.compared} cells counted, {run.cells} changed, {run.differing} differed."
            )

    def _run(self, options: dict[str, Any]) -> Run:
        moment = Moment(today(), now())
        while True:
            whole = options["full"] or options["period"]
            run = recount_everything(moment, options["period"]) if whole else recount_changed(moment)
            if run is None:
                time.sleep(1)
            elif run.pk is None or run.finished_at:
                return run
