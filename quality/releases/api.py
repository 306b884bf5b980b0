"""Releases over the API: list, draft, and the moves of those who prepare and approve them."""

from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from accounts.clock import now
from accounts.doors import StrictViewSet
from accounts.scoped import Scoped, ScopedSlugField
from accounts.strict import StrictSerializer
from exchange.moving import Moving, Reason
from exchange.once import Once
from institutions.registry.scope import Role
from quality.catalogue.models import Period
from quality.releases import actions
from quality.releases.filters import ReleaseFilters
from quality.releases.models import Release
from quality.releases.rules import RELEASE


class ReleaseFields(StrictSerializer):
    """A new release; the second one of a period is a correction and says why, and what changed."""

    period = ScopedSlugField(Period, slug_field="code")
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    changes = serializers.CharField(max_length=4000, required=False, allow_blank=True)


class ApproveFields(StrictSerializer):
    """The day on which it appears; without one, at once."""

    publish_on = serializers.DateField(required=False, allow_null=True)


class ReleaseRow(StrictSerializer):
    """A release; `number` is that of its dated copy, `superseded` whether a correction has replaced it."""

    id = serializers.CharField(read_only=True, source="public_id")
    period = serializers.CharField(read_only=True, source="period.code")
    version = serializers.IntegerField(read_only=True)
    status = serializers.CharField(read_only=True)
    reason = serializers.CharField(read_only=True)
    changes = serializers.CharField(read_only=True)
    content_hash = serializers.CharField(read_only=True, allow_null=True, source="frozen.sha256", default=None)
    publish_on = serializers.DateField(read_only=True, allow_null=True)
    published_at = serializers.DateTimeField(read_only=True, allow_null=True)
    number = serializers.IntegerField(read_only=True, allow_null=True, source="permalink.pk", default=None)
    superseded = serializers.SerializerMethodField()
    modified_at = serializers.DateTimeField(read_only=True)

    def get_superseded(self, release: Release) -> bool:
        link = getattr(release, "permalink", None)
        return bool(link and link.replaced_by_id)


class ReleaseViewSet(Scoped, Once, Moving, StrictViewSet):
    """Releases: ministry officers draft and send, another one approves."""

    scope = Release
    allowed_roles = {Role.MINISTRY_OFFICER.value}
    related = ("period", "permalink", "frozen")
    serializer_class = ReleaseRow
    write_serializers = {"create": ReleaseFields}
    filterset_class = ReleaseFilters
    orderings = ("period__ends_on", "modified_at")
    default_ordering = "-modified_at"
    modified_field = "modified_at"
    lifecycle = RELEASE
    move_actions = {
        "submit": actions.submit_release,
        "approve": actions.approve_release,
        "return": actions.return_release,
        "withdraw": actions.withdraw_release,
    }
    move_serializers = {"approve": ApproveFields, "return": Reason, "withdraw": Reason}

    def get_queryset(self) -> Any:
        """Without the figures themselves, which are large."""
        return super().get_queryset().defer("frozen__content", "permalink__about")

    def create(self, request: Any) -> Response:
        """Draft a release of a period."""
        release = actions.draft_release(**self.checked(ReleaseFields), by=request.user, at=now())
        return self.answer(release, status=201)
