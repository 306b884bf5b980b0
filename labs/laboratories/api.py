"""Laboratories over the API: list, propose, keep, and the moves of coordinators, members and offices."""

from typing import Any

from django.utils.translation import get_language
from rest_framework import serializers
from rest_framework.response import Response

from accounts.clock import now
from accounts.doors import Guarded, StrictViewSet
from accounts.names import all_names, name_in
from accounts.scoped import Scoped, ScopedSlugField
from accounts.strict import StrictSerializer
from cooperation.agreements.models import Agreement
from cooperation.pages.records import READERS
from exchange.moving import Moving, Reason
from exchange.once import Once
from institutions.clusters.models import Cluster
from institutions.registry.models import Institution
from institutions.registry.scope import Role
from institutions.territory.fields import TermField
from institutions.territory.models import Term
from labs.laboratories import actions
from labs.laboratories.filters import LaboratoryFilters
from labs.laboratories.models import Laboratory
from labs.laboratories.presenting import MEMBERS, directions_of
from labs.laboratories.rules import LABORATORY, coordinates


def _directions(rows: Any) -> Any:
    return rows.filter(vocabulary="activity_direction")


class SiteNames(StrictSerializer):
    """A name in one language or several."""

    uz = serializers.CharField(max_length=300, required=False)
    ru = serializers.CharField(max_length=300, required=False)
    en = serializers.CharField(max_length=300, required=False)


class ServiceFields(StrictSerializer):
    """A service; `form` is the form of cooperation it is counted under."""

    title = serializers.CharField(max_length=300)
    form = TermField("cooperation_form", required=False, allow_null=True)


class LaboratoryFields(StrictSerializer):
    """What the coordinator keeps; every part may be left out when saving."""

    directions = serializers.ListField(
        child=ScopedSlugField(Term, slug_field="code", narrow=_directions), max_length=10
    )
    about = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    recommendations = serializers.CharField(max_length=8000, required=False, allow_blank=True)
    services = ServiceFields(many=True, required=False, max_length=50)


class LaboratoryProposal(LaboratoryFields):
    """A new laboratory; `host` where the caller coordinates several of those who signed, `cluster` where one exists."""

    names = SiteNames()
    agreement = ScopedSlugField(Agreement)
    host = ScopedSlugField(Institution, required=False)
    cluster = ScopedSlugField(Cluster, required=False, allow_null=True)


class Joining(StrictSerializer):
    """Which institution works in it from today."""

    institution = ScopedSlugField(Institution)


class HealthRating(StrictSerializer):
    """Five scores from 1 to 4, once a quarter."""

    trust = serializers.IntegerField(min_value=1, max_value=4)
    rigour = serializers.IntegerField(min_value=1, max_value=4)
    support = serializers.IntegerField(min_value=1, max_value=4)
    capacity = serializers.IntegerField(min_value=1, max_value=4)
    value = serializers.IntegerField(min_value=1, max_value=4)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class LabMemberRow(StrictSerializer):
    """A member; `valid_until` is the first day on which it no longer works in the laboratory."""

    institution = serializers.CharField(read_only=True, source="institution.public_id")
    valid_from = serializers.DateField(read_only=True, source="valid.lower")
    valid_until = serializers.DateField(read_only=True, source="valid.upper", allow_null=True)


class LaboratoryRow(StrictSerializer):
    """A laboratory: where, by whom, in which directions, with which services."""

    id = serializers.CharField(read_only=True, source="public_id")
    name = serializers.SerializerMethodField()
    names = serializers.SerializerMethodField()
    site = serializers.CharField(read_only=True, source="site.public_id")
    host = serializers.CharField(read_only=True, source="host.public_id")
    cluster = serializers.CharField(read_only=True, source="cluster.public_id")
    agreement = serializers.CharField(read_only=True, source="agreement.public_id")
    territory = serializers.CharField(read_only=True, source="site.territory.code")
    directions = serializers.SerializerMethodField()
    members = serializers.SerializerMethodField()
    services = serializers.SerializerMethodField()
    about = serializers.CharField(read_only=True)
    recommendations = serializers.CharField(read_only=True)
    status = serializers.CharField(read_only=True)
    opened_at = serializers.DateTimeField(read_only=True, allow_null=True)
    modified_at = serializers.DateTimeField(read_only=True)

    def get_name(self, laboratory: Laboratory) -> str:
        """In the language asked for."""
        return name_in(laboratory.site.names, get_language())

    def get_names(self, laboratory: Laboratory) -> dict[str, str]:
        """In every language."""
        return all_names(laboratory.site.names)

    def get_directions(self, laboratory: Laboratory) -> list[str]:
        return [term.code for term in directions_of(laboratory)]

    def get_members(self, laboratory: Laboratory) -> list[dict[str, Any]]:
        """Members of all times, those of today first."""
        rows = sorted(laboratory.members.all(), key=lambda each: (each.valid.upper is not None, each.pk))
        return list(LabMemberRow(rows, many=True).data)

    def get_services(self, laboratory: Laboratory) -> list[dict[str, Any]]:
        """Services in their order, each with the form of cooperation it is counted under."""
        rows: Any = laboratory.services.all()  # type: ignore[attr-defined]
        return [{"title": each.title, "form": each.form.code if each.form else None}
                for each in sorted(rows, key=lambda each: each.position)]  # fmt: skip


class LaboratoryViewSet(Scoped, Once, Guarded, Moving, StrictViewSet):
    """Laboratories: coordinators propose and keep them, the office above opens them."""

    scope = Laboratory
    allowed_roles = READERS
    related = ("site__territory", "host", "cluster__coordinator", "agreement")
    prefetch = (MEMBERS, "directions", "services__form")
    serializer_class = LaboratoryRow
    write_serializers = {"create": LaboratoryProposal, "partial_update": LaboratoryFields}
    filterset_class = LaboratoryFilters
    orderings = ("opened_at", "modified_at")
    default_ordering = "-modified_at"
    modified_field = "modified_at"
    lifecycle = LABORATORY
    move_actions = {
        "open": actions.open_laboratory,
        "pause": actions.pause_laboratory,
        "resume": actions.resume_laboratory,
        "close": actions.close_laboratory,
        "take_in": actions.take_in_member,
        "leave": actions.leave_laboratory,
        "rate": actions.rate_laboratory,
    }
    move_serializers = {"pause": Reason, "close": Reason, "leave": Reason, "take_in": Joining, "rate": HealthRating}  # fmt: skip

    def enter(self, request: Any) -> None:
        """Only coordinators propose."""
        posted = request.method == "POST" and "public_id" not in self.kwargs
        self.allowed_roles = {Role.COORDINATOR.value} if posted else READERS
        super().enter(request)

    def may_change(self, user: Any, subject: Any) -> bool:
        if self.kwargs.get("move") is None and self.subject is not None:
            return coordinates(user, subject)
        return super().may_change(user, subject)

    def create(self, request: Any) -> Response:
        """Propose a laboratory."""
        made = actions.propose_laboratory(**self.checked(LaboratoryProposal), by=request.user, at=now())
        return self.answer(made, status=201)

    def partial_update(self, request: Any, **kwargs: Any) -> Response:
        """Keep its particulars."""
        actions.save_laboratory(self.subject, **self.checked(LaboratoryFields, partial=True), by=request.user, at=now())
        return self.answer(self.subject)
