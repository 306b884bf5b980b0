"""Validation rules as data of the country, and what broke them or stood out when figures were submitted."""

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from accounts.names import NamesField, name_in
from accounts.spelling import Text
from institutions.registry.scope import standings
from quality.catalogue.models import DefinitionVersion
from quality.submissions.models import Submission

if TYPE_CHECKING:
    from accounts.models import User


class Operator(models.TextChoices):
    EQUAL = "=", "="
    NOT_EQUAL = "!=", "≠"
    LESS = "<", "<"
    AT_MOST = "<=", "≤"
    MORE = ">", ">"
    AT_LEAST = ">=", "≥"


class MissingStrategy(models.TextChoices):
    """What a rule does where a number it speaks of is not there."""

    SKIP_IF_ANY = "skip_if_any_missing"
    SKIP_IF_ALL = "skip_if_all_missing"
    AS_ZERO = "treat_missing_as_zero"


class Severity(models.TextChoices):
    LOW = "low", _("Note")
    MEDIUM = "medium", _("Warning")
    HIGH = "high", _("Contradiction")


class ValidationRuleQuerySet(models.QuerySet["ValidationRule"]):
    def visible_to(self, user: "User") -> "ValidationRuleQuerySet":
        """The rules are for whoever holds any role."""
        return self if standings(user) else self.none()


class ValidationRule(models.Model):
    """`left operator right`, over numbers such as `CTX.02.numerator` of one institution and period."""

    code = models.CharField(max_length=48, unique=True)
    names = NamesField()
    left = models.CharField(max_length=300)
    operator = models.CharField(max_length=2, choices=Operator)
    right = models.CharField(max_length=300)
    missing = models.CharField(max_length=24, choices=MissingStrategy, default=MissingStrategy.SKIP_IF_ANY)
    severity = models.CharField(max_length=8, choices=Severity, default=Severity.MEDIUM)
    position = models.PositiveSmallIntegerField(default=0)

    objects: ClassVar[models.Manager["ValidationRule"]] = ValidationRuleQuerySet.as_manager()
    disclosure = Disclosure(
        public=("id", "code", "names", "left", "operator", "right", "missing", "severity", "position")
    )

    def __str__(self) -> str:
        return self.code

    def name(self, language: str) -> str:
        return name_in(self.names, language)


class Breach(models.Model):
    """A rule that a submission broke, or (no rule) a number that stood out, with its explanation.

    `left` and `right` are what was compared: the two sides, or the number and what it was held against.
    """

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="breaches")
    rule = models.ForeignKey(ValidationRule, null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    version = models.ForeignKey(
        DefinitionVersion, null=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    left = models.DecimalField(max_digits=30, decimal_places=8)
    right = models.DecimalField(max_digits=30, decimal_places=8)
    explanation = Text()
    explained_at = models.DateTimeField()
    explained_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    stands = models.BooleanField(default=True)

    disclosure = Disclosure(
        institution=("id", "submission", "rule", "version", "left", "right", "explanation", "explained_at", "stands"),
        personal=("explained_by",),
        subject="explained_by",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission", "rule", "version"], nulls_distinct=False, name="breach_once"),
            models.CheckConstraint(
                condition=Q(rule__isnull=True, version__isnull=False) | Q(rule__isnull=False, version__isnull=True),
                name="breach_one_ground",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} {self.key}"

    @property
    def key(self) -> str:
        """The code of the rule, or of the indicator that stood out."""
        return self.rule.code if self.rule else self.version.indicator.code if self.version else ""
