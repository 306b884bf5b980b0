"""Protocols over the API: one below its activity, the editions by their own ids."""

from typing import Any

from django.http import Http404
from rest_framework import serializers
from rest_framework.response import Response

from accounts.clock import now, today
from accounts.doors import Door, Guarded, StrictViewSet
from accounts.scoped import Scoped, ScopedSlugField
from accounts.strict import StrictSerializer
from cooperation.activities.models import Activity
from cooperation.pages.records import READERS
from cooperation.protocols import actions
from cooperation.protocols.models import Protocol
from cooperation.protocols.rules import PROTOCOL, can_write, seats_to_sign
from exchange.moving import Moving
from exchange.once import Once
from institutions.people.models import Membership

MOST = 200


def _prose() -> serializers.CharField:
    return serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")


class SignerField(ScopedSlugField):
    """A member of any institution of the activity, whether or not the writer could read that membership otherwise."""

    def get_queryset(self) -> Any:
        subject = self.context["view"].subject
        activity = subject.activity if isinstance(subject, Protocol) else subject
        return seats_to_sign(activity, today())


class OfficeFields(StrictSerializer):
    """Who chairs or keeps the protocol, in which position; they sign with their own account."""

    member = SignerField(Membership)
    position = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class PresentFields(StrictSerializer):
    """Somebody who was there."""

    name = serializers.CharField(max_length=200)
    position = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class ItemFields(StrictSerializer):
    """An item of the agenda, or a work with its author."""

    title = serializers.CharField(max_length=300)
    author = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    remarks = _prose()
    decision = _prose()


class PlaceFields(StrictSerializer):
    """Who took which place in a contest."""

    place = serializers.IntegerField(min_value=1, max_value=999)
    name = serializers.CharField(max_length=300)


class ProtocolFields(StrictSerializer):
    """The parts of a protocol; what is not given stays."""

    number = serializers.CharField(max_length=40, required=False, allow_blank=True)
    held_on = serializers.DateField(required=False)
    place = serializers.CharField(max_length=300, required=False, allow_blank=True)
    chair = OfficeFields(required=False)
    secretary = OfficeFields(required=False)
    present = PresentFields(many=True, required=False, max_length=MOST)
    items = ItemFields(many=True, required=False, max_length=MOST)
    result = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    places = PlaceFields(many=True, required=False, max_length=MOST)


class SignFields(StrictSerializer):
    """The hash of what the signer read."""

    content_hash = serializers.RegexField(r"^[0-9a-f]{64}$")


class ProtocolRow(StrictSerializer):
    """An edition of a protocol: its content, its hash and who has signed it."""

    id = serializers.CharField(read_only=True, source="public_id")
    activity = serializers.CharField(read_only=True, source="activity.public_id")
    edition = serializers.IntegerField(read_only=True)
    status = serializers.CharField(read_only=True)
    content = serializers.JSONField(read_only=True)
    content_hash = serializers.CharField(read_only=True)
    chair_signed_at = serializers.DateTimeField(read_only=True, allow_null=True)
    secretary_signed_at = serializers.DateTimeField(read_only=True, allow_null=True)
    modified_at = serializers.DateTimeField(read_only=True)


class ActivityProtocolDoor(Scoped, Once, Door):
    """The latest edition of an activity's protocol, and beginning one."""

    scope = Activity
    allowed_roles = READERS
    related = ("type", "organiser")
    http_method_names = ["get", "head", "post"]
    write_serializers = {"post": ProtocolFields}
    read_serializers = {"get": ProtocolRow, "post": ProtocolRow}

    def check_subject(self, request: Any) -> None:
        if request.method == "POST":
            actions.permit_writing(self.subject, request.user)

    def get(self, request: Any, public_id: str) -> Response:
        """The latest edition."""
        found = Protocol.objects.visible_to(request.user).filter(activity=self.subject).order_by("-edition").first()
        if found is None:
            raise Http404
        return Response(ProtocolRow(found).data)

    def post(self, request: Any, public_id: str) -> Response:
        """Begin the protocol, or the edition that corrects a signed one."""
        made = actions.draft_protocol(self.subject, by=request.user, at=now(), **self.checked(ProtocolFields))
        return Response(ProtocolRow(made).data, status=201)


class ProtocolViewSet(Scoped, Once, Guarded, Moving, StrictViewSet):
    """Protocols of the activities of one's institutions."""

    scope = Protocol
    allowed_roles = READERS
    related = ("activity__type", "activity__organiser")
    serializer_class = ProtocolRow
    write_serializers = {"partial_update": ProtocolFields}
    orderings = ("modified_at",)
    default_ordering = "-modified_at"
    lifecycle = PROTOCOL
    move_actions = {"sign": actions.sign_protocol}
    move_serializers = {"sign": SignFields}
    move_scopes = {"sign": "sign"}

    def may_change(self, user: Any, subject: Any) -> bool:
        if self.kwargs.get("move") is None:
            return can_write(user, subject.activity)
        return super().may_change(user, subject)

    def partial_update(self, request: Any, **kwargs: Any) -> Response:
        """Write parts of the draft; signatures are taken back."""
        actions.save_protocol(self.subject, by=request.user, at=now(), **self.checked(ProtocolFields, partial=True))
        return self.answer(self.subject)
