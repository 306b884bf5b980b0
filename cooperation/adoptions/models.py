"""Adoption: an institution uses something that another one made, since a day; no like, a row with a place and a date."""

import datetime
from collections.abc import Collection
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from accounts.identity import Identified
from accounts.spelling import Text
from cooperation.activities.models import Activity
from cooperation.adoptions.subjects import Subject, adoptables, subjects_of
from institutions.registry.models import Institution
from institutions.registry.scope import HOUSE_ROLES, NOTHING, houses
from institutions.territory.models import Territory

if TYPE_CHECKING:
    from accounts.models import User


class AdoptionStatus(models.TextChoices):
    REPORTED = "reported", _("Reported")
    CONFIRMED = "confirmed", _("Confirmed")
    SUSTAINED = "sustained", _("Sustained")
    DROPPED = "dropped", _("No longer used")


class ConfirmedBy(models.TextChoices):
    """What an adoption was confirmed by; nothing is stored of it but the activity."""

    SOURCE = "source", _("The organisation it comes from")
    ACTIVITY = "activity", _("Joint work")


class AdoptionQuerySet(models.QuerySet["Adoption"]):
    def visible_to(self, user: "User") -> "AdoptionQuerySet":
        """Those of the own institutions, of institutions one oversees, and of whatever one may see."""
        found = Q(institution__in=houses(user, *HOUSE_ROLES))
        found |= Q(institution__in=Institution.objects.all().overseen_by(user).values("pk"))
        for kind in adoptables().values():
            found |= Q(subject_type=kind.code, subject_id__in=kind.seen(user).values("public_id"))
        return self.filter(found)

    def of(self, subject_type: str, subject_id: str) -> "AdoptionQuerySet":
        """Where this is used, or was."""
        return self.filter(subject_type=subject_type, subject_id=subject_id)

    def in_use(self) -> "AdoptionQuerySet":
        """Those that were not dropped."""
        return self.exclude(status=AdoptionStatus.DROPPED)

    def within(self, territory: Territory) -> "AdoptionQuerySet":
        """Those of institutions in the territory or anywhere below it."""
        return self.filter(institution__territory__in=Territory.objects.filter(lineage__contains=[territory.pk]))

    def waiting_for(self, institutions: Collection[int], on: datetime.date) -> "AdoptionQuerySet":
        """Those that one of these institutions, as the source, has yet to confirm: at first, and again after a year."""
        sourced = NOTHING
        for kind in adoptables().values() if institutions else ():
            ids = kind.sourced(institutions).values("public_id")
            sourced |= Q(subject_type=kind.code, subject_id__in=ids)
        again = Q(status=AdoptionStatus.CONFIRMED, since__lte=a_year_before(on))
        return self.filter(sourced).filter(Q(status=AdoptionStatus.REPORTED) | again)


class Adoption(Identified):
    """Who uses what, since when; the source confirms it. The subject is any registered kind (see `subjects`)."""

    subject_type = models.CharField(max_length=32)
    subject_id = models.CharField(max_length=26)
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="adoptions")
    since = models.DateField(_("In use since"))
    note = Text(_("How it is used"), blank=True)
    status = models.CharField(max_length=16, choices=AdoptionStatus, default=AdoptionStatus.REPORTED)
    activity = models.OneToOneField(Activity, null=True, on_delete=models.PROTECT, related_name="adoption")
    reported_at = models.DateTimeField()
    modified_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[models.Manager["Adoption"]] = AdoptionQuerySet.as_manager()
    disclosure = Disclosure(
        public=("subject_type", "subject_id", "institution", "since"),
        institution=("id", "public_id", "note", "status", "activity", "reported_at", "modified_at", "version"),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "institution"],
                name="adoption_once",
                violation_error_message=_("Your organisation has said already that it uses this."),
            ),
            models.CheckConstraint(
                condition=Q(activity__isnull=True) | ~Q(status="reported"), name="adoption_shown_work_confirms"
            ),
        ]
        indexes = [
            # the list, newest change first; "modified since"
            models.Index(fields=["modified_at", "id"], name="adoption_modified"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id}: {self.institution_id}"

    @cached_property
    def subject(self) -> Subject | None:
        """What is used; None where its kind is not registered any more."""
        key = (self.subject_type, self.subject_id)
        return subjects_of([key], sources=True).get(key)

    @property
    def method(self) -> str:
        """What confirmed it; empty while nothing has, or where it is used no more."""
        if self.status not in (AdoptionStatus.CONFIRMED, AdoptionStatus.SUSTAINED):
            return ""
        return str(ConfirmedBy.ACTIVITY if self.activity_id else ConfirmedBy.SOURCE)

    def audience(self) -> dict[str, Any]:
        """Whom an Event about it concerns: the institution that uses it, and its source."""
        subject = self.subject
        sources = [house.public_id for house in subject.sources] if subject else []
        return {
            "title": subject.title[:300] if subject else "",
            "institution": self.institution.public_id,
            "concerned": sorted({self.institution.public_id, *sources}),
        }


def with_titles(adoptions: list[Adoption]) -> list[Adoption]:
    """The same rows, each knowing what is used by its title: one question for each kind of thing."""
    found = subjects_of((each.subject_type, each.subject_id) for each in adoptions)
    for each in adoptions:
        each.subject = found.get((each.subject_type, each.subject_id))
    return adoptions


def a_year_before(day: datetime.date) -> datetime.date:
    """The same day twelve months earlier; of a leap day the day before."""
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if leap else day.day)
