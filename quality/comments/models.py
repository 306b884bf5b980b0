"""A public comment: what somebody says is wrong with a public page, where it stands, and the answer."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from accounts.identity import Identified
from accounts.spelling import Line, Text
from institutions.registry.models import Institution
from institutions.registry.scope import OFFICE_ROLES, Role, offices, overseen_by
from institutions.territory.models import Territory

if TYPE_CHECKING:
    from accounts.models import User


class CommentStatus(models.TextChoices):
    RECEIVED = "received", _("Received")
    ACKNOWLEDGED = "acknowledged", _("Being looked into")
    ANSWERED = "answered", _("Answered")
    CORRECTED = "corrected", _("Corrected")
    DECLINED = "declined", _("Declined")


OPEN = (CommentStatus.RECEIVED, CommentStatus.ACKNOWLEDGED)
CLOSED = (CommentStatus.ANSWERED, CommentStatus.CORRECTED, CommentStatus.DECLINED)


class CommentQuerySet(models.QuerySet["PublicComment"]):
    def visible_to(self, user: "User") -> "CommentQuerySet":
        """Comments that the person may answer: administrators of the organisation, offices above the place."""
        houses = Institution.objects.filter(overseen_by(user, Role.INSTITUTION_ADMIN, *OFFICE_ROLES))
        seats = offices(user, Role.MINISTRY_OFFICER, Role.REGIONAL_OFFICER)
        places = Territory.objects.filter(lineage__overlap=seats)
        return self.filter(Q(institution__in=houses) | Q(institution__isnull=True, territory__in=places))

    def open(self) -> "CommentQuerySet":
        """Those without an answer yet."""
        return self.filter(status__in=OPEN)


class PublicComment(Identified):
    """What was said of a public page, in the words of whoever read it. `address` is the page's, without host and
    language; `contact` is sealed (accounts/sealing.py), and emptied when nobody needs it any more.
    """

    page = models.CharField(max_length=64)
    address = models.CharField(max_length=300)
    title = Line(_("Page"), max_length=300)
    institution = models.ForeignKey(Institution, null=True, on_delete=models.PROTECT, related_name="+")
    territory = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="+")
    text = Text(_("What is wrong"))
    contact = models.TextField(default="", blank=True)
    language = models.CharField(max_length=8)
    form_key = models.CharField(max_length=64, unique=True)  # of the form that was sent: twice is once
    status = models.CharField(max_length=16, choices=CommentStatus, default=CommentStatus.RECEIVED)
    is_told = models.BooleanField(default=False)  # the answered text stands on the public page beside the answer
    answer = Text(_("Answer given"), blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["PublicComment"]] = CommentQuerySet.as_manager()
    disclosure = Disclosure(
        public=("public_id", "page", "address", "title", "institution", "territory", "status", "answer", "received_at",
                "closed_at", "is_told"),
        institution=("id", "text", "language", "mailed_at"), personal=("answered_by",), subject="answered_by",
        secret=("contact", "form_key"),
    )  # fmt: skip

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=OPEN, closed_at__isnull=True, answer="")
                | (Q(status__in=CLOSED, closed_at__isnull=False) & ~Q(answer="")),
                name="comment_closed_is_answered",
            ),
        ]
        indexes = [
            # the public list, newest first, and by where it stands
            models.Index(fields=["received_at", "id"], name="comment_newest"),
            models.Index(fields=["status", "received_at", "id"], name="comment_status"),
            # what is said of a page
            models.Index(fields=["address"], name="comment_address"),
            # answers that are to be mailed
            models.Index(fields=["closed_at"], condition=Q(mailed_at__isnull=True), name="comment_to_mail"),
        ]

    def __str__(self) -> str:
        return self.public_id

    def audience(self) -> dict[str, Any]:
        """Whom an Event about it concerns: the organisation of the page; else offices read it."""
        house = [self.institution.public_id] if self.institution else []
        return {"title": self.title[:300], "concerned": house}
