"""Educational-scientific complex laboratories: a site among its cluster, its host, members, services (product 2.6, 3.8)."""

import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.clock import today
from accounts.disclosure import Disclosure
from accounts.identity import Identified
from accounts.names import name_in
from accounts.spelling import Line, Text, search_key
from cooperation.agreements.models import Agreement
from institutions.clusters.models import Cluster
from institutions.registry.models import Institution
from institutions.registry.scope import HOUSE_ROLES, Role, holds, houses, offices, standings
from institutions.territory.models import Term, Territory

if TYPE_CHECKING:
    from accounts.models import User


class LaboratoryStatus(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    CLOSED = "closed", _("Closed")


OPENED = (LaboratoryStatus.ACTIVE, LaboratoryStatus.PAUSED, LaboratoryStatus.CLOSED)


class LaboratoryQuerySet(models.QuerySet["Laboratory"]):
    def visible_to(self, user: "User") -> "LaboratoryQuerySet":
        """Once opened: whoever holds a role; before, those inside it and the offices above."""
        if not standings(user):
            return self.none()
        return self.filter(Q(status__in=OPENED) | self.inside(user))

    def worked_in_by(self, user: "User") -> "LaboratoryQuerySet":
        """Those whose inner work (problems, projects before they are published) the person may read."""
        return self.filter(self.inside(user))

    @staticmethod
    def inside(user: "User") -> Q:
        """Members of the host, the site, the coordinator or a member institution, and the offices above the site."""
        if holds(user, Role.MINISTRY_OFFICER):
            return ~Q(pk__in=())  # everything; an empty condition would say nothing beside an OR
        overseen = Institution.objects.all().overseen_by(user)
        return LaboratoryQuerySet.among(user) | Q(site__in=overseen) | Q(host__in=overseen)

    @staticmethod
    def among(user: "User") -> Q:
        """Members of the host, the site, the coordinator or a member institution: who works there, no office above."""
        own = houses(user, *HOUSE_ROLES)
        member = Exists(LabMember.objects.filter(laboratory=OuterRef("pk"), institution__in=own))
        return Q(host__in=own) | Q(site__in=own) | Q(cluster__coordinator__in=own) | Q(member)

    def waiting_for(self, user: "User") -> "LaboratoryQuerySet":
        """Proposals which this person's office may open."""
        seats = offices(user, Role.MINISTRY_OFFICER, Role.REGIONAL_OFFICER)
        waiting = self.filter(status=LaboratoryStatus.PROPOSED, site__territory__lineage__overlap=seats)
        return waiting if seats else self.none()

    def of_institution(self, institution: Institution) -> "LaboratoryQuerySet":
        """Those it hosts, is the site of, or is a member of."""
        member = Exists(LabMember.objects.filter(laboratory=OuterRef("pk"), institution=institution))
        return self.filter(Q(host=institution) | Q(site=institution) | Q(member))

    def within(self, territory: Territory) -> "LaboratoryQuerySet":
        """Those whose site lies in the territory or anywhere below it."""
        return self.filter(site__territory__in=Territory.objects.filter(lineage__contains=[territory.pk]))

    def search(self, text: str) -> "LaboratoryQuerySet":
        """By the name of its site, in any writing."""
        found = self
        for word in search_key(text).split():
            found = found.filter(search_key__contains=word)
        return found


class Laboratory(Identified):
    """A laboratory. Its `site` is a participant of kind `lab_site`: party to agreements, place of figures."""

    site = models.OneToOneField(Institution, on_delete=models.PROTECT, related_name="laboratory")
    host = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="hosted_laboratories")
    cluster = models.ForeignKey(Cluster, on_delete=models.PROTECT, related_name="laboratories")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="laboratories")
    directions = models.ManyToManyField(Term, related_name="+", verbose_name=_("Directions of activity"))
    about = Text(_("What it does"), blank=True)
    recommendations = Text(_("Recommendations"), blank=True)
    status = models.CharField(max_length=16, choices=LaboratoryStatus, default=LaboratoryStatus.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    modified_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    search_key = models.TextField(default="")

    objects: ClassVar[models.Manager["Laboratory"]] = LaboratoryQuerySet.as_manager()
    disclosure = Disclosure(
        public=("site", "host", "cluster", "directions", "about", "recommendations", "status", "opened_at"),
        institution=("id", "public_id", "agreement", "created_at", "modified_at", "version", "search_key"),
        personal=("proposed_by",),
        subject="proposed_by",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status="proposed", opened_at__isnull=True)
                | Q(status="closed")
                | Q(status__in=("active", "paused"), opened_at__isnull=False),
                name="laboratory_opened_has_moment",
            ),
        ]
        indexes = [
            # the list, newest change first; "modified since"
            models.Index(fields=["modified_at", "id"], name="laboratory_modified"),
            # by the name of its site, on the search page and in the list
            GinIndex(OpClass("search_key", name="gin_trgm_ops"), name="laboratory_search"),
        ]

    def __str__(self) -> str:
        return name_in(self.site.names, "en")

    def audience(self) -> dict[str, Any]:
        """Whom an Event about it concerns: site, host, coordinator and members."""
        members = self.members.values_list("institution__public_id", flat=True)
        near = (self.site.public_id, self.host.public_id, self.cluster.coordinator.public_id)
        return {
            "title": str(self)[:300],
            "institution": self.host.public_id,
            "concerned": sorted({*near, *members}),
            "members_only": False,
        }


