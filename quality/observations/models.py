"""Observed figures: what an institution or a published total says for an indicator in a period."""

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from institutions.registry.models import Institution
from institutions.registry.scope import overseen_by, standings
from institutions.territory.models import Territory
from quality.catalogue.models import DefinitionVersion, Period
from quality.submissions.models import Submission

if TYPE_CHECKING:
    from accounts.models import User


class ValueState(models.TextChoices):
    """Four different things; zero is a value."""

    VALUE = "value", _("Value")
    MISSING = "missing", _("No data")
    SUPPRESSED = "suppressed", _("Hidden")
    NOT_APPLICABLE = "not_applicable", _("Not applicable")


class ObservationQuerySet(models.QuerySet["Observation"]):
    def visible_to(self, user: "User") -> "ObservationQuerySet":
        """Figures of the institutions one oversees; totals of places whoever holds any role may read."""
        overseen = Institution.objects.filter(overseen_by(user))
        own = Q(institution__in=overseen)
        return self.filter(own | Q(territory__isnull=False)) if standings(user) else self.filter(own)

    def with_submission_status(self) -> "ObservationQuerySet":
        """With `submission_status`: how far the figures of the institution for the period are; None where not begun."""
        own = Submission.objects.filter(institution=OuterRef("institution"), period=OuterRef("period"))
        return self.annotate(submission_status=Subquery(own.values("status")))


class Observation(models.Model):
    """Numerator and denominator as given; never a percentage. Present if and only if the state is `value`.

    `published` is the quotient as it is printed beside them: it is held against them and never counted.
    """

    version = models.ForeignKey(
        DefinitionVersion, on_delete=models.PROTECT, db_index=False, related_name="observations"
    )
    period = models.ForeignKey(Period, on_delete=models.PROTECT, db_index=False, related_name="observations")
    institution = models.ForeignKey(Institution, null=True, on_delete=models.PROTECT, related_name="observations")
    territory = models.ForeignKey(Territory, null=True, on_delete=models.PROTECT, related_name="observations")
    numerator = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    denominator = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    published = models.CharField(max_length=24, blank=True, default="", db_default="")
    state = models.CharField(max_length=16, choices=ValueState, default=ValueState.VALUE)
    source = models.CharField(max_length=300, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    entered_at = models.DateTimeField()

    objects: ClassVar[models.Manager["Observation"]] = ObservationQuerySet.as_manager()
    disclosure = Disclosure(
        institution=(
            "id",
            "version",
            "period",
            "institution",
            "territory",
            "numerator",
            "denominator",
            "published",
            "state",
            "source",
            "entered_at",
        ),
        personal=("entered_by",),
        subject="entered_by",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "period", "institution", "territory"], nulls_distinct=False, name="observation_once"
            ),
            models.CheckConstraint(
                condition=Q(territory__isnull=True, institution__isnull=False)
                | Q(territory__isnull=False, institution__isnull=True),
                name="observation_one_place",
            ),
            models.CheckConstraint(
                condition=Q(state="value", numerator__isnull=False)
                | Q(~Q(state="value"), numerator__isnull=True, denominator__isnull=True),
                name="observation_numbers_iff_value",
            ),
        ]
        indexes = [
            # a count looks for the few that need not report
            models.Index(fields=["period"], condition=Q(state="not_applicable"), name="observation_excused"),
            # totals of places are held against their parts, printed quotients against their figures
            models.Index(fields=["period"], condition=Q(institution__isnull=True), name="observation_total"),
            models.Index(fields=["period"], condition=~Q(published=""), name="observation_published"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.period_id}"


class FormerFigure(models.Model):
    """What a figure said before it was changed: written by a trigger, whoever makes the change."""

    observation = models.ForeignKey(Observation, on_delete=models.PROTECT, related_name="former")
    numerator = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    denominator = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    state = models.CharField(max_length=16, choices=ValueState)
    source = models.CharField(max_length=300, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    entered_at = models.DateTimeField()

    disclosure = Disclosure(
        institution=("id", "observation", "numerator", "denominator", "state", "source", "entered_at"),
        personal=("entered_by",),
        subject="entered_by",
    )

    def __str__(self) -> str:
        return f"{self.observation_id} {self.entered_at}"
