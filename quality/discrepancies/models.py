"""Where published figures disagree with one another: read from the figures themselves, so it is true at every moment."""

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from institutions.registry.models import Institution
from institutions.registry.scope import overseen_by, standings
from institutions.territory.models import Territory
from quality.catalogue.models import DefinitionVersion, Period

if TYPE_CHECKING:
    from accounts.models import User


class Kind(models.TextChoices):
    """What a figure is held against."""

    PLACES = "places", _("A total and its places")
    INSTITUTIONS = "institutions", _("A total and its organisations")
    MADE_OF = "made_of", _("A figure and what it is made of")
    QUOTIENT = "quotient", _("A printed value and its quotient")


class Part(models.TextChoices):
    """Which figure it is."""

    NUMERATOR = "numerator", _("Numerator")
    DENOMINATOR = "denominator", _("Denominator")
    VALUE = "value", _("Value")


class DiscrepancyQuerySet(models.QuerySet["Discrepancy"]):
    def visible_to(self, user: "User") -> "DiscrepancyQuerySet":
        """Of the institutions one oversees; of places whoever holds any role may know."""
        own = Q(institution__in=Institution.objects.filter(overseen_by(user)))
        return self.filter(own | Q(territory__isnull=False)) if standings(user) else self.filter(own)

    def of(self, indicator: str = "", period: str = "") -> "DiscrepancyQuerySet":
        """By codes; found first, so that the view reads only figures of these."""
        found = self
        if indicator:
            versions = DefinitionVersion.objects.filter(indicator__code=indicator).order_by("pk")
            found = found.filter(version__in=list(versions.values_list("pk", flat=True)))
        if period:
            known = Period.objects.filter(code=period).order_by("pk")
            found = found.filter(period__in=list(known.values_list("pk", flat=True)))
        return found


class Discrepancy(models.Model):
    """A view of the database over figures: what is `said`, what is `found` in its parts, and by how much they differ."""

    id = models.BigIntegerField(primary_key=True)
    version = models.ForeignKey(DefinitionVersion, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    territory = models.ForeignKey(Territory, null=True, on_delete=models.PROTECT, db_constraint=False, related_name="+")
    institution = models.ForeignKey(
        Institution, null=True, on_delete=models.PROTECT, db_constraint=False, related_name="+"
    )
    kind = models.CharField(max_length=16, choices=Kind)
    part = models.CharField(max_length=16, choices=Part)
    said = models.DecimalField(max_digits=24, decimal_places=8)
    found = models.DecimalField(max_digits=24, decimal_places=8)
    difference = models.DecimalField(max_digits=24, decimal_places=8)
    size = models.DecimalField(max_digits=24, decimal_places=8)
    parts = models.PositiveIntegerField()

    objects: ClassVar[models.Manager["Discrepancy"]] = DiscrepancyQuerySet.as_manager()
    disclosure = Disclosure(
        institution=("id", "version", "period", "territory", "institution", "kind", "part", "said", "found",
                     "difference", "size", "parts")
    )  # fmt: skip

    class Meta:
        managed = False
        db_table = "quality_discrepancy"

    def __str__(self) -> str:
        return f"{self.version_id} {self.period_id}: {self.difference}"
