"""Institutions: one table of participants of all kinds; what changes over time stands in dated rows."""

import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from accounts.identity import Identified
from accounts.names import NamesField, name_in
from institutions.registry.scope import overseen_by, readable_by
from institutions.territory.models import Term, Territory
from institutions.territory.ranking import padded, rank, rough_rank
from institutions.territory.words import Asked

if TYPE_CHECKING:
    from accounts.models import User


MANY = 2_000


class InstitutionStatus(models.TextChoices):
    APPLIED = "applied", _("Applied")
    RETURNED = "returned", _("Returned")
    VERIFIED = "verified", _("Verified")
    SUSPENDED = "suspended", _("Suspended")
    CLOSED = "closed", _("Closed")
    REJECTED = "rejected", _("Rejected")


class Ownership(models.TextChoices):
    STATE = "state", _("State")
    NON_STATE = "non_state", _("Non-state")
    PUBLIC_PRIVATE = "public_private", _("Public-private")
    FOREIGN = "foreign", _("Foreign")


class InstitutionQuerySet(models.QuerySet["Institution"]):
    def visible_to(self, user: "User") -> "InstitutionQuerySet":
        """The only place that knows which institutions a role may see; every other `visible_to` is built on it."""
        return self.filter(readable_by(user))

    def overseen_by(self, user: "User", *roles: str) -> "InstitutionQuerySet":
        """Those whose inner records the person may read; with roles, those over which they hold one of them."""
        return self.filter(overseen_by(user, *roles))

    def within(self, territory: Territory) -> "InstitutionQuerySet":
        """Those that lie today in the place or anywhere below it."""
        return self.filter(territory__in=Territory.objects.filter(lineage__contains=[territory.pk]))

    def search(self, text: str) -> "InstitutionQuerySet":
        """Those meant by a text in any writing: as typed, else with typing errors corrected, else but for one word."""
        return self.searched(text)[0]

    def searched(self, text: str) -> "tuple[InstitutionQuerySet, Asked]":
        """The same with the reading that found them, for ranking."""
        asked = Asked(text)
        for stage in (asked.exactly, asked.nearly, asked.mostly):
            found = self.filter(stage())
            if found.exists():
                return found, asked
        return self.none(), asked

    def ranked(self, text: str) -> "InstitutionQuerySet":
        """Search with `search_rank`, the greater the nearer; thousands of rows are ranked roughly."""
        found, asked = self.searched(text)
        if found[: MANY + 1].count() > MANY:
            return found.annotate(search_rank=rough_rank(asked))
        return found.annotate(search_rank=rank(asked))

    def active(self) -> "InstitutionQuerySet":
        """Verified at least once and not closed: suspended ones stay in."""
        return self.filter(status__in=(InstitutionStatus.VERIFIED, InstitutionStatus.SUSPENDED))

    def active_on(self, day: datetime.date) -> "InstitutionQuerySet":
        """Verified once, and inside an open spell on that day."""
        inside = OpenSpell.objects.filter(institution=models.OuterRef("pk"), valid__contains=day)
        return self.filter(models.Exists(inside), verified_at__isnull=False)


class Institution(Identified):
    """A participant. `kind` and `territory` are today's values of the dated rows InstitutionKind and InstitutionPlace,
    written with them by the same actions and turned by the daily task; figures read the dated rows, never these.
    """

    names = NamesField()
    short_name = models.CharField(_("Short name"), max_length=100, blank=True)
    search_key = models.TextField()
    search_padded = models.GeneratedField(expression=padded(), output_field=models.TextField(), db_persist=True)
    sort_key = models.CharField(max_length=400)
    kind = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="+")
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="institutions")
    ownership = models.CharField(_("Ownership"), max_length=16, choices=Ownership, default=Ownership.STATE)
    country = models.CharField(_("Country"), max_length=2)
    languages = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    status = models.CharField(max_length=16, choices=InstitutionStatus, default=InstitutionStatus.APPLIED)
    is_demo = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True)
    modified_at = models.DateTimeField()

    objects: ClassVar[models.Manager["Institution"]] = InstitutionQuerySet.as_manager()
    disclosure = Disclosure(
        public=("id", "public_id", "names", "short_name", "search_key", "search_padded", "sort_key", "kind",
                "territory", "ownership", "country", "languages", "latitude", "longitude", "status", "is_demo"),
        institution=("version", "registered_at", "verified_at", "modified_at"),
        personal=("registered_by",),
        subject="registered_by",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=("applied", "returned", "rejected")) | Q(verified_at__isnull=False),
                name="institution_verified_has_moment",
            ),
        ]
        indexes = [
            # one search box over names in every writing; blanks at both ends make the edges of words searchable
            GinIndex(OpClass("search_padded", name="gin_trgm_ops"), name="institution_search"),
            # the list of a territory, alphabetical
            models.Index(fields=["territory", "kind", "sort_key", "id"], name="institution_place"),
            # the list of everything, alphabetical, and "modified since"
            models.Index(fields=["sort_key", "id"], name="institution_sort"),
            models.Index(fields=["modified_at", "id"], name="institution_modified"),
        ]

    def __str__(self) -> str:
        return self.public_id

    def name(self, language: str) -> str:
        return name_in(self.names, language)

    def audience(self) -> dict[str, Any]:
        """Whom an Event about it concerns."""
        return {
            "title": self.short_name or next(iter(self.names.values()), "")[:300],
            "institution": self.public_id,
            "concerned": [self.public_id],
        }


