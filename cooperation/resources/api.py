"""Shared resources over the API: written, reviewed, opened; their file has a door of its own."""

from typing import Any

from django.core.exceptions import PermissionDenied
from rest_framework import serializers
from rest_framework.response import Response

from accounts.clock import now, today
from accounts.doors import Door
from accounts.scoped import Scoped
from accounts.strict import StrictSerializer, StrictUpload
from cooperation.resources import actions, attaching
from cooperation.resources.download import handed_over
from cooperation.resources.filters import ResourceFilters
from cooperation.resources.models import Resource, ResourceKind, ResourceRights
from cooperation.resources.rules import RESOURCE
from cooperation.resources.use import is_open_to, totals_of
from cooperation.reviewing.records import MOVES, ContentFields, ReviewedRow, ReviewedViewSet
from cooperation.reviewing.rules import is_author
from exchange.once import Once


class ResourceFields(StrictSerializer):
    """The content of a shared resource; every part may be left out when saving."""

    title = serializers.CharField(max_length=300)
    kind = serializers.ChoiceField(choices=ResourceKind.choices)
    rights = serializers.ChoiceField(choices=ResourceRights.choices, required=False)
    description = serializers.CharField(max_length=8000, required=False, allow_blank=True)
    how = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    link = serializers.URLField(max_length=500, required=False, allow_blank=True)


class ResourceDraftFields(ResourceFields, ContentFields):
    """A new resource; `institution` where the caller belongs to several."""


class ResourceRow(ReviewedRow):
    """A shared resource in a list."""

    kind = serializers.CharField(read_only=True)
    rights = serializers.CharField(read_only=True)


class ResourceFile(StrictSerializer):
    """What is known of a file before it is loaded."""

    name = serializers.CharField(read_only=True, source="file_name")
    size = serializers.IntegerField(read_only=True, source="file_size")
    sha256 = serializers.CharField(read_only=True, source="file_sha256")


class ResourceDetail(ResourceRow):
    """A shared resource in full; `how`, `link` and `file` from the move `open` until the end of the day."""

    description = serializers.CharField(read_only=True)
    uses = serializers.SerializerMethodField()
    users = serializers.SerializerMethodField()
    how = serializers.SerializerMethodField()
    link = serializers.SerializerMethodField()
    file = serializers.SerializerMethodField()

    def get_uses(self, resource: Resource) -> int:
        """How often members of other institutions opened it, each once a day."""
        return totals_of(resource)[0]

    def get_users(self, resource: Resource) -> int:
        """By how many institutions."""
        return totals_of(resource)[1]

    def get_how(self, resource: Resource) -> str | None:
        return resource.how if self.is_open(resource) else None

    def get_link(self, resource: Resource) -> str | None:
        return resource.link if self.is_open(resource) else None

    def get_file(self, resource: Resource) -> dict[str, Any] | None:
        return dict(ResourceFile(resource).data) if resource.file and self.is_open(resource) else None

    def is_open(self, resource: Resource) -> bool:
        """Asked once an answer."""
        if "is_open" not in self.context:
            self.context["is_open"] = is_open_to(self.context["request"].user, resource, today())
        return bool(self.context["is_open"])


class ResourceViewSet(ReviewedViewSet):
    """Premises, equipment, libraries, databases and digital material that institutions open to others."""

    scope = Resource
    serializer_class = ResourceDetail
    row_serializer_class = ResourceRow
    write_serializers = {"create": ResourceDraftFields, "partial_update": ResourceFields}
    filterset_class = ResourceFilters
    lifecycle = RESOURCE
    move_actions = {**MOVES, "open": actions.open_resource}
    draft = staticmethod(actions.draft_resource)
    save = staticmethod(actions.save_resource)


class UploadedFile(StrictSerializer):
    """The file itself."""

    form_encoded = True
    file = serializers.FileField(max_length=200)


class ResourceFileDoor(Scoped, Once, Door):
    """The file of a shared resource: its author sends it, and who has opened the resource today loads it."""

    scope = Resource
    parser_classes = [StrictUpload]
    http_method_names = ["get", "post"]
    max_body = attaching.MOST_BYTES + 100_000
    write_serializers = {"post": UploadedFile}
    read_serializers = {"post": ResourceFile}

    def may_change(self, user: Any, subject: Resource) -> bool:
        return is_author(user, subject)

    def get(self, request: Any, public_id: str) -> Any:
        """Load the file; 403 for whoever has not opened the resource today."""
        if not is_open_to(request.user, self.subject, today()):
            raise PermissionDenied
        return handed_over(self.subject)

    def post(self, request: Any, public_id: str) -> Response:
        """Send the file of a draft, in the place of an earlier one."""
        sent = self.checked(UploadedFile)["file"]
        data = sent.read(attaching.MOST_BYTES + 1)
        attaching.attach_file(self.subject, by=request.user, at=now(), name=sent.name, data=data)
        return Response(ResourceFile(self.subject).data, status=201)
