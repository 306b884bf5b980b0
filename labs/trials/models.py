"""Trials: sites by arm, baseline and endline, what was done of each step, and what was amended on the way (product 3.11)."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from accounts.identity import Identified
from accounts.spelling import Text
from institutions.registry.models import Institution
from institutions.registry.scope import HOUSE_ROLES, houses
from labs.implementation.models import Arm, ImplementationStep, Preregistration
from labs.pilots.models import PilotProject

if TYPE_CHECKING:
    from accounts.models import User


class TrialStatus(models.TextChoices):
    PLANNED = "planned", _("Planned")
    BASELINE = "baseline", _("Baseline")
    RUNNING = "running", _("Running")
    ENDLINE = "endline", _("Endline")
    CLOSED = "closed", _("Closed")
    ABANDONED = "abandoned", _("Abandoned")


OVER = (TrialStatus.CLOSED, TrialStatus.ABANDONED)


class TrialQuerySet(models.QuerySet["Trial"]):
    def visible_to(self, user: "User") -> "TrialQuerySet":
        """Those of visible projects, and those that the person's institution is in or is asked to join."""
        own = houses(user, *HOUSE_ROLES)
        here = Exists(TrialSite.objects.filter(trial=OuterRef("pk"), institution__in=own))
        asked = Exists(TrialAmendment.objects.filter(trial=OuterRef("pk"), institution__in=own))
        return self.filter(Q(project__in=PilotProject.objects.all().visible_to(user)) | Q(here) | Q(asked))

    def of_institution(self, institution: Institution) -> "TrialQuerySet":
        """Those it is a site of."""
        return self.filter(Exists(TrialSite.objects.filter(trial=OuterRef("pk"), institution=institution)))


class Trial(Identified):
    """The trial of one locked pre-registration; a trigger refuses it for any other."""

    project = models.ForeignKey(PilotProject, on_delete=models.PROTECT, related_name="trials")
    preregistration = models.OneToOneField(Preregistration, on_delete=models.PROTECT, related_name="trial")
    status = models.CharField(max_length=16, choices=TrialStatus, default=TrialStatus.PLANNED)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    modified_at = models.DateTimeField()

    objects: ClassVar[models.Manager["Trial"]] = TrialQuerySet.as_manager()
    disclosure = Disclosure(
        institution=("id", "public_id", "project", "preregistration", "status", "opened_at", "closed_at",
                     "modified_at")
    )  # fmt: skip

    class Meta:
        indexes = [
            # the list, newest change first; "modified since"
            models.Index(fields=["modified_at", "id"], name="trial_modified"),
        ]

    def __str__(self) -> str:
        return self.public_id

    def audience(self) -> dict[str, Any]:
        """Whom an Event about it concerns: those of its project, and its sites."""
        told = self.project.audience()
        sites = self.sites.values_list("institution__public_id", flat=True)
        return {**told, "concerned": sorted({*told["concerned"], *sites})}


class OfTrial(models.QuerySet[Any]):
    def visible_to(self, user: "User") -> "OfTrial":
        """Those of visible trials."""
        return self.filter(trial__in=Trial.objects.all().visible_to(user))