def _no_overlap(name: str, *equal: str, message: Any) -> ExclusionConstraint:
    same = [(field, RangeOperators.EQUAL) for field in equal]
    return ExclusionConstraint(
        name=name, expressions=[*same, ("valid", RangeOperators.OVERLAPS)], violation_error_message=message
    )


class OpenSpell(models.Model):
    """A time the institution was open; reopening adds a spell and leaves the old one untouched."""

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="spells")
    valid = DateRangeField()
    document = models.CharField(max_length=300, blank=True)

    disclosure = Disclosure(public=("id", "institution", "valid", "document"))

    class Meta:
        constraints = [
            _no_overlap("spell_no_overlap", "institution", message=_("Two open times of one institution overlap."))
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.valid}"


class InstitutionName(models.Model):
    """How it was called, and when; written at the first change of name, so who was never renamed has no row."""

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="dated_names")
    names = NamesField()
    valid = DateRangeField()
    document = models.CharField(max_length=300, blank=True)

    disclosure = Disclosure(public=("id", "institution", "names", "valid", "document"))

    class Meta:
        constraints = [
            _no_overlap(
                "name_no_overlap", "institution", message=_("On some day the institution would have two names.")
            )
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.valid}"


class InstitutionKind(models.Model):
    """What kind of participant it was, and when."""

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="kinds")
    kind = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="+")
    valid = DateRangeField()
    document = models.CharField(max_length=300, blank=True)

    disclosure = Disclosure(public=("id", "institution", "kind", "valid", "document"))

    class Meta:
        constraints = [
            _no_overlap(
                "kind_no_overlap", "institution", message=_("On some day the institution would have two kinds.")
            )
        ]
        indexes = [
            # what became of another kind in a stretch of days
            models.Index(Lower("valid"), "institution", name="kind_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.kind_id}"


class InstitutionPlace(models.Model):
    """Where it lay, and when."""

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="places")
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    valid = DateRangeField()
    document = models.CharField(max_length=300, blank=True)

    disclosure = Disclosure(public=("id", "institution", "territory", "valid", "document"))

    class Meta:
        constraints = [
            _no_overlap(
                "place_no_overlap", "institution", message=_("On some day the institution would lie in two places.")
            )
        ]
        indexes = [
            # counting by place on a day
            models.Index(fields=["territory", "institution"], name="place_territory"),
            # who moved in a stretch of days
            models.Index(Lower("valid"), "institution", name="place_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} in {self.territory_id}"


class Unit(Identified):
    """A part of an institution (faculty, chair, group) that may be a party."""

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="units")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="parts")
    kind = models.CharField(max_length=32)
    names = NamesField()
    valid = DateRangeField()

    disclosure = Disclosure(public=("id", "public_id", "institution", "parent", "kind", "names", "valid"))

    def __str__(self) -> str:
        return self.public_id


class ExternalId(models.Model):
    """The name another register gives to an institution."""

    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="external_ids")
    scheme = models.CharField(max_length=16)
    value = models.CharField(max_length=64)
    valid = DateRangeField()

    disclosure = Disclosure(public=("id", "institution", "scheme", "value", "valid"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "value"],
                name="external_id_once",
                violation_error_message=_("Another institution has this number in this register."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


class SuccessionKind(models.TextChoices):
    MERGE = "merge", _("Merged into")
    SPLIT = "split", _("Split into")
    SUCCESSOR = "successor", _("Succeeded by")
    BRANCH = "branch", _("Became a branch of")


class Succession(models.Model):
    """Which institution took over from which; a trigger refuses a cycle."""

    predecessor = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="inherited")
    kind = models.CharField(max_length=16, choices=SuccessionKind)
    happened_on = models.DateField()
    share = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    document = models.CharField(max_length=300, blank=True)

    disclosure = Disclosure(public=("id", "predecessor", "successor", "kind", "happened_on", "share", "document"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="succession_once"),
            models.CheckConstraint(condition=~Q(predecessor=F("successor")), name="succession_not_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor_id} to {self.successor_id}"
