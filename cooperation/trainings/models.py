"""Who was trained or taught as a guest in an activity, for how many hours; and the certificates of the trained."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from accounts.identity import Identified
from cooperation.activities.models import Activity, Participation
from institutions.people.models import Person
from institutions.registry.models import Institution
from institutions.registry.scope import Role, houses

if TYPE_CHECKING:
    from accounts.models import User

TRAINED, HOSTED = "training", "guest_teaching"  # types of activity; codes never change their meaning


class CertificateStatus(models.TextChoices):
    ISSUED = "issued", _("Issued")
    REVOKED = "revoked", _("Revoked")


class ActivityPersonQuerySet(models.QuerySet["ActivityPerson"]):
    def visible_to(self, user: "User") -> "ActivityPersonQuerySet":
        """The sides concerned, and the person themselves; an officer reads numbers, not names."""
        mine = Q(person__user=user.pk)
        return self.filter(mine | Q(activity__in=Activity.objects.all().shared_with(user)))

    def standing(self) -> "ActivityPersonQuerySet":
        """Without those whose certificate was revoked: a name on it was wrong."""
        return self.exclude(Exists(Certificate.objects.filter(place=OuterRef("pk"), status=CertificateStatus.REVOKED)))

    def bare(self, activity_hash: str) -> "ActivityPersonQuerySet":
        """Those who have no certificate for this content of their activity yet."""
        return self.standing().exclude(
            Exists(Certificate.objects.filter(place=OuterRef("pk"), activity_hash=activity_hash))
        )


class ActivityPerson(Identified):
    """Somebody named in an activity: trained in it, or with a `host` a guest who taught there."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="people")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="deeds")
    home = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="+")
    host = models.ForeignKey(Institution, null=True, on_delete=models.PROTECT, related_name="+")
    hours = models.DecimalField(_("Hours"), max_digits=6, decimal_places=2)
    named_at = models.DateTimeField()

    objects: ClassVar[models.Manager["ActivityPerson"]] = ActivityPersonQuerySet.as_manager()
    disclosure = Disclosure(
        institution=("id", "public_id", "activity", "home", "host", "hours", "named_at"),
        personal=("person",),
        subject="person",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "person"], name="activity_person_once",
                violation_error_message=_("This person is named already."),
            ),
            models.CheckConstraint(condition=Q(hours__gt=0, hours__lte=1000), name="activity_person_hours_sensible"),
            models.CheckConstraint(
                condition=Q(host__isnull=True) | ~Q(host=F("home")), name="activity_person_hosted_elsewhere",
                violation_error_message=_("A guest teaches at another organisation than their own."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.public_id


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def visible_to(self, user: "User") -> "CertificateQuerySet":
        """One's own, and for the office of a side those of its activities: no colleague reads a list by person.

        Everybody else has the page that verifies a number.
        """
        offices = Participation.objects.filter(institution__in=houses(user, Role.INSTITUTION_ADMIN)).values("activity")
        return self.filter(Q(place__person__user=user.pk) | Q(place__activity__in=offices))

    def of_person(self, user: "User") -> "CertificateQuerySet":
        """One's own."""
        return self.filter(place__person__user=user.pk)

    def standing(self) -> "CertificateQuerySet":
        """Issued for exactly what is confirmed now."""
        return self.filter(
            status=CertificateStatus.ISSUED, place__activity__status="confirmed",
            activity_hash=F("place__activity__content_hash"),
        )  # fmt: skip


class Certificate(Identified):
    """A certificate as it was printed: `content` never changes, `content_hash` is over it, and `activity_hash` is that
    of what the other side had confirmed; where the two sides say something else now, the certificate says so.
    """

    number = models.CharField(max_length=32, unique=True)
    place = models.ForeignKey(ActivityPerson, on_delete=models.PROTECT, related_name="certificates")
    status = models.CharField(max_length=16, choices=CertificateStatus, default=CertificateStatus.ISSUED)
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    activity_hash = models.CharField(max_length=64)
    issued_at = models.DateTimeField()

    objects: ClassVar[models.Manager["Certificate"]] = CertificateQuerySet.as_manager()
    disclosure = Disclosure(
        public=("number", "issued_at"),
        institution=("id", "public_id", "place", "status", "content_hash", "activity_hash"),
        personal=("content",),
        subject="place__person",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place", "activity_hash"], condition=Q(status="issued"), name="certificate_once",
            ),
        ]  # fmt: skip
        indexes = [
            # the verify page finds a certificate by the first characters of its code
            models.Index(fields=["content_hash"], name="certificate_hash", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return self.number

    def audience(self) -> dict[str, Any]:
        """Whom an Event about it concerns: the sides of its activity; the number stands for the person."""
        return {**self.place.activity.audience(), "title": self.number}
