"""People of an activity and certificates over the API."""

from decimal import Decimal
from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.response import Response

from accounts.clock import now
from accounts.doors import Door, StrictViewSet
from accounts.scoped import Scoped, ScopedSlugField
from accounts.strict import StrictSerializer
from cooperation.activities.models import Activity
from cooperation.pages.records import READERS
from cooperation.trainings import actions
from cooperation.trainings.models import ActivityPerson, Certificate
from cooperation.trainings.presenting import address_of
from cooperation.trainings.rules import CERTIFICATE, can_issue, standing_of
from exchange.moving import Moving
from exchange.once import Once
from institutions.people.models import Membership
from institutions.registry.models import Institution
from lifecycle.canonical import plain

LEAST_HOURS = Decimal("0.01")


class PersonFields(StrictSerializer):
    """Somebody to be named: a `member`, or a `name` with the institution where they work (`home`)."""

    name = serializers.CharField(max_length=200, required=False)
    member = ScopedSlugField(Membership, required=False)
    home = ScopedSlugField(Institution, required=False)
    host = ScopedSlugField(Institution, required=False)
    hours = serializers.DecimalField(
        max_digits=6, decimal_places=2, min_value=LEAST_HOURS, max_value=1000, required=False
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "name" not in attrs and "member" not in attrs:
            raise serializers.ValidationError({"name": [_("Give a name or a member.")]})
        return attrs


class PersonRow(StrictSerializer):
    """Somebody named in an activity."""

    id = serializers.CharField(read_only=True, source="public_id")
    name = serializers.CharField(read_only=True, source="person.name")
    home = serializers.CharField(read_only=True, source="home.public_id")
    host = serializers.CharField(read_only=True, allow_null=True, source="host.public_id", default=None)
    hours = serializers.SerializerMethodField()

    def get_hours(self, place: ActivityPerson) -> str:
        return plain(place.hours)


class CertificateRow(StrictSerializer):
    """A certificate: whether it holds (`state`), and where its number verifies."""

    id = serializers.CharField(read_only=True, source="public_id")
    number = serializers.CharField(read_only=True)
    activity = serializers.CharField(read_only=True, source="place.activity.public_id")
    person = serializers.CharField(read_only=True, source="place.public_id")
    name = serializers.CharField(read_only=True, source="content.name")
    hours = serializers.CharField(read_only=True, source="content.hours")
    status = serializers.CharField(read_only=True)
    state = serializers.SerializerMethodField()
    content_hash = serializers.CharField(read_only=True)
    issued_at = serializers.DateTimeField(read_only=True)
    url = serializers.SerializerMethodField()

    def get_state(self, certificate: Certificate) -> str:
        return standing_of(certificate)

    def get_url(self, certificate: Certificate) -> str:
        return address_of(certificate)


class OfActivity(Scoped, Once, Door):
    """What hangs on one activity; found among the visible ones."""

    scope = Activity
    allowed_roles = READERS
    related = ("type", "organiser")


class ActivityPeopleDoor(OfActivity):
    """Who was trained or taught as a guest; names for the sides concerned only."""

    http_method_names = ["get", "head", "post"]
    write_serializers = {"post": PersonFields}
    read_serializers = {"get": PersonRow, "post": PersonRow}

    def check_subject(self, request: Any) -> None:
        if request.method == "POST":
            actions.permit_naming(self.subject, request.user)

    def get(self, request: Any, public_id: str) -> Response:
        """The people of an activity."""
        seen = ActivityPerson.objects.visible_to(request.user).filter(activity=self.subject)
        rows = seen.select_related("person", "home", "host").order_by("pk")
        return Response({"results": PersonRow(rows, many=True).data, "next": None, "previous": None})

    def post(self, request: Any, public_id: str) -> Response:
        """Name somebody."""
        place = actions.name_person(self.subject, by=request.user, at=now(), **self.checked(PersonFields))
        return Response(PersonRow(place).data, status=201)


class ActivityPersonDoor(OfActivity):
    """One person of an activity."""

    http_method_names = ["delete"]

    def check_subject(self, request: Any) -> None:
        actions.permit_naming(self.subject, request.user)

    def delete(self, request: Any, public_id: str, person: str) -> Response:
        """Take a name off; not one with a certificate."""
        seen = ActivityPerson.objects.visible_to(request.user).filter(activity=self.subject, public_id=person)
        place = seen.select_related("activity__type").first()
        if place is None:
            raise Http404
        actions.drop_person(place, by=request.user, at=now())
        return Response(status=204)


class ActivityCertificatesDoor(OfActivity):
    """The certificates of a training."""

    http_method_names = ["get", "head", "post"]
    read_serializers = {"get": CertificateRow, "post": CertificateRow}

    def may_change(self, user: Any, subject: Activity) -> bool:
        return can_issue(user, subject)

    def rows(self) -> Response:
        seen = Certificate.objects.visible_to(self.request.user).filter(place__activity=self.subject)
        rows = seen.select_related("place__activity").order_by("pk")
        return Response({"results": CertificateRow(rows, many=True).data, "next": None, "previous": None})

    def get(self, request: Any, public_id: str) -> Response:
        """The certificates that were issued."""
        return self.rows()

    def post(self, request: Any, public_id: str) -> Response:
        """Issue one to everybody who has none for what is confirmed now; answers all of them."""
        actions.issue_certificates(self.subject, by=request.user, at=now())
        answer = self.rows()
        answer.status_code = 201
        return answer


class CertificateViewSet(Scoped, Once, Moving, StrictViewSet):
    """Certificates: one's own and those of the activities of one's institutions."""

    scope = Certificate
    allowed_roles = READERS
    related = ("place__activity__type", "place__activity__organiser")
    serializer_class = CertificateRow
    orderings = ("issued_at",)
    default_ordering = "-issued_at"
    http_method_names = ["get", "head", "post"]
    lifecycle = CERTIFICATE
    move_actions = {"revoke": actions.revoke_certificate}
