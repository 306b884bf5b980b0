"""Joint programmes over the API: list, draft, save, versions, and the moves of the lead and its working group."""

from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from accounts.clock import now
from accounts.doors import Guarded, StrictViewSet
from accounts.scoped import Scoped, ScopedSlugField
from accounts.strict import StrictSerializer
from cooperation.agreements.models import Agreement
from cooperation.pages.records import READERS
from cooperation.programmes import actions
from cooperation.programmes.filters import ProgrammeFilters
from cooperation.programmes.models import JointProgramme, ProgrammeVersion
from cooperation.programmes.presenting import PREFETCH, RELATED, versions_for
from cooperation.programmes.rules import PROGRAMME, can_lead
from cooperation.projects.models import JointProject
from exchange.moving import Moving, Reason
from exchange.once import Once
from institutions.registry.models import Institution
from institutions.territory.fields import TermField


class MemberFields(StrictSerializer):
    """A member of the working group as it is sent."""

    institution = ScopedSlugField(Institution)
    role = TermField("party_role")


class ProgrammeFields(StrictSerializer):
    """The content of a programme and of its version in work; every part may be left out when saving."""

    title = serializers.CharField(max_length=300)
    fields_of_study = serializers.ListField(child=TermField("isced_f"), max_length=20, required=False)
    level = TermField("isced_level", required=False, allow_null=True)
    agreement = ScopedSlugField(Agreement, required=False, allow_null=True)
    project = ScopedSlugField(JointProject, required=False, allow_null=True)
    contents = serializers.CharField(max_length=10000, required=False, allow_blank=True)
    changes = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    link = serializers.URLField(max_length=500, required=False, allow_blank=True)
    members = MemberFields(many=True, required=False, max_length=50)


class ProgrammeDraftFields(ProgrammeFields):
    """A new programme; `lead` where the caller administers several institutions."""

    lead = ScopedSlugField(Institution, required=False)


class Confirmation(StrictSerializer):
    """The hash of the content that the member read."""

    content_hash = serializers.CharField(min_length=64, max_length=64)


class MemberRow(StrictSerializer):
    """A member of the working group as it is read."""

    institution = serializers.CharField(read_only=True, source="institution.public_id")
    role = serializers.CharField(read_only=True, source="role.code")
    state = serializers.CharField(read_only=True)
    answered_at = serializers.DateTimeField(read_only=True, allow_null=True)
    confirmed_at = serializers.DateTimeField(read_only=True, allow_null=True)


class VersionRow(StrictSerializer):
    """One version; its `id` is the subject of adoptions."""

    id = serializers.CharField(read_only=True, source="public_id")
    number = serializers.IntegerField(read_only=True)
    state = serializers.CharField(read_only=True)
    contents = serializers.CharField(read_only=True)
    changes = serializers.CharField(read_only=True)
    link = serializers.CharField(read_only=True)
    content_hash = serializers.CharField(read_only=True)
    approved_on = serializers.DateField(read_only=True, allow_null=True)
    members = serializers.SerializerMethodField()

    def get_members(self, version: ProgrammeVersion) -> list[dict[str, Any]]:
        return list(MemberRow(sorted(version.members.all(), key=lambda row: row.pk), many=True).data)


class ProgrammeRow(StrictSerializer):
    """A joint programme with its versions, the newest first; the one in work for those that it concerns."""

    id = serializers.CharField(read_only=True, source="public_id")
    title = serializers.CharField(read_only=True)
    lead = serializers.CharField(read_only=True, source="lead.public_id")
    fields_of_study = serializers.SerializerMethodField()
    level = serializers.CharField(read_only=True, allow_null=True, source="level.code", default=None)
    agreement = serializers.CharField(read_only=True, allow_null=True, source="agreement.public_id", default=None)
    project = serializers.CharField(read_only=True, allow_null=True, source="project.public_id", default=None)
    status = serializers.CharField(read_only=True)
    versions = serializers.SerializerMethodField()
    modified_at = serializers.DateTimeField(read_only=True)

    def get_fields_of_study(self, programme: JointProgramme) -> list[str]:
        return sorted(term.code for term in programme.fields_of_study.all())

    def get_versions(self, programme: JointProgramme) -> list[dict[str, Any]]:
        return list(VersionRow(versions_for(programme), many=True).data)


class ProgrammeViewSet(Scoped, Once, Guarded, Moving, StrictViewSet):
    """Joint programmes: administrators of the lead write and approve, members of the group take part and confirm."""

    scope = JointProgramme
    allowed_roles = READERS
    related = RELATED
    prefetch = PREFETCH
    serializer_class = ProgrammeRow
    write_serializers = {"create": ProgrammeDraftFields, "partial_update": ProgrammeFields}
    filterset_class = ProgrammeFilters
    orderings = ("title", "modified_at")
    default_ordering = "-modified_at"
    modified_field = "modified_at"
    lifecycle = PROGRAMME
    move_actions = {
        "start": actions.start_work,
        "accept": actions.accept_role,
        "decline": actions.decline_role,
        "confirm": actions.confirm_content,
        "approve": actions.approve_version,
        "revise": actions.revise_programme,
        "revert": actions.revert_version,
        "retire": actions.retire_programme,
    }
    move_serializers = {"decline": Reason, "confirm": Confirmation, "retire": Reason}

    def may_change(self, user: Any, subject: Any) -> bool:
        if self.kwargs.get("move") is None and self.subject is not None:
            return can_lead(user, subject)
        return super().may_change(user, subject)

    def create(self, request: Any) -> Response:
        """Draft a joint programme."""
        programme = actions.draft_programme(**self.checked(ProgrammeDraftFields), by=request.user, at=now())
        return self.answer(programme, status=201)

    def partial_update(self, request: Any, **kwargs: Any) -> Response:
        """Save a part of the version in work."""
        data = self.checked(ProgrammeFields, partial=True)
        actions.save_programme(self.subject, **data, by=request.user, at=now())
        return self.answer(self.subject)
