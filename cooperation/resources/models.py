"""Shared resources: premises, equipment, libraries, databases and digital material, who may use them, and their use.

A use is a row that the product writes by itself when a member of another institution opens a resource (product ACT-5).
"""

from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from accounts.spelling import Line, Text
from cooperation.reviewing.models import SHARED, Reviewed, ReviewedQuerySet, ReviewStatus
from institutions.registry.models import Institution
from institutions.registry.scope import Role, holds
from institutions.territory.models import Territory

if TYPE_CHECKING:
    from accounts.models import User


class ResourceKind(models.TextChoices):
    PREMISES = "premises", _("Premises")
    EQUIPMENT = "equipment", _("Equipment")
    LIBRARY = "library", _("Library")
    DATABASE = "database", _("Database")
    DIGITAL = "digital", _("Digital material")


class ResourceRights(models.TextChoices):
    """Who may use it."""

    PARTNERS = "partners", _("Partners under an agreement in force")
    INSTITUTIONS = "institutions", _("Every organisation")
    EVERYBODY = "everybody", _("Everybody who is signed in")


class ResourceQuerySet(ReviewedQuerySet):
    def visible_to(self, user: "User") -> Self:
        """As everything that is reviewed; what is open to everybody also for whoever holds no role."""
        opened = Q(status=ReviewStatus.PUBLISHED, rights=ResourceRights.EVERYBODY)
        if user is None or not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(opened | Q(pk__in=super().visible_to(user).order_by().values("pk")))


class Resource(Reviewed):
    """What an institution opens to others: `how` and `link` and `file` are for those who may use it."""

    subject_type: ClassVar[str] = "resource"

    kind = models.CharField(_("Kind"), max_length=16, choices=ResourceKind)
    rights = models.CharField(
        _("Who may use it"), max_length=16, choices=ResourceRights, default=ResourceRights.PARTNERS
    )
    description = Text(_("What it is"), blank=True)
    how = Text(_("How to use it"), blank=True)
    link = models.URLField(_("Link"), max_length=500, blank=True)
    file = models.FileField(upload_to="resources/%Y/%m/", max_length=200, blank=True)
    file_name = Line(max_length=200, blank=True)
    file_size = models.PositiveIntegerField(default=0)
    file_sha256 = models.CharField(max_length=64, blank=True)

    objects: ClassVar[models.Manager["Resource"]] = ResourceQuerySet.as_manager()
    disclosure = Disclosure(
        institution=(*SHARED, "kind", "rights", "description", "how", "link", "file", "file_name", "file_size",
                     "file_sha256"),
        personal=("author", "reviewed_by"),
        subject="author",
    )  # fmt: skip

    class Meta(Reviewed.Meta):
        constraints = [
            *Reviewed.Meta.constraints,
            models.CheckConstraint(
                condition=Q(file="", file_name="", file_size=0, file_sha256="")
                | (~Q(file="") & ~Q(file_name="") & Q(file_size__gt=0) & Q(file_sha256__regex=r"^[0-9a-f]{64}$")),
                name="resource_file_is_described",
            ),
        ]


class ResourceUseQuerySet(models.QuerySet["ResourceUse"]):
    def visible_to(self, user: "User") -> "ResourceUseQuerySet":
        """The side that shares and the side that uses, and the officers of their places."""
        if holds(user, Role.MINISTRY_OFFICER):
            return self
        seen = Institution.objects.all().overseen_by(user)
        return self.filter(Q(institution__in=seen) | Q(resource__institution__in=seen))

    def within(self, territory: Territory) -> "ResourceUseQuerySet":
        """Use by institutions in the territory or anywhere below it."""
        return self.filter(institution__territory__in=Territory.objects.filter(lineage__contains=[territory.pk]))


class ResourceUse(models.Model):
    """One person of another institution opened it on this day; whose person it was is shown, who it was never."""

    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="uses")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    used_on = models.DateField()

    objects: ClassVar[models.Manager["ResourceUse"]] = ResourceUseQuerySet.as_manager()
    disclosure = Disclosure(
        institution=("id", "resource", "institution", "used_on"), personal=("person",), subject="person"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resource", "institution", "person", "used_on"], name="resource_use_once"),
        ]
        indexes = [
            # the uses of a resource by month; what an institution used
            models.Index(fields=["resource", "used_on"], name="resource_use_day"),
            models.Index(fields=["institution", "used_on"], name="resource_use_house"),
        ]

    def __str__(self) -> str:
        return f"{self.resource_id}: {self.institution_id} {self.used_on}"
