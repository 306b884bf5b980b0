"""Spreading what succeeded: the set of institutions it is meant for, frozen on the first day (product 3.9, stage 9)."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from institutions.registry.models import Institution
from institutions.territory.models import Territory
from labs.implementation.models import OfProject
from labs.pilots.models import PilotProject


class EligibleSet(models.Model):
    """Whom a proven practice is meant for: kinds of institutions in a territory, as they were on `frozen_on`; reach is
    counted in it until `window_ends_on`. A row never changes.
    """

    project = models.OneToOneField(PilotProject, on_delete=models.PROTECT, related_name="eligible_set")
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    kinds = ArrayField(models.CharField(max_length=64))
    frozen_on = models.DateField()
    window_ends_on = models.DateField(_("Reach is reported until"))
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[models.Manager[Any]] = OfProject.as_manager()
    disclosure = Disclosure(
        institution=("id", "project", "territory", "kinds", "frozen_on", "window_ends_on"),
        personal=("frozen_by",),
        subject="frozen_by",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(window_ends_on__gt=F("frozen_on")), name="eligible_set_window_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id}: {self.frozen_on.isoformat()}"


class EligibleInstitution(models.Model):
    """One institution of the set; a row never changes, its successors stand in for it."""

    eligible_set = models.ForeignKey(EligibleSet, on_delete=models.PROTECT, related_name="institutions")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")

    disclosure = Disclosure(institution=("id", "eligible_set", "institution"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["eligible_set", "institution"], name="eligible_once")]

    def __str__(self) -> str:
        return f"{self.eligible_set_id}: {self.institution_id}"


class EligibleHolder(models.Model):
    """A view: who stands in today for an institution of a frozen set: itself, or all that succeeded it since."""

    id = models.TextField(primary_key=True)
    eligible = models.ForeignKey(EligibleInstitution, on_delete=models.PROTECT, related_name="holders")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    holder = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    project = models.ForeignKey(PilotProject, on_delete=models.PROTECT, related_name="+")
    project_key = models.CharField(max_length=26)
    is_last = models.BooleanField()

    disclosure = Disclosure(
        institution=("id", "eligible", "institution", "holder", "project", "project_key", "is_last")
    )

    class Meta:
        managed = False
        db_table = "labs_eligibleholder"

    def __str__(self) -> str:
        return self.id
