"""Research works, manuals and publications of laboratories: whose they are and which project they came from (LAB-13).

The title, the file or link, the review and the use stand in the shared resource (cooperation/resources), once.
"""

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from accounts.identity import Identified
from accounts.spelling import Line
from cooperation.resources.models import Resource
from cooperation.reviewing.models import ReviewStatus
from institutions.territory.models import Territory
from labs.laboratories.models import Laboratory
from labs.pilots.models import PilotProject

if TYPE_CHECKING:
    from accounts.models import User


class WorkKind(models.TextChoices):
    RESEARCH = "research", _("Research work")
    MANUAL = "manual", _("Methodical manual")
    PUBLICATION = "publication", _("Publication")


class WorkQuerySet(models.QuerySet["Work"]):
    def visible_to(self, user: "User") -> "WorkQuerySet":
        """Whose resource, laboratory and project the reader may see: a work never tells of a project that is not open."""
        projects = PilotProject.objects.all().visible_to(user)
        return self.filter(
            Q(project=None) | Q(project__in=projects), resource__in=Resource.objects.all().visible_to(user),
            laboratory__in=Laboratory.objects.all().visible_to(user),
        )  # fmt: skip

    def told(self) -> "WorkQuerySet":
        """What everybody may read: published, and of no project that is not."""
        projects = PilotProject.objects.filter(PilotProject.objects.all().told())
        return self.filter(Q(project=None) | Q(project__in=projects), resource__status=ReviewStatus.PUBLISHED)

    def within(self, territory: Territory) -> "WorkQuerySet":
        """Those of laboratories in the territory or anywhere below it."""
        return self.filter(laboratory__in=Laboratory.objects.all().within(territory))

    def of_author(self, user: "User") -> "WorkQuerySet":
        """Those the person wrote or entered."""
        wrote = Exists(WorkAuthor.objects.filter(work=OuterRef("pk"), user=user.pk))
        return self.filter(Q(wrote) | Q(entered_by=user.pk))

    def search(self, text: str) -> "WorkQuerySet":
        """By title, in any writing."""
        return self.filter(resource__in=Resource.objects.all().search(text))


class Work(Identified):
    """A work of a laboratory; two laboratories may name the same resource. `doi` without its address: 10.1000/182."""

    kind = models.CharField(_("Kind"), max_length=16, choices=WorkKind)
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="works")
    laboratory = models.ForeignKey(Laboratory, on_delete=models.PROTECT, related_name="works")
    project = models.ForeignKey(PilotProject, null=True, on_delete=models.PROTECT, related_name="works")
    year = models.PositiveSmallIntegerField(_("Year"), null=True)
    published_in = Line(_("Published in"), max_length=300, blank=True)
    doi = models.CharField("DOI", max_length=200, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()

    objects: ClassVar[models.Manager["Work"]] = WorkQuerySet.as_manager()
    disclosure = Disclosure(
        institution=("id", "public_id", "kind", "resource", "laboratory", "project", "year", "published_in", "doi",
                     "created_at", "modified_at"),
        personal=("entered_by",),
        subject="entered_by",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["laboratory", "resource"], name="work_once"),
            models.UniqueConstraint(fields=["laboratory", "doi"], condition=~Q(doi=""), name="work_doi_once"),
            models.CheckConstraint(
                condition=Q(year__isnull=True) | Q(year__gte=1900, year__lte=2100), name="work_year_is_near"
            ),
        ]
        indexes = [
            # the list, newest change first; "modified since"
            models.Index(fields=["modified_at", "id"], name="work_modified"),
            # what is known of a DOI
            models.Index(fields=["doi"], name="work_doi", condition=~Q(doi="")),
        ]

    def __str__(self) -> str:
        return self.public_id

    def audience(self) -> dict[str, Any]:
        """Whom an Event about it concerns: its project's people, else its laboratory's."""
        told = self.project.audience() if self.project else self.laboratory.audience()
        return {**told, "title": self.resource.title[:300]}


class WorkAuthor(models.Model):
    """Somebody who wrote it, in the order of the work; `user` where they have an account here."""

    work = models.ForeignKey(Work, on_delete=models.PROTECT, related_name="authors")
    position = models.PositiveSmallIntegerField()
    name = Line(_("Author"), max_length=200)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="works")

    disclosure = Disclosure(institution=("id", "work", "position"), personal=("name", "user"), subject="user")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["work", "position"], name="work_author_once")]

    def __str__(self) -> str:
        return self.name
