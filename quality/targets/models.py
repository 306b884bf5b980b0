"""Targets: what is to be reached at a place in a period, set by one person and approved by another."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from accounts.identity import Identified
from institutions.registry.models import Institution
from institutions.registry.scope import offices, overseen_by, standings
from institutions.territory.models import Territory
from quality.catalogue.models import Indicator, Period

if TYPE_CHECKING:
    from accounts.models import User


class TargetStatus(models.TextChoices):
    PROPOSED = "proposed", _("Waits for approval")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    REPLACED = "replaced", _("Replaced")


class TargetQuerySet(models.QuerySet["Target"]):
    def visible_to(self, user: "User") -> "TargetQuerySet":
        """What is to be reached is for whoever holds any role, an institution's own target for who oversees it; what
        nobody has approved is for offices."""
        if not standings(user):
            return self.none()
        overseen = Institution.objects.filter(overseen_by(user))
        found = self.filter(Q(institution__isnull=True) | Q(institution__in=overseen))
        return found if offices(user) else found.filter(status__in=(TargetStatus.APPROVED, TargetStatus.REPLACED))

    def standing(self) -> "TargetQuerySet":
        """Those against which figures are held."""
        return self.filter(status=TargetStatus.APPROVED)


class Target(Identified):
    """What is to be reached: a value of an indicator for a place and a period, with where it began.

    What was set never changes: a new figure is a new row, which replaces the older one when it is approved. `set_by` is
    none where a target was set before targets were approved.
    """

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="targets")
    territory = models.ForeignKey(Territory, null=True, on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey(Institution, null=True, on_delete=models.PROTECT, related_name="+")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="+")
    baseline = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    value = models.DecimalField(max_digits=18, decimal_places=4)
    status = models.CharField(max_length=16, choices=TargetStatus, default=TargetStatus.PROPOSED)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Target"]] = TargetQuerySet.as_manager()
    disclosure = Disclosure(
        public=("indicator", "territory", "institution", "period", "baseline", "value", "approved_at"),
        institution=("id", "public_id", "status", "set_at"),
        personal=("set_by", "approved_by"),
        subject="set_by",
    )

    class Meta:
        constraints = [
            *(
                models.UniqueConstraint(
                    fields=["indicator", "territory", "institution", "period"], condition=Q(status=status),
                    nulls_distinct=False, name=f"target_one_{status}",
                )
                for status in ("proposed", "approved")
            ),
            models.CheckConstraint(
                condition=Q(territory__isnull=True, institution__isnull=False)
                | Q(territory__isnull=False, institution__isnull=True),
                name="target_one_place",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="target_approved_by_and_at",
            ),
            models.CheckConstraint(
                condition=~Q(status="approved") | Q(approved_by__isnull=False), name="target_stands_approved"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | Q(set_by__isnull=True) | ~Q(approved_by=F("set_by")),
                name="target_approved_by_another",
            ),
        ]  # fmt: skip
        indexes = [
            # the list, newest first
            models.Index(fields=["set_at", "id"], name="target_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id}: {self.value}"

    @property
    def place(self) -> Territory | Institution:
        """Where it is to be reached."""
        found = self.territory or self.institution
        assert found is not None  # noqa: S101
        return found

    def audience(self) -> dict[str, Any]:
        """An Event about it concerns no institution: offices read it."""
        return {"title": f"{self.indicator.code} · {self.period.code}"}
