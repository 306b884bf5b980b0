"""Clusters over the API: who belongs to them, in which role, from when to when."""

from typing import Any

from django.utils.translation import get_language
from rest_framework import serializers

from accounts.doors import StrictViewSet
from accounts.names import all_names, name_in
from accounts.scoped import Scoped
from accounts.strict import StrictSerializer
from institutions.clusters.filters import ClusterFilters
from institutions.clusters.models import Cluster
from institutions.clusters.showing import MEMBERS, places_of


class ClusterMemberRow(StrictSerializer):
    """A member; `valid_until` is the first day on which it no longer belongs to the cluster."""

    institution = serializers.CharField(read_only=True, source="institution.public_id")
    role = serializers.CharField(read_only=True, source="role.code")
    valid_from = serializers.DateField(read_only=True, source="valid.lower")
    valid_until = serializers.DateField(read_only=True, source="valid.upper", allow_null=True)


class ClusterRow(StrictSerializer):
    """A cluster with its members of all times; `agreement` founded it."""

    id = serializers.CharField(read_only=True, source="public_id")
    name = serializers.SerializerMethodField()
    names = serializers.SerializerMethodField()
    coordinator = serializers.CharField(read_only=True, source="coordinator.public_id")
    agreement = serializers.CharField(read_only=True, source="agreement_key")
    members = serializers.SerializerMethodField()
    modified_at = serializers.DateTimeField(read_only=True)

    def get_name(self, cluster: Cluster) -> str:
        """In the language asked for."""
        return name_in(cluster.names, get_language())

    def get_names(self, cluster: Cluster) -> dict[str, str]:
        """In every language."""
        return all_names(cluster.names)

    def get_members(self, cluster: Cluster) -> list[dict[str, Any]]:
        """Those of today first."""
        return list(ClusterMemberRow(places_of(cluster), many=True).data)


class ClusterViewSet(Scoped, StrictViewSet):
    """Clusters of institutions around their coordinators."""

    http_method_names = ["get", "head"]
    scope = Cluster
    related = ("coordinator",)
    prefetch = (MEMBERS,)
    serializer_class = ClusterRow
    filterset_class = ClusterFilters
    orderings = ("modified_at",)
    default_ordering = "-modified_at"
    modified_field = "modified_at"
