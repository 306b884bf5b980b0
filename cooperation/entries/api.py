"""A photo on its way from a phone: it follows the text, so that the text arrives even where the photo does not."""

from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from accounts.clock import now
from accounts.doors import Door
from accounts.scoped import Scoped
from accounts.strict import StrictSerializer, StrictUpload
from cooperation.activities.attaching import MOST_BYTES, attach_photo, can_attach
from cooperation.activities.models import Activity
from exchange.once import Once
from institutions.registry.scope import Role


class PhotoFields(StrictSerializer):
    """The picture itself, a JPEG."""

    form_encoded = True
    photo = serializers.FileField(max_length=255, allow_empty_file=True)


class PhotoRow(StrictSerializer):
    """A photo of an activity."""

    id = serializers.CharField(read_only=True, source="public_id")
    sha256 = serializers.CharField(read_only=True)
    width = serializers.IntegerField(read_only=True)
    height = serializers.IntegerField(read_only=True)


class ActivityPhotoDoor(Scoped, Once, Door):
    """Adds a photo to an activity; camera data is taken out before it is kept."""

    scope = Activity
    allowed_roles = {role.value for role in Role} - {Role.EXPERT.value}
    parser_classes = [StrictUpload]
    http_method_names = ["post"]
    max_body = MOST_BYTES + 100_000
    write_serializers = {"post": PhotoFields}
    read_serializers = {"post": PhotoRow}

    def may_change(self, user: Any, subject: Activity) -> bool:
        return can_attach(user, subject)

    def post(self, request: Any, public_id: str) -> Response:
        """Add a photo."""
        file = self.checked(PhotoFields)["photo"]
        photo = attach_photo(self.subject, by=request.user, at=now(), data=file.read(MOST_BYTES + 1))
        return Response(PhotoRow(photo).data, status=201)
