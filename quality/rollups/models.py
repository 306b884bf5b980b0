"""Stored values of places, the runs that counted them, and what waits to be recounted."""

from typing import TYPE_CHECKING, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.disclosure import Disclosure
from institutions.registry.models import Institution
from institutions.registry.scope import standings
from institutions.territory.models import Term, Territory
from quality.catalogue.models import DefinitionVersion, Period
from quality.observations.models import ValueState

if TYPE_CHECKING:
    from accounts.models import User


class Basis(models.TextChoices):
    """By which hierarchy the rows were placed: that of their own date, today's, or that of a named day."""

    AS_WAS = "as_was"
    AS_IS = "as_is"
    AS_OF = "as_of"


class Run(models.Model):
    """One pass of the engine. `cells` were written, `compared` stand after whole counts; `differing` were a fault."""

    kind = models.CharField(max_length=16)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    cells = models.PositiveIntegerField(default=0)
    compared = models.PositiveIntegerField(default=0)
    differing = models.PositiveIntegerField(default=0)
    note = models.TextField(blank=True)

    disclosure = Disclosure(
        public=("id", "kind", "started_at", "finished_at", "cells", "compared", "differing"), secret=("note",)
    )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class RollupQuerySet(models.QuerySet["Rollup"]):
    def visible_to(self, user: "User") -> "RollupQuerySet":
        """Figures of places are for whoever holds any role; the rows behind them are scoped by themselves."""
        return self if standings(user) else self.none()


class Rollup(models.Model):
    """The value of one indicator for one territory and period, for one kind of institution or (null) for all.

    The indexes of its constraint and of a dashboard serve every reading; one of each key would only slow the writing.
    `numerator` and `denominator` are sums over rows; `value` is made from them once, here, and read everywhere.
    """

    version = models.ForeignKey(DefinitionVersion, on_delete=models.PROTECT, db_index=False, related_name="rollups")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, db_index=False, related_name="rollups")
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, db_index=False, related_name="rollups")
    institution_kind = models.ForeignKey(Term, null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    basis = models.CharField(max_length=8, choices=Basis, default=Basis.AS_WAS)
    numerator = models.DecimalField(max_digits=22, decimal_places=4, null=True)
    denominator = models.DecimalField(max_digits=22, decimal_places=4, null=True)
    value = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    low = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    high = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    participations = models.PositiveIntegerField(null=True)
    reporting = models.PositiveIntegerField(default=0)
    expected = models.PositiveIntegerField(default=0)
    excused = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=16, choices=ValueState)
    provisional = models.BooleanField(default=True)
    # written by the engine alone, with every cell: asking the runs' table again for each would cost more than the write
    run = models.ForeignKey(Run, on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="rollups")
    computed_at = models.DateTimeField()

    objects: ClassVar[models.Manager["Rollup"]] = RollupQuerySet.as_manager()
    disclosure = Disclosure(
        public=(
            "id",
            "version",
            "period",
            "territory",
            "institution_kind",
            "basis",
            "numerator",
            "denominator",
            "value",
            "low",
            "high",
            "participations",
            "reporting",
            "expected",
            "excused",
            "state",
            "provisional",
            "run",
            "computed_at",
        )
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "period", "territory", "institution_kind", "basis"],
                nulls_distinct=False,
                name="rollup_once",
            ),
        ]
        indexes = [
            # a dashboard: one place and its parts, all indicators, some periods
            models.Index(fields=["territory", "version", "period"], name="rollup_place"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.territory_id} {self.period_id}"


class Tally(models.Model):
    """That an indicator was counted in a period: as on which day, and when it was last looked at."""

    version = models.ForeignKey(DefinitionVersion, on_delete=models.PROTECT, related_name="tallies")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="tallies")
    day = models.DateField()
    provisional = models.BooleanField()
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="tallies")
    counted_at = models.DateTimeField()

    disclosure = Disclosure(public=("id", "version", "period", "day", "provisional", "run", "counted_at"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "period"], name="tally_once")]

    def __str__(self) -> str:
        return f"{self.version_id} {self.period_id}"


class Dirty(models.Model):
    """An indicator in a period of which every cell must be recounted from its rows.

    Not unique on purpose: who marks must never wait for the count that is taking the earlier mark away.
    """

    version = models.ForeignKey(DefinitionVersion, on_delete=models.PROTECT, related_name="+")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()

    disclosure = Disclosure(secret=("id", "version", "period", "since"))

    class Meta:
        indexes = [
            # the tick looks for what to recount
            models.Index(fields=["period", "version"], name="dirty_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.period_id}"


class Change(models.Model):
    """By how much an observation changed what is counted: written by a trigger in the transaction of the change,
    whoever makes it, and taken away by the count that adds it. A statement that changes many rows leaves Dirty instead.
    """

    version = models.ForeignKey(DefinitionVersion, on_delete=models.PROTECT, related_name="+")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="+")
    institution = models.ForeignKey(Institution, null=True, on_delete=models.PROTECT, related_name="+")
    territory = models.ForeignKey(Territory, null=True, on_delete=models.PROTECT, related_name="+")
    numerator = models.DecimalField(max_digits=22, decimal_places=4)
    denominator = models.DecimalField(max_digits=22, decimal_places=4)
    reporting = models.SmallIntegerField()
    excused = models.SmallIntegerField()

    disclosure = Disclosure(
        secret=(
            "id",
            "version",
            "period",
            "institution",
            "territory",
            "numerator",
            "denominator",
            "reporting",
            "excused",
        )
    )

    class Meta:
        indexes = [
            # the tick takes the changes of one period
            models.Index(fields=["period", "version"], name="change_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.period_id}"


class Before(models.Model):
    """How a row that several institutions share was counted before a transaction changed it: at which institutions, on
    which day, as which kind. Written by triggers, whoever makes the change; taken away by the count that follows it.
    """

    subject_type = models.CharField(max_length=32)
    key = models.BigIntegerField()
    houses = ArrayField(models.BigIntegerField())
    counted_on = models.DateField()
    sort = models.BigIntegerField(null=True)
    xact = models.BigIntegerField()

    disclosure = Disclosure(secret=("id", "subject_type", "key", "houses", "counted_on", "sort", "xact"))

    class Meta:
        indexes = [
            # whether this transaction has noted the row already, and which note of a row is the first
            models.Index(fields=["subject_type", "key", "xact"], name="before_noted"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.key}"
