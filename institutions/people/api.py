"""Who am I, my tokens, and the feed of events."""

from typing import Any

from django.http import Http404, JsonResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.clock import now
from accounts.doors import Door, StrictViewSet
from accounts.listing import read_limit, refuse
from accounts.models import ApiToken, Scope
from accounts.strict import StrictSerializer
from exchange.once import Once, keep
from institutions.people import keys
from institutions.people.feed import page_after, read_cursor
from institutions.people.models import Membership
from lifecycle.models import Event


class RoleSerializer(StrictSerializer):
    """A role and where it is held."""

    role = serializers.CharField(read_only=True)
    institution = serializers.CharField(source="institution.public_id", read_only=True, allow_null=True, default=None)
    territory = serializers.CharField(source="territory.code", read_only=True, allow_null=True, default=None)


class MeSerializer(StrictSerializer):
    """The caller."""

    id = serializers.CharField(read_only=True)
    name = serializers.CharField(read_only=True)
    language = serializers.CharField(read_only=True)
    roles = RoleSerializer(many=True, read_only=True)


class Me(Door):
    """The caller and the roles held today."""

    serializer_class = MeSerializer

    def get(self, request: Request) -> Response:
        """Who am I."""
        held = (
            Membership.objects.visible_to(request.user)
            .held_on(self.today())
            .filter(user=request.user)
            .select_related("institution", "territory")
            .order_by("pk")
        )
        roles = RoleSerializer(held, many=True).data
        user = request.user
        return self.reply(
            {"id": user.public_id, "name": user.name, "language": user.language or get_language(), "roles": roles}
        )


class TokenSerializer(StrictSerializer):
    """A token without its secret."""

    id = serializers.CharField(source="public_id", read_only=True)
    name = serializers.CharField(read_only=True)
    prefix = serializers.CharField(read_only=True)
    scopes = serializers.ListField(child=serializers.CharField(), read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    expires_at = serializers.DateTimeField(read_only=True)
    last_used_at = serializers.DateTimeField(read_only=True, allow_null=True)
    revoked_at = serializers.DateTimeField(read_only=True, allow_null=True)


class TokenFields(StrictSerializer):
    """A new token."""

    name = serializers.CharField(max_length=100)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=Scope.choices), min_length=1, max_length=len(Scope)
    )
    expires_at = serializers.DateTimeField()
    addresses = serializers.ListField(child=serializers.IPAddressField(), required=False, default=list, max_length=20)


class TokenViewSet(Once, StrictViewSet):
    """One's own tokens; the secret is shown once, in the answer that makes it."""

    serializer_class = TokenSerializer
    write_serializers = {"create": TokenFields}
    lookup_field = "public_id"
    orderings = ("created_at", "expires_at")
    default_ordering = "-created_at"

    def get_queryset(self) -> Any:
        return ApiToken.objects.filter(owner=self.request.user)

    def look_up(self, request: Request) -> None:
        """One's own, or the 404 of every unknown address."""
        if "public_id" in self.kwargs:
            self.subject = self.get_queryset().filter(public_id=self.kwargs["public_id"]).first()
            if self.subject is None:
                raise Http404

    def get_search(self, queryset: Any, text: str) -> Any:
        return queryset.filter(name__icontains=text)

    def create(self, request: Request) -> Response:
        """Make a token; a token's own bearer can only make narrower ones."""
        data = self.checked(TokenFields)
        held = getattr(request.auth, "scopes", None)
        if held is not None and not set(data["scopes"]) <= set(held):
            message = _("A token can only make tokens with its own scopes.")
            raise serializers.ValidationError({"scopes": [serializers.ErrorDetail(message, "wider")]})
        token, secret = keys.create_token(**data, by=request.user, at=now())
        body = TokenSerializer(token).data
        headers = {"Location": f"{request.path.rstrip('/')}/{token.public_id}/", "Cache-Control": "no-store"}
        self.keep_without_secret(JsonResponse(body, status=201, headers=headers))
        return Response({**body, "secret": secret}, status=201, headers=headers)

    def keep_without_secret(self, reply: JsonResponse) -> None:
        """What a repeated request gets: the token as everybody sees it, for the secret is stored nowhere."""
        if self._once is not None:
            keep(self._once, reply)
            self._once = None

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Revoke a token: its next use is refused."""
        keys.revoke_token(self.subject, by=request.user, at=now())
        return Response(status=204)


class EventSerializer(StrictSerializer):
    """One act; thin on purpose: the reader fetches the thing itself and is authorised then."""

    cursor = serializers.SerializerMethodField()
    name = serializers.CharField(read_only=True)
    subject_type = serializers.CharField(read_only=True)
    subject_id = serializers.CharField(read_only=True)
    institution = serializers.SerializerMethodField()
    happened_at = serializers.DateTimeField(read_only=True)
    status_before = serializers.CharField(read_only=True)
    status_after = serializers.CharField(read_only=True)

    def get_cursor(self, event: Event) -> str:
        """Its place in the feed: give the last one as `after`."""
        return f"{event.xact}.{event.pk}"

    def get_institution(self, event: Event) -> str | None:
        """The institution it belongs to."""
        return event.institution or None


class Events(Door):
    """What happened since a place in the feed, in the order of commits; none is skipped."""

    serializer_class = EventSerializer
    parameters = ("after", "limit", "subject_type", "name")

    def get(self, request: Request) -> Response:
        """Events after a cursor."""
        params = request.query_params
        try:
            place = read_cursor(params.get("after", ""))
        except ValueError:
            raise refuse("after", "invalid", _("The cursor is not one of this feed.")) from None
        narrow = {name: params[name][:64] for name in ("subject_type", "name") if params.get(name)}
        limit = read_limit(params.get("limit"))
        found = EventSerializer(page_after(request.user, place, limit + 1, **narrow), many=True).data
        more, shown = len(found) > limit, found[:limit]
        following = None
        if more:
            query = request.query_params.copy()
            query["after"] = shown[-1]["cursor"]
            following = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
        return self.reply({"results": shown, "next": following, "previous": None})
