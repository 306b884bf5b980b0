"""Protocols of contests, seminars and discussions: prescribed parts, signed by chair and secretary, then unchangeable."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from accounts.identity import Identified
from cooperation.activities.models import Activity

if TYPE_CHECKING:
    from accounts.models import User


class ProtocolStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SIGNED = "signed", _("Signed")
    SUPERSEDED = "superseded", _("Superseded")


class ProtocolQuerySet(models.QuerySet["Protocol"]):
    def visible_to(self, user: "User") -> "ProtocolQuerySet":
        """The sides concerned, and whoever signs it: it names people."""
        signs = Q(chair=user.pk) | Q(secretary=user.pk)
        return self.filter(signs | Q(activity__in=Activity.objects.all().shared_with(user)))


class Protocol(Identified):
    """One edition of a protocol. `content_hash` is over `content`; both signatures are of exactly that hash, and a
    change of the draft takes them back. A signed edition never changes: the next one corrects it.
    """

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="protocols")
    edition = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=16, choices=ProtocolStatus, default=ProtocolStatus.DRAFT)
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    chair = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    secretary = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    chair_signed_at = models.DateTimeField(null=True)
    secretary_signed_at = models.DateTimeField(null=True)
    modified_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[models.Manager["Protocol"]] = ProtocolQuerySet.as_manager()
    disclosure = Disclosure(
        institution=("id", "public_id", "activity", "edition", "status", "content_hash", "chair_signed_at",
                     "secretary_signed_at", "modified_at", "version"),
        personal=("content", "chair", "secretary"),
        subject="chair",
    )  # fmt: skip

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity", "edition"], name="protocol_edition_once"),
            models.UniqueConstraint(
                fields=["activity"], condition=Q(status="draft"), name="protocol_one_draft",
                violation_error_message=_("A draft of this protocol is open already."),
            ),
            models.UniqueConstraint(fields=["activity"], condition=Q(status="signed"), name="protocol_one_signed"),
            models.CheckConstraint(
                condition=Q(chair__isnull=True) | Q(secretary__isnull=True) | ~Q(chair=F("secretary")),
                name="protocol_two_sign_it",
                violation_error_message=_("The chair and the secretary are two people."),
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(chair_signed_at__isnull=False, secretary_signed_at__isnull=False),
                name="protocol_signed_by_both",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.public_id}: {self.edition}"

    def audience(self) -> dict[str, Any]:
        """Whom an Event about it concerns: the sides of its activity."""
        return self.activity.audience()
