"""What an officer learned when they called a partner back: a note on a confirmed activity of the audit list."""

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from accounts.identity import Identified
from accounts.spelling import Text
from cooperation.activities.models import Activity
from institutions.registry.scope import offices

if TYPE_CHECKING:
    from accounts.models import User


class AuditResult(models.TextChoices):
    CONFIRMED = "confirmed", _("Confirmed by the partner")
    NOT_CONFIRMED = "not_confirmed", _("Not confirmed by the partner")
    NOT_REACHED = "not_reached", _("Not reached")


class AuditNoteQuerySet(models.QuerySet["AuditNote"]):
    def visible_to(self, user: "User") -> "AuditNoteQuerySet":
        """Officers read the notes on activities they may see; nobody else reads any."""
        if not offices(user):
            return self.none()
        return self.filter(activity__in=Activity.objects.all().visible_to(user))


class AuditNote(Identified):
    """One call: whom it was about, what the partner said, who asked and when. Never changed: a second call is a second
    note. It moves nothing by itself; whoever has reason to, disputes.
    """

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="audit_notes")
    result = models.CharField(max_length=16, choices=AuditResult)
    note = Text(_("Note"), blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    objects: ClassVar[models.Manager["AuditNote"]] = AuditNoteQuerySet.as_manager()
    disclosure = Disclosure(
        institution=("id", "public_id", "activity", "result", "note", "made_at"),
        personal=("made_by",),
        subject="made_by",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(result__in=AuditResult.values), name="audit_note_result_known"),
        ]

    def __str__(self) -> str:
        return f"{self.activity_id}: {self.result}"
