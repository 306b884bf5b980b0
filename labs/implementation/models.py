"""The implementation programme of an accepted project, the sites that join it, and its pre-registration (product 3.9)."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from accounts.identity import Identified
from accounts.spelling import Line, Text
from institutions.registry.models import Institution
from institutions.territory.models import Territory
from labs.pilots.models import PilotProject, PilotStatus
from lifecycle.models import FrozenContent

if TYPE_CHECKING:
    from accounts.models import User


class StepStatus(models.TextChoices):
    NEW = "new", _("New")
    IN_PROGRESS = "in_progress", _("In progress")
    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


OPEN_STEPS = (StepStatus.NEW, StepStatus.IN_PROGRESS, StepStatus.SUBMITTED, StepStatus.RETURNED)
BEFORE_APPROVED = (
    PilotStatus.SUBMITTED,
    PilotStatus.IN_EXAMINATION,
    PilotStatus.REVISION_REQUIRED,
    PilotStatus.ACCEPTED,
)


class OfProject(models.QuerySet[Any]):
    def visible_to(self, user: "User") -> "OfProject":
        """Those of visible projects."""
        return self.filter(project__in=PilotProject.objects.all().visible_to(user))


class StepQuerySet(OfProject):
    def owned_by(self, own: Collection[int]) -> "StepQuerySet":
        """Tasks of these institutions: steps of programmes that are approved."""
        return self.filter(owner__in=own).exclude(project__status__in=BEFORE_APPROVED)

    def open(self) -> "StepQuerySet":
        return self.filter(status__in=OPEN_STEPS).exclude(project__status=PilotStatus.STOPPED)

    def within(self, territory: Territory) -> "StepQuerySet":
        """Those of owners in the territory or anywhere below it."""
        return self.filter(owner__territory__in=Territory.objects.filter(lineage__contains=[territory.pk]))


class ImplementationStep(Identified):
    """A step of the programme: what, who, with what, from when to when. Once approved it is a task of its owner."""

    project = models.ForeignKey(PilotProject, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    title = Line(_("Step"), max_length=300)
    owner = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    resources = Text(_("Resources"), blank=True)
    starts_on = models.DateField(_("From"))
    due_on = models.DateField(_("Until"))
    status = models.CharField(max_length=16, choices=StepStatus, default=StepStatus.NEW)
    modified_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Any]] = StepQuerySet.as_manager()
    disclosure = Disclosure(
        institution=("id", "public_id", "project", "position", "title", "owner", "resources", "starts_on", "due_on",
                     "status", "modified_at")
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "position"], name="implementation_step_once"),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("starts_on")), name="implementation_step_ends_after_start",
                violation_error_message=_("The last day of a step cannot be before its first."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    def audience(self) -> dict[str, Any]:
        return {**self.project.audience(), "title": self.title[:300], "institution": self.owner.public_id}


class Arm(models.TextChoices):
    TREATED = "treated", _("Tries the new practice")
    COMPARISON = "comparison", _("Goes on as before")


class PilotSite(models.Model):
    """An institution that is asked to take part in the trial; its head joins of their own free will, or does not."""

    project = models.ForeignKey(PilotProject, on_delete=models.PROTECT, related_name="sites")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="pilot_sites")
    arm = models.CharField(max_length=16, choices=Arm)
    joined_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    joined_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Any]] = OfProject.as_manager()
    disclosure = Disclosure(
        institution=("id", "project", "institution", "arm", "joined_at", "declined_at"),
        personal=("joined_by",),
        subject="joined_by",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "institution"], name="pilot_site_once"),
            models.CheckConstraint(
                condition=Q(joined_at__isnull=True, joined_by__isnull=True)
                | Q(joined_at__isnull=False, joined_by__isnull=False, declined_at__isnull=True),
                name="pilot_site_joined_or_declined",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id}: {self.institution_id}"


class Preregistration(Identified):
    """What will count as success, written down before anybody tries: `plan` is open until `locked_at`, then it is the
    frozen content, its hash, and never changes. A project that tries again gets another one with the next number.
    """

    project = models.ForeignKey(PilotProject, on_delete=models.PROTECT, related_name="preregistrations")
    number = models.PositiveSmallIntegerField()
    plan = models.JSONField(default=dict)
    frozen = models.OneToOneField(FrozenContent, null=True, on_delete=models.PROTECT, related_name="preregistration")
    content_hash = models.CharField(max_length=64, blank=True)
    locked_at = models.DateTimeField(null=True)
    locked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    modified_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Any]] = OfProject.as_manager()
    disclosure = Disclosure(
        institution=("id", "public_id", "project", "number", "plan", "frozen", "content_hash", "locked_at",
                     "modified_at"),
        personal=("locked_by",),
        subject="locked_by",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="preregistration_once"),
            models.UniqueConstraint(
                fields=["project"], condition=Q(locked_at__isnull=True), name="preregistration_one_open"
            ),
            models.CheckConstraint(
                condition=Q(locked_at__isnull=True, locked_by__isnull=True, frozen__isnull=True, content_hash="")
                | (Q(locked_at__isnull=False, locked_by__isnull=False, frozen__isnull=False) & ~Q(content_hash="")),
                name="preregistration_locked_whole",
            ),
        ]
        indexes = [
            # the verify page finds one by the first characters of its code
            models.Index(fields=["content_hash"], name="preregistration_hash", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.project_id}: {self.number}"
