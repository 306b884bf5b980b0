"""Verdicts: what the pre-registered criteria make of a closed trial, and what the panel says of it (product 3.9, stage 8)."""

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from accounts.identity import Identified
from accounts.spelling import Text
from labs.laboratories.models import Laboratory
from labs.pilots.models import PilotProject
from labs.trials.models import Trial

if TYPE_CHECKING:
    from accounts.models import User


class Value(models.TextChoices):
    SUCCESSFUL = "successful", _("Successful")
    PROMISING = "promising", _("Promising")
    NOT_SUCCESSFUL = "not_successful", _("Not successful")
    INCONCLUSIVE = "inconclusive", _("Inconclusive")


class VerdictQuerySet(models.QuerySet["Verdict"]):
    def visible_to(self, user: "User") -> "VerdictQuerySet":
        """Those of visible projects once decided; before, those inside the laboratory."""
        inside = Q(trial__project__laboratory__in=Laboratory.objects.all().worked_in_by(user))
        seen = Q(trial__project__in=PilotProject.objects.all().visible_to(user), decided_at__isnull=False)
        return self.filter(inside | seen | Q(seats__user=user.pk)).distinct()


class Verdict(Identified):
    """The verdict on one trial. `findings` is what the figures gave, as it was computed; `computed` the value they make.

    The panel may say another `value` only with a `reason`; it is final when three of them have agreed to the same words.
    """

    trial = models.OneToOneField(Trial, on_delete=models.PROTECT, related_name="verdict")
    findings = models.JSONField()
    computed = models.CharField(max_length=16, choices=Value)
    value = models.CharField(max_length=16, choices=Value, blank=True)
    reason = Text(_("Reason"), blank=True)
    words_hash = models.CharField(max_length=64, blank=True)
    embargo_until = models.DateField(null=True)
    computed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    modified_at = models.DateTimeField()

    objects: ClassVar[models.Manager["Verdict"]] = VerdictQuerySet.as_manager()
    disclosure = Disclosure(
        institution=("id", "public_id", "trial", "findings", "computed", "value", "reason", "words_hash",
                     "embargo_until", "computed_at", "decided_at", "modified_at")
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True) | (~Q(value="") & ~Q(words_hash="")), name="verdict_decided_whole"
            ),
            models.CheckConstraint(
                condition=Q(value="") | Q(value=F("computed")) | ~Q(reason=""), name="verdict_differs_with_reason",
                violation_error_message=_("Say why the verdict differs from what the figures give."),
            ),
        ]  # fmt: skip
        indexes = [
            # LAB.03: verdicts of a period
            models.Index(fields=["decided_at"], name="verdict_decided"),
        ]

    def __str__(self) -> str:
        return self.public_id


class PanelSeat(models.Model):
    """Somebody on the panel; `agreed_hash` is over the words they agreed to. None of them was asked to examine the project."""

    verdict = models.ForeignKey(Verdict, on_delete=models.PROTECT, related_name="seats")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="panel_seats")
    expert = models.BooleanField(default=False)
    agreed_hash = models.CharField(max_length=64, blank=True)
    agreed_at = models.DateTimeField(null=True)

    disclosure = Disclosure(
        institution=("id", "verdict", "agreed_hash", "agreed_at"), personal=("user", "expert"), subject="user"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["verdict", "user"], name="panel_seat_once"),
            models.CheckConstraint(
                condition=Q(agreed_at__isnull=True, agreed_hash="") | (Q(agreed_at__isnull=False) & ~Q(agreed_hash="")),
                name="panel_seat_agreed_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict_id}: {self.pk}"
