"""What things have in common that a second person reads before everybody may: practices and shared resources."""

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.identity import Identified
from accounts.spelling import Line, search_key
from institutions.registry.models import Institution
from institutions.registry.scope import Role, overseen_by, standings
from institutions.territory.models import Territory

if TYPE_CHECKING:
    from accounts.models import User

REVIEWERS = (Role.INSTITUTION_ADMIN, Role.REGIONAL_OFFICER)
SHARED = ("id", "public_id", "title", "institution", "status", "submitted_at", "published_at", "created_at",
          "modified_at", "version", "search_key")  # fmt: skip


class ReviewStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


TOLD = (ReviewStatus.PUBLISHED, ReviewStatus.WITHDRAWN)


class ReviewedQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: "User") -> Self:
        """A draft: its author; in review: its reviewers too; once published: whoever holds a role."""
        if not standings(user):
            return self.none()
        read = Q(status=ReviewStatus.IN_REVIEW, institution__in=read_by(user))
        return self.filter(Q(author=user.pk) | read | Q(status__in=TOLD))

    def waiting_for(self, user: "User") -> Self:
        """What this person has yet to review: never their own."""
        found = self.filter(status=ReviewStatus.IN_REVIEW, institution__in=read_by(user))
        return found.exclude(author=user.pk)

    def published(self) -> Self:
        return self.filter(status=ReviewStatus.PUBLISHED)

    def of_institution(self, institution: Institution) -> Self:
        return self.filter(institution=institution)

    def within(self, territory: Territory) -> Self:
        """Those of institutions in the territory or anywhere below it."""
        return self.filter(institution__territory__in=Territory.objects.filter(lineage__contains=[territory.pk]))

    def search(self, text: str) -> Self:
        """By title, in any writing."""
        found = self
        for word in search_key(text).split():
            found = found.filter(search_key__contains=word)
        return found


def read_by(user: "User") -> models.QuerySet[Institution]:
    """Institutions whose things this person may review, as far as they did not write them."""
    return Institution.objects.filter(overseen_by(user, *REVIEWERS))


class Reviewed(Identified):
    """Written by one person for their institution, read by another, then open to all; `subject_type` as in Events."""

    subject_type: ClassVar[str]

    title = Line(_("Title"), max_length=300)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=16, choices=ReviewStatus, default=ReviewStatus.DRAFT)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    search_key = models.TextField(default="")

    objects: ClassVar[models.Manager[Any]] = ReviewedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("author")),
                name="%(class)s_reviewer_is_another",
                violation_error_message=_("Another person reviews it, never its author."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=("draft", "in_review"), reviewed_by__isnull=True, published_at__isnull=True)
                | Q(status__in=("published", "withdrawn"), reviewed_by__isnull=False, published_at__isnull=False),
                name="%(class)s_published_is_reviewed",
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(submitted_at__isnull=False), name="%(class)s_review_has_moment"
            ),
        ]
        indexes = [
            # the list, newest change first; "modified since"
            models.Index(fields=["modified_at", "id"], name="%(class)s_modified"),
            # by title, on the search page and in the list
            GinIndex(OpClass("search_key", name="gin_trgm_ops"), name="%(class)s_search"),
            # what waits for a reviewer, and what an institution shares
            models.Index(fields=["institution", "status"], name="%(class)s_house"),
        ]

    def __str__(self) -> str:
        return self.title

    def audience(self) -> dict[str, Any]:
        """Whom an Event about it concerns: its institution; as long as it is a draft, nobody above."""
        house = self.institution.public_id
        draft = self.status == ReviewStatus.DRAFT
        return {"title": self.title[:300], "institution": house, "concerned": [house], "members_only": draft}
