"""Indicators, their dated definitions, and the periods they are counted in."""

from typing import TYPE_CHECKING, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from accounts.names import NamesField, name_in
from institutions.registry.scope import standings

if TYPE_CHECKING:
    from accounts.models import User


class Aspect(models.TextChoices):
    CONDITION = "condition", _("Condition")
    PROCESS = "process", _("Process")
    RESULT = "result", _("Result")
    CONTEXT = "context", _("Context")


class Method(models.TextChoices):
    SHARE = "share", _("Share")
    RATIO = "ratio", _("Ratio")
    DISTINCT = "distinct", _("Distinct count")
    SUM = "sum", _("Sum")
    MEDIAN = "median", _("Median")
    INDEX = "index", _("Index")


class Across(models.TextChoices):
    """How an indicator adds up over periods."""

    SUM = "sum", _("Sums are divided")
    LAST = "last", _("The last day counts")
    DISTINCT = "distinct", _("Unique over the whole window")
    RECOMPUTE = "recompute", _("Recomputed from the rows")


class Source(models.TextChoices):
    COMPUTED = "computed", _("Computed from records")
    OBSERVED = "observed", _("Entered or imported")
    PENDING = "pending", _("Not collected yet")


class IndicatorQuerySet(models.QuerySet["Indicator"]):
    def visible_to(self, user: "User") -> "IndicatorQuerySet":
        """The catalogue is for whoever holds any role."""
        return self if standings(user) else self.none()

    def search(self, text: str) -> "IndicatorQuerySet":
        """By code or name, in any language."""
        return self.filter(Q(code__icontains=text) | Q(names__icontains=text))


class Indicator(models.Model):
    """A number of the catalogue. What it means stands in its dated definition versions."""

    code = models.CharField(max_length=16, unique=True)
    names = NamesField()
    aspect = models.CharField(max_length=16, choices=Aspect)
    more_is_better = models.BooleanField(default=True)
    is_core = models.BooleanField(default=False)
    source = models.CharField(max_length=16, choices=Source)
    follows = models.CharField(max_length=100, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects: ClassVar[models.Manager["Indicator"]] = IndicatorQuerySet.as_manager()
    disclosure = Disclosure(
        public=("id", "code", "names", "aspect", "more_is_better", "is_core", "source", "follows", "position")
    )

    def __str__(self) -> str:
        return self.code

    def name(self, language: str) -> str:
        return name_in(self.names, language)


class DefinitionVersion(models.Model):
    """What an indicator counts, from when to when; immutable once a value was stored by it.

    `kinds` lists the kinds of institutions it speaks of (empty: all education organisations); `levels` the letters
    I D R C; `periodicity` M T A. `person_based` cells are suppressed when small. `counts_events`: the numerator counts
    what happens by itself, so that a ratio has the interval of a rate. `made_of` names other indicators: of a quotient
    those of its numerator and denominator, else those that add up to it.
    """

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveSmallIntegerField()
    valid = DateRangeField()
    numerator = NamesField()
    denominator = NamesField()
    unit = NamesField()
    method = models.CharField(max_length=16, choices=Method)
    across = models.CharField(max_length=16, choices=Across)
    levels = ArrayField(models.CharField(max_length=1))
    periodicity = ArrayField(models.CharField(max_length=1))
    kinds = ArrayField(models.CharField(max_length=48), default=list, blank=True)
    factor = models.PositiveIntegerField(default=1)
    decimals = models.PositiveSmallIntegerField(default=1)
    person_based = models.BooleanField(default=False)
    counts_events = models.BooleanField(default=False)
    made_of = ArrayField(models.CharField(max_length=16), default=list, blank=True)

    disclosure = Disclosure(
        public=("id", "indicator", "version", "valid", "numerator", "denominator", "unit", "method", "across", "levels",
                "periodicity", "kinds", "factor", "decimals", "person_based", "counts_events", "made_of")
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["indicator", "version"], name="definition_version_once"),
            ExclusionConstraint(
                name="definition_no_overlap",
                expressions=[("indicator", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                violation_error_message=_("On some day this indicator would have two definitions."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator_id} v{self.version}"


class PeriodQuerySet(models.QuerySet["Period"]):
    def visible_to(self, user: "User") -> "PeriodQuerySet":
        return self if user.is_authenticated else self.none()


class Period(models.Model):
    """A month (M), term (T) or academic year (A) of a country pack; `ends_on` is its last day."""

    kind = models.CharField(max_length=1)
    code = models.CharField(max_length=24)
    pack = models.CharField(max_length=8)
    starts_on = models.DateField()
    ends_on = models.DateField()
    due_on = models.DateField()
    closes_on = models.DateField()

    objects: ClassVar[models.Manager["Period"]] = PeriodQuerySet.as_manager()
    disclosure = Disclosure(public=("id", "kind", "code", "pack", "starts_on", "ends_on", "due_on", "closes_on"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pack", "code"], name="period_code_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=models.F("starts_on")), name="period_ends_after_start"),
        ]

    def __str__(self) -> str:
        return self.code