class TrialSite(Identified):
    """An institution in a trial, counted in the arm it was assigned to, whatever it did then."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="sites")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="trial_sites")
    arm = models.CharField(max_length=16, choices=Arm)
    valid = DateRangeField()

    objects: ClassVar[models.Manager[Any]] = OfTrial.as_manager()
    disclosure = Disclosure(institution=("id", "public_id", "trial", "institution", "arm", "valid"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["trial", "institution"], name="trial_site_once")]

    def __str__(self) -> str:
        return f"{self.trial_id}: {self.institution_id}"


class Wave(models.TextChoices):
    BASELINE = "baseline", _("Baseline")
    ENDLINE = "endline", _("Endline")


class MeasureState(models.TextChoices):
    VALUE = "value", _("Value")
    MISSING = "missing", _("Missing")


class Measurement(models.Model):
    """What a site had before, and what it has after, of one outcome of the pre-registration: two numbers, never a percentage.

    Entered once a wave; a trigger refuses any change once the wave is over.
    """

    site = models.ForeignKey(TrialSite, on_delete=models.PROTECT, related_name="measurements")
    outcome = models.CharField(max_length=32)
    wave = models.CharField(max_length=16, choices=Wave)
    numerator = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    denominator = models.DecimalField(max_digits=20, decimal_places=4, null=True)
    state = models.CharField(max_length=16, choices=MeasureState)
    reason = Text(_("Why it is missing"), blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    disclosure = Disclosure(
        institution=("id", "site", "outcome", "wave", "numerator", "denominator", "state", "reason", "entered_at"),
        personal=("entered_by",),
        subject="entered_by",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "outcome", "wave"], name="measurement_once"),
            models.CheckConstraint(
                condition=Q(state="value", numerator__isnull=False, denominator__gt=0)
                | Q(state="missing", numerator__isnull=True, denominator__isnull=True),
                name="measurement_is_value_or_missing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.site_id}: {self.outcome} {self.wave}"


class Done(models.TextChoices):
    DONE = "done", _("Done")
    PARTLY = "partly", _("Partly")
    NOT = "not", _("Not done")


class StepLog(models.Model):
    """What a treated site did of a step; where it did something else, `deviation` says what and why. Append-only: the
    latest row counts.
    """

    site = models.ForeignKey(TrialSite, on_delete=models.PROTECT, related_name="logs")
    step = models.ForeignKey(ImplementationStep, on_delete=models.PROTECT, related_name="logs")
    done = models.CharField(max_length=8, choices=Done)
    deviation = Text(_("Deviation"), blank=True)
    logged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    logged_at = models.DateTimeField()

    disclosure = Disclosure(
        institution=("id", "site", "step", "done", "deviation", "logged_at"),
        personal=("logged_by",),
        subject="logged_by",
    )

    class Meta:
        indexes = [
            # the latest word of a site on a step
            models.Index(fields=["site", "step", "-id"], name="step_log_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.site_id}: {self.step_id}"


class AmendmentStatus(models.TextChoices):
    REQUESTED = "requested", _("Requested")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")


class AmendmentKind(models.TextChoices):
    """What may change while a trial runs; criteria, outcomes and the comparison rule are not among it."""

    DIRECTIONS = "directions", _("Directions")
    RESOURCES = "resources", _("Resources")
    MECHANISMS = "mechanisms", _("Mechanisms")
    JOINS = "joins", _("A site joins")
    LEAVES = "leaves", _("A site leaves")


class TrialAmendment(Identified):
    """A change asked for by the group's lead, approved by the coordinator and every affected site."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="amendments")
    kind = models.CharField(max_length=16, choices=AmendmentKind)
    old = Text(_("As it was"), blank=True)
    new = Text(_("As it shall be"))
    reason = Text(_("Reason"))
    institution = models.ForeignKey(Institution, null=True, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=16, choices=AmendmentStatus, default=AmendmentStatus.REQUESTED)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    modified_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Any]] = OfTrial.as_manager()
    disclosure = Disclosure(
        institution=("id", "public_id", "trial", "kind", "old", "new", "reason", "institution", "status",
                     "requested_at", "settled_at", "modified_at"),
        personal=("requested_by",),
        subject="requested_by",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trial"], condition=Q(status="requested"), name="amendment_one_asked"),
            models.CheckConstraint(
                condition=Q(status="requested", settled_at__isnull=True)
                | (~Q(status="requested") & Q(settled_at__isnull=False)),
                name="amendment_settled_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("joins", "leaves"), institution__isnull=False)
                | (~Q(kind__in=("joins", "leaves")) & Q(institution__isnull=True)),
                name="amendment_names_its_site",
            ),
            models.CheckConstraint(condition=~Q(old=F("new")), name="amendment_changes_something"),
        ]

    def __str__(self) -> str:
        return self.public_id

    def audience(self) -> dict[str, Any]:
        return self.trial.audience()


class AmendmentApproval(models.Model):
    """The word of the coordinator's side or of one affected site."""

    amendment = models.ForeignKey(TrialAmendment, on_delete=models.PROTECT, related_name="approvals")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()

    disclosure = Disclosure(
        institution=("id", "amendment", "institution", "approved_at"),
        personal=("approved_by",),
        subject="approved_by",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["amendment", "institution"], name="amendment_approval_once")]

    def __str__(self) -> str:
        return f"{self.amendment_id}: {self.institution_id}"
