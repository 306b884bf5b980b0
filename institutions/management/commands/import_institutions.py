"""Import institutions from a file on this machine, as a job that runs at once."""

import json
from pathlib import Path

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError

from accounts.clock import now, today
from accounts.models import User
from exchange.jobs.actions import ask_import
from exchange.jobs.handlers import importers
from exchange.jobs.models import JobStatus, said_of
from exchange.jobs.running import run_waiting
from institutions.people.models import Membership


class Command(BaseCommand):
    """Safe to run again: the same file twice changes nothing."""

    help = "Import institutions. Example: manage.py import_institutions schools.xlsx --as officer@example.org --dry-run"

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--as",
            dest="email",
            default="",
            help="e-mail of the officer in whose name it is done; without it whoever has"
            " held the ministry's office the longest",
        )
        parser.add_argument("--kind", default="institutions", choices=sorted(importers()))
        parser.add_argument("--dry-run", action="store_true", help="check only; write nothing")
        parser.add_argument("--partial", action="store_true", help="take the valid rows, leave the refused ones")
        parser.add_argument("--json", action="store_true")

    def handle(self, *, file, email, kind, dry_run, partial, **options):
        job = self.ask(file, email, kind, dry_run, partial)
        while job.status in (JobStatus.QUEUED, JobStatus.RUNNING) and run_waiting(now):
            job.refresh_from_db()
        job.refresh_from_db()
        refused, looked_at = said_of(job.rows.filter(state="refused")), said_of(job.rows.exclude(state="refused"))
        if options["json"]:
            told = {"id": job.public_id, "status": job.status, "result": job.result, "reason": job.reason}
            self.stdout.write(json.dumps({**told, "errors": refused, "warnings": looked_at}, ensure_ascii=False))
        else:
            self.say(job, refused, looked_at)
        if job.status != JobStatus.DONE or (refused and dry_run):
            raise SystemExit(1)

    def ask(self, file, email, kind, dry_run, partial):
        """The job; exit code 2 for a wrong use."""
        try:
            by = User.objects.get(email__iexact=email or self.officer())
            with file.open("rb") as content:
                return ask_import(
                    importers()[kind], File(content, name=file.name), by=by, at=now(), dry_run=dry_run, partial=partial
                )
        except User.DoesNotExist as error:
            raise CommandError(f"Nobody signs in as {email}: name an officer with --as.", returncode=2) from error
        except PermissionDenied as error:
            raise CommandError(
                f"{email} holds no office that imports: name an officer with --as.", returncode=2
            ) from error
        except (OSError, ValidationError) as error:
            raise CommandError(f"{file}: {error}", returncode=2) from error

    def officer(self):
        """Whoever has held the ministry's office the longest."""
        held = Membership.objects.held_on(today()).filter(role="ministry_officer", user__is_active=True)
        email = held.order_by("pk").values_list("user__email", flat=True).first()
        if not email:
            raise CommandError("Nobody holds the ministry's office: name an officer with --as.", returncode=2)
        return email

    def say(self, job, refused, looked_at):
        """One line a fact, the last one the sum."""
        self.stdout.write(f"in the name of {job.owner.email}")
        for said in [*refused, *looked_at]:
            self.stdout.write(f"row {said['row']}: {said['column']}: {said['message']}")
        if job.reason:
            self.stdout.write(job.reason)
        counts = {
            name: value for name, value in job.result.items() if isinstance(value, int) and not isinstance(value, bool)
        }
        self.stdout.write(f"{job.status}: " + ", ".join(f"{name} {value}" for name, value in sorted(counts.items())))
