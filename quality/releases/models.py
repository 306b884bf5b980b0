"""Releases: figures that a ministry stands behind, frozen and dated; and the published tables from which pages are made.

Nothing here points at a table of living figures: a published row carries codes, names and words of its own, so that
public pages read published rows only and stay the same whatever changes afterwards.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from accounts.identity import Identified
from accounts.names import NamesField
from accounts.spelling import Text
from institutions.registry.scope import Role, holds
from lifecycle.models import FrozenContent
from quality.catalogue.models import Period
from quality.observations.models import ValueState

if TYPE_CHECKING:
    from accounts.models import User


class ReleaseStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    IN_APPROVAL = "in_approval", _("In approval")
    SCHEDULED = "scheduled", _("Scheduled")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


UNDERWAY = (ReleaseStatus.DRAFT, ReleaseStatus.IN_APPROVAL, ReleaseStatus.SCHEDULED)


class ReleaseQuerySet(models.QuerySet["Release"]):
    def visible_to(self, user: "User") -> "ReleaseQuerySet":
        """Those who publish; everybody else reads what is published on the public pages."""
        return self if holds(user, Role.MINISTRY_OFFICER) else self.none()


class Release(Identified):
    """The figures of one period, on their way to the public; a later version of the same period is a correction.

    `frozen` is what was sent for approval, with small numbers already hidden: exactly this is approved and published.
    """

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="releases")
    version = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=16, choices=ReleaseStatus, default=ReleaseStatus.DRAFT)
    reason = Text(_("Reason for the correction"), blank=True)
    changes = Text(_("What changed"), blank=True)
    frozen = models.ForeignKey(FrozenContent, null=True, on_delete=models.PROTECT, related_name="+")
    publish_on = models.DateField(null=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Release"]] = ReleaseQuerySet.as_manager()
    disclosure = Disclosure(
        public=("period", "version", "reason", "changes", "published_at"),
        institution=("id", "public_id", "status", "frozen", "publish_on", "created_at", "modified_at"),
        personal=("drafted_by", "submitted_by", "approved_by"),
        subject="drafted_by",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["period", "version"], name="release_version_once"),
            models.UniqueConstraint(
                fields=["period"], condition=Q(status__in=["draft", "in_approval", "scheduled"]),
                name="release_one_underway",
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(frozen__isnull=False, submitted_by__isnull=False),
                name="release_sent_is_frozen",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | ~Q(approved_by=models.F("drafted_by")) & ~Q(approved_by=models.F("submitted_by")),
                name="release_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "in_approval"])
                | Q(approved_by__isnull=False, publish_on__isnull=False),
                name="release_public_is_approved",
            ),
        ]  # fmt: skip
        indexes = [
            # the list, newest change first; "modified since"
            models.Index(fields=["modified_at", "id"], name="release_modified"),
        ]

    def __str__(self) -> str:
        return f"{self.period_id}: {self.version}"

    def audience(self) -> dict[str, Any]:
        """An Event about it concerns no institution: offices read it."""
        return {"title": f"{self.period.code} · {self.version}"}


class PermalinkQuerySet(models.QuerySet["Permalink"]):
    def current(self) -> "PermalinkQuerySet":
        """Those that hold: neither withdrawn nor replaced by a correction."""
        return self.filter(withdrawn_at__isnull=True, replaced_by__isnull=True)


class Permalink(models.Model):
    """The public face of a release under a number that never changes, with its whole method, places and kinds.

    `about` holds period, definitions, territories and kinds as they were; only what became of it later may change.
    """

    release = models.OneToOneField(Release, on_delete=models.PROTECT, related_name="permalink")
    period = models.CharField(max_length=24)
    period_kind = models.CharField(max_length=1)
    starts_on = models.DateField()
    ends_on = models.DateField()
    version = models.PositiveSmallIntegerField()
    about = models.JSONField()
    content_hash = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    replaced_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="replaces")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_because = models.TextField(blank=True)

    objects: ClassVar[models.Manager["Permalink"]] = PermalinkQuerySet.as_manager()
    disclosure = Disclosure(
        public=("id", "release", "period", "period_kind", "starts_on", "ends_on", "version", "about", "content_hash",
                "published_at", "replaced_by", "withdrawn_at", "withdrawn_because")
    )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.pk}: {self.period}"


class ReleaseCell(models.Model):
    """One published value: a frozen copy. A trigger refuses every change."""

    permalink = models.ForeignKey(Permalink, on_delete=models.PROTECT, db_index=False, related_name="cells")
    indicator = models.CharField(max_length=16)
    definition_version = models.PositiveSmallIntegerField()
    territory = models.CharField(max_length=32)
    institution_kind = models.CharField(max_length=48, blank=True)
    period = models.CharField(max_length=24)
    basis = models.CharField(max_length=8)
    numerator = models.DecimalField(max_digits=22, decimal_places=4, null=True)
    denominator = models.DecimalField(max_digits=22, decimal_places=4, null=True)
    value = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    low = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    high = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    participations = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=16, choices=ValueState)
    reporting = models.PositiveIntegerField()
    expected = models.PositiveIntegerField()
    provisional = models.BooleanField()

    disclosure = Disclosure(
        public=("id", "permalink", "indicator", "definition_version", "territory", "institution_kind", "period",
                "basis", "numerator", "denominator", "value", "low", "high", "participations", "state", "reporting",
                "expected", "provisional")
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["permalink", "indicator", "definition_version", "territory", "institution_kind", "basis"],
                name="release_cell_once",
            ),
            models.CheckConstraint(
                condition=Q(state="value") | Q(value__isnull=True, low__isnull=True, high__isnull=True),
                name="release_cell_nothing_is_empty",
            ),
        ]
        indexes = [
            # a place: all indicators of the releases that hold
            models.Index(fields=["permalink", "territory"], name="release_cell_place"),
        ]

    def __str__(self) -> str:
        return f"{self.permalink_id} {self.indicator} {self.territory}"


class PublishedHouse(models.Model):
    """What everybody may know of an educational organisation on the day of a release; a trigger refuses every change.

    `figures` are its own values of indicators that do not count people, `stories` what other things tell of it.
    """

    permalink = models.ForeignKey(Permalink, on_delete=models.PROTECT, db_index=False, related_name="houses")
    house = models.CharField(max_length=26)
    names = NamesField()
    kind = models.CharField(max_length=48)
    territory = models.CharField(max_length=32)
    sort_key = models.CharField(max_length=400)
    figures = models.JSONField(default=list)
    stories = models.JSONField(default=dict)

    disclosure = Disclosure(
        public=("id", "permalink", "house", "names", "kind", "territory", "sort_key", "figures", "stories")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["house", "permalink"], name="published_house_once"),
        ]
        indexes = [
            # the organisations of a place, by name
            models.Index(fields=["permalink", "territory", "sort_key"], name="published_house_place"),
        ]

    def __str__(self) -> str:
        return f"{self.permalink_id} {self.house}"


class ReleaseFile(models.Model):
    """A release as a file, byte for byte as it was published, with its checksum; a trigger refuses every change."""

    permalink = models.ForeignKey(Permalink, on_delete=models.PROTECT, related_name="files")
    form = models.CharField(max_length=8)
    content = models.TextField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    disclosure = Disclosure(public=("id", "permalink", "form", "content", "size", "sha256"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["permalink", "form"], name="release_file_once")]

    def __str__(self) -> str:
        return f"{self.permalink_id}.{self.form}"
