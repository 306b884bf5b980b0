"""Jobs with progress (imports and exports), their rows, and slots of periodic work."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from accounts.identity import Identified

if TYPE_CHECKING:
    from accounts.models import User


class JobStatus(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    UNDONE = "undone", _("Undone")


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: "User") -> "JobQuerySet":
        """One's own jobs; nobody else's."""
        return self.filter(owner_id=user.pk)


class Job(Identified):
    """Work found by a tick: `kind` names the handler, `options` holds ids and plain values, never a right.

    The handler authorises again when it runs. `done` of `total` is the progress; `heartbeat_at` older than ten
    minutes while running means failed. `result` counts rows; `report` is the file that comes back.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="jobs")
    kind = models.CharField(max_length=64)
    status = models.CharField(max_length=16, choices=JobStatus, default=JobStatus.QUEUED)
    title = models.CharField(max_length=300, blank=True)
    options = models.JSONField(default=dict)
    upload = models.FileField(upload_to="uploads/%Y/%m/", blank=True, max_length=200)
    upload_name = models.CharField(max_length=255, blank=True)
    upload_sha256 = models.CharField(max_length=64, blank=True)
    report = models.FileField(upload_to="reports/%Y/%m/", blank=True, max_length=200)
    report_name = models.CharField(max_length=255, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Job"]] = JobQuerySet.as_manager()
    disclosure = Disclosure(
        institution=("id", "public_id", "owner", "kind", "status", "title", "options", "upload_name",
                     "upload_sha256", "report_name", "attempts", "done", "total", "result", "reason", "created_at",
                     "started_at", "heartbeat_at", "finished_at", "expires_at"),
        secret=("upload", "report"),
    )  # fmt: skip

    class Meta:
        indexes = [
            # the tick looks for work, the file page lists one person's jobs newest first
            models.Index(fields=["status", "created_at"], name="job_waiting"),
            models.Index(fields=["owner", "-created_at"], name="job_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.status}"

    def audience(self) -> dict[str, Any]:
        """A job concerns only who asked for it."""
        return {"title": self.title, "concerned": [], "members_only": True}


class RowState(models.TextChoices):
    CREATED = "created", _("New")
    CHANGED = "changed", _("Changed")
    UNCHANGED = "unchanged", _("Unchanged")
    REFUSED = "refused", _("Refused")


class JobRow(models.Model):
    """A row of an imported file that was refused or is shown in the preview: its number in the file and what is wrong.

    `errors` is a list of {column, code, message}; `was` and `now` hold the old and the new values of a changed row.
    """

    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=16, choices=RowState)
    errors = models.JSONField(default=list)
    was = models.JSONField(default=dict)
    now = models.JSONField(default=dict)

    disclosure = Disclosure(institution=("id", "job", "number", "state", "errors", "was", "now"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="job_row_once")]

    def __str__(self) -> str:
        return f"{self.job_id}:{self.number}"


def said_of(rows: "models.QuerySet[JobRow]") -> list[dict[str, Any]]:
    """One line for each thing said of these rows, in the order of the file."""
    kept = rows.exclude(errors=[]).order_by("number").values_list("number", "errors")
    return [{"row": number, **said} for number, errors in kept for said in errors]


class JobRun(models.Model):
    """A slot of periodic work: whoever inserts it does the work, a second beat finds it taken."""

    job = models.CharField(max_length=64)
    slot = models.CharField(max_length=32)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)

    disclosure = Disclosure(secret=("id", "job", "slot", "started_at", "finished_at", "note"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "slot"], name="job_slot_once")]

    def __str__(self) -> str:
        return f"{self.job} {self.slot}"