class LabMemberQuerySet(models.QuerySet["LabMember"]):
    def visible_to(self, user: "User") -> "LabMemberQuerySet":
        """Those of visible laboratories."""
        return self.filter(laboratory__in=Laboratory.objects.all().visible_to(user))

    def on(self, day: datetime.date | None = None) -> "LabMemberQuerySet":
        """Members on this day, today where none is named."""
        return self.filter(valid__contains=day or today())


class LabMember(Identified):
    """An institution that works in a laboratory, from one day to another."""

    laboratory = models.ForeignKey(Laboratory, on_delete=models.PROTECT, related_name="members")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="laboratory_roles")
    valid = DateRangeField()

    objects: ClassVar[models.Manager["LabMember"]] = LabMemberQuerySet.as_manager()
    disclosure = Disclosure(public=("institution", "valid"), institution=("id", "public_id", "laboratory"))

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="lab_member_no_overlap",
                expressions=[
                    ("laboratory", RangeOperators.EQUAL),
                    ("institution", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This organisation is a member already."),
            ),
        ]
        indexes = [
            # laboratories of an institution; conflicts of interest by a shared laboratory
            models.Index(fields=["institution", "laboratory"], name="lab_member_house"),
        ]

    def __str__(self) -> str:
        return f"{self.laboratory_id}: {self.institution_id}"


class LabService(models.Model):
    """A service of a laboratory; `form` is the form of cooperation it is counted under, where it is one."""

    laboratory = models.ForeignKey(Laboratory, on_delete=models.PROTECT, related_name="services")
    title = Line(_("Service"), max_length=300)
    form = models.ForeignKey(Term, null=True, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    disclosure = Disclosure(public=("title", "form"), institution=("id", "laboratory", "position"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["laboratory", "position"], name="lab_service_once")]

    def __str__(self) -> str:
        return self.title


class HealthCheckQuerySet(models.QuerySet["HealthCheck"]):
    def visible_to(self, user: "User") -> "HealthCheckQuerySet":
        """Those inside the laboratory; it is a talk with oneself, never a ranking."""
        return self.filter(laboratory__in=Laboratory.objects.filter(LaboratoryQuerySet.among(user)))


SCORES = ("trust", "rigour", "support", "capacity", "value")


class HealthCheck(Identified):
    """How a laboratory rates itself on a day, 1 to 4 each; once a quarter at most (LAB-12)."""

    laboratory = models.ForeignKey(Laboratory, on_delete=models.PROTECT, related_name="health_checks")
    checked_on = models.DateField()
    quarter = models.DateField()
    trust = models.PositiveSmallIntegerField(_("Trust"))
    rigour = models.PositiveSmallIntegerField(_("Rigour"))
    support = models.PositiveSmallIntegerField(_("Support"))
    capacity = models.PositiveSmallIntegerField(_("Capacity"))
    value = models.PositiveSmallIntegerField(_("Value"))
    note = Text(_("Note"), blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[models.Manager["HealthCheck"]] = HealthCheckQuerySet.as_manager()
    disclosure = Disclosure(
        institution=("id", "public_id", "laboratory", "checked_on", "quarter", *SCORES, "note"),
        personal=("entered_by",),
        subject="entered_by",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["laboratory", "quarter"], name="health_check_once_a_quarter",
                violation_error_message=_("This quarter is rated already."),
            ),
            *(
                models.CheckConstraint(
                    condition=Q((f"{score}__gte", 1), (f"{score}__lte", 4)), name=f"health_check_{score}"
                )
                for score in SCORES
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.laboratory_id}: {self.quarter}"
