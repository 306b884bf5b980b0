"""Clusters: institutions that work together around a coordinator, each a member from one day to another."""

import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from accounts.identity import Identified
from accounts.names import NamesField, name_in
from accounts.spelling import search_key
from institutions.registry.models import Institution
from institutions.registry.scope import standings
from institutions.territory.models import Term, Territory

if TYPE_CHECKING:
    from accounts.models import User


class ClusterQuerySet(models.QuerySet["Cluster"]):
    def visible_to(self, user: "User") -> "ClusterQuerySet":
        """Who works with whom is public knowledge: for whoever holds a role."""
        return self if standings(user) else self.none()

    def of_institution(self, institution: Institution, on: datetime.date) -> "ClusterQuerySet":
        """Clusters it belongs to on this day."""
        return self.filter(members__institution=institution, members__valid__contains=on).distinct()

    def within(self, territory: Territory) -> "ClusterQuerySet":
        """Those whose coordinator lies in the territory or anywhere below it."""
        return self.filter(coordinator__territory__in=Territory.objects.filter(lineage__contains=[territory.pk]))

    def search(self, text: str) -> "ClusterQuerySet":
        """By name, in any writing."""
        found = self
        for word in search_key(text).split():
            found = found.filter(search_key__contains=word)
        return found


class Cluster(Identified):
    """A cluster; `agreement_key` is the public id of the act that founded it, which lies above this floor."""

    names = NamesField(_("Name"))
    coordinator = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="coordinated_clusters")
    agreement_key = models.CharField(max_length=26, blank=True)
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()
    search_key = models.TextField(default="")

    objects: ClassVar[models.Manager["Cluster"]] = ClusterQuerySet.as_manager()
    disclosure = Disclosure(
        public=("names", "coordinator"),
        institution=("id", "public_id", "agreement_key", "created_at", "modified_at", "search_key"),
    )

    class Meta:
        indexes = [
            # the list, newest change first; "modified since"
            models.Index(fields=["modified_at", "id"], name="cluster_modified"),
            # by name, in the list
            GinIndex(OpClass("search_key", name="gin_trgm_ops"), name="cluster_search"),
        ]

    def __str__(self) -> str:
        return name_in(self.names, "en")

    def audience(self) -> dict[str, Any]:
        """Whom an Event about it concerns: everybody who is or was a member."""
        members = self.members.values_list("institution__public_id", flat=True)
        return {
            "title": str(self)[:300],
            "institution": self.coordinator.public_id,
            "concerned": sorted({self.coordinator.public_id, *members}),
            "members_only": False,
        }


class ClusterMemberQuerySet(models.QuerySet["ClusterMember"]):
    def visible_to(self, user: "User") -> "ClusterMemberQuerySet":
        """As the clusters themselves."""
        return self if standings(user) else self.none()

    def on(self, day: datetime.date) -> "ClusterMemberQuerySet":
        return self.filter(valid__contains=day)


class ClusterMember(Identified):
    """An institution in a cluster for a time; `role` is a `party_role` of clusters: coordinator, member, lab_site."""

    cluster = models.ForeignKey(Cluster, on_delete=models.PROTECT, related_name="members")
    institution = models.ForeignKey(Institution, on_delete=models.PROTECT, related_name="cluster_roles")
    role = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="+")
    valid = DateRangeField()

    objects: ClassVar[models.Manager["ClusterMember"]] = ClusterMemberQuerySet.as_manager()
    disclosure = Disclosure(public=("institution", "role", "valid"), institution=("id", "public_id", "cluster"))

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="cluster_member_no_overlap",
                expressions=[
                    ("cluster", RangeOperators.EQUAL),
                    ("institution", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This organisation is a member already."),
            ),
        ]
        indexes = [
            # clusters of an institution
            models.Index(fields=["institution", "cluster"], name="cluster_member_house"),
        ]

    def __str__(self) -> str:
        return f"{self.cluster_id}: {self.institution_id}"
