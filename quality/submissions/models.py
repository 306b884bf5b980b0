"""Submissions: that an institution's figures of a period, or those of a whole place, are handed in, approved, final."""

import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from accounts.identity import Identified
from accounts.spelling import Text
from institutions.registry.models import Institution
from institutions.registry.scope import offices, overseen_by
from institutions.territory.models import Territory
from quality.catalogue.models import DefinitionVersion, Period

if TYPE_CHECKING:
    from accounts.models import User


class SubmissionStatus(models.TextChoices):
    OPEN = "open", _("Being filled in")
    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned")
    APPROVED = "approved", _("Approved")
    LOCKED = "locked", _("Final")


CLOSED = (SubmissionStatus.SUBMITTED, SubmissionStatus.APPROVED, SubmissionStatus.LOCKED)
DONE = (SubmissionStatus.APPROVED, SubmissionStatus.LOCKED)


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def visible_to(self, user: "User") -> "SubmissionQuerySet":
        """Those of the institutions one oversees; that of a place its own office and all above."""
        own = Q(institution__in=Institution.objects.filter(overseen_by(user)))
        places = Territory.objects.filter(lineage__overlap=offices(user))
        return self.filter(own | Q(territory__in=places))

    def for_offices(self, seats: list[int]) -> "SubmissionQuerySet":
        """Institutions' submissions that these offices answer for."""
        return self.filter(institution__territory__in=Territory.objects.filter(lineage__overlap=seats))


class Submission(Identified):
    """The figures of one institution for a period, or (`territory`) the approval of all figures of a place.

    `approved_for` is the place whose office approved; `gaps` names the institutions that were known to be missing.
    """

    institution = models.ForeignKey(Institution, null=True, on_delete=models.PROTECT, related_name="submissions")
    territory = models.ForeignKey(Territory, null=True, on_delete=models.PROTECT, related_name="submissions")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, db_index=False, related_name="submissions")
    status = models.CharField(max_length=16, choices=SubmissionStatus, default=SubmissionStatus.OPEN)
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()
    first_submitted_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_for = models.ForeignKey(Territory, null=True, on_delete=models.PROTECT, related_name="+")
    locked_at = models.DateTimeField(null=True)
    gaps = ArrayField(models.CharField(max_length=26), default=list)

    objects: ClassVar[models.Manager["Submission"]] = SubmissionQuerySet.as_manager()
    disclosure = Disclosure(
        institution=("id", "public_id", "institution", "territory", "period", "status", "created_at", "modified_at",
                     "first_submitted_at", "submitted_at", "approved_at", "approved_for", "locked_at", "gaps"),
        personal=("submitted_by", "approved_by"),
        subject="submitted_by",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["period", "institution", "territory"], nulls_distinct=False, name="submission_once"
            ),
            models.CheckConstraint(
                condition=Q(territory__isnull=True, institution__isnull=False)
                | Q(territory__isnull=False, institution__isnull=True),
                name="submission_one_place",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True, approved_by__isnull=True, approved_for__isnull=True)
                | Q(approved_at__isnull=False, approved_by__isnull=False, approved_for__isnull=False),
                name="submission_approved_at_by_for",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True, submitted_by__isnull=True)
                | Q(submitted_at__isnull=False, submitted_by__isnull=False, first_submitted_at__isnull=False),
                name="submission_submitted_at_by",
            ),
        ]
        indexes = [
            # the list, newest change first; "modified since"
            models.Index(fields=["modified_at", "id"], name="submission_modified"),
            # what waits for an office, and what becomes final when its period closes
            models.Index(fields=["status", "period"], name="submission_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id or self.territory_id} {self.period_id}"

    @property
    def place(self) -> Institution | Territory:
        """Whose figures these are."""
        return self.institution or self.territory  # type: ignore[return-value]  # a constraint says so

    @property
    def lineage(self) -> list[int]:
        """The places above it, itself included where it is one."""
        place = self.place
        return list(place.territory.lineage if isinstance(place, Institution) else place.lineage)

    @property
    def on_time(self) -> bool | None:
        """Whether it was first submitted by the due day; None while it never was."""
        if self.first_submitted_at is None:
            return None
        day: datetime.date = timezone.localdate(self.first_submitted_at)
        return day <= self.period.due_on

    def audience(self) -> dict[str, Any]:
        """Whom an Event about it concerns: its institution and the offices above."""
        house = self.institution.public_id if self.institution else ""
        return {"title": self.period.code, "institution": house, "concerned": [house] if house else []}


class Remark(models.Model):
    """What an office says of one number when it returns a submission; settled when that is submitted again."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="remarks")
    version = models.ForeignKey(DefinitionVersion, on_delete=models.PROTECT, db_index=False, related_name="+")
    text = Text()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+")
    settled_at = models.DateTimeField(null=True)

    disclosure = Disclosure(
        institution=("id", "submission", "version", "text", "made_at", "settled_at"),
        personal=("made_by",),
        subject="made_by",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "version"], condition=Q(settled_at__isnull=True), name="remark_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.version_id}"
