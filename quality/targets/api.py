"""Targets over the API: set by one person, approved by another."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.clock import now
from accounts.doors import StrictViewSet
from accounts.scoped import Scoped, ScopedSlugField
from accounts.strict import StrictSerializer
from exchange.moving import Moving
from exchange.once import Once
from institutions.registry.models import Institution
from institutions.registry.scope import Role
from institutions.territory.models import Territory
from quality.catalogue.figures import plain
from quality.catalogue.models import Indicator, Period
from quality.targets import actions
from quality.targets.filters import TargetFilters
from quality.targets.models import Target
from quality.targets.rules import TARGET
from quality.targets.showing import RELATED


class TargetLine(StrictSerializer):
    """What is to be reached at a place; figures are held against it once its `status` is approved."""

    id = serializers.CharField(source="public_id", read_only=True)
    indicator = serializers.CharField(source="indicator.code", read_only=True)
    territory = serializers.CharField(source="territory.code", read_only=True, default=None, allow_null=True)
    institution = serializers.CharField(source="institution.public_id", read_only=True, default=None, allow_null=True)
    period = serializers.CharField(source="period.code", read_only=True)
    baseline = serializers.SerializerMethodField(method_name="said_baseline")
    value = serializers.SerializerMethodField(method_name="said_value")
    status = serializers.CharField(read_only=True)
    set_at = serializers.DateTimeField(read_only=True)
    approved_at = serializers.DateTimeField(read_only=True, allow_null=True)

    def said_baseline(self, target: Target) -> str | None:
        return plain(target.baseline)

    def said_value(self, target: Target) -> str | None:
        return plain(target.value)


class TargetFields(StrictSerializer):
    """A target to be set; the same indicator, place and period again replaces it."""

    indicator = ScopedSlugField(Indicator, slug_field="code")
    territory = ScopedSlugField(Territory, slug_field="code", required=False)
    institution = ScopedSlugField(Institution, required=False)
    period = serializers.CharField(max_length=24)
    value = serializers.DecimalField(max_digits=18, decimal_places=4)
    baseline = serializers.DecimalField(max_digits=18, decimal_places=4, required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A period is one of the place's country."""
        place = attrs.get("territory") or (attrs["institution"].territory if attrs.get("institution") else None)
        periods = Period.objects.filter(code=attrs["period"], **({"pack": place.pack} if place else {}))
        attrs["period"] = periods.order_by("pk").first()
        if attrs["period"] is None:
            raise serializers.ValidationError({"period": ["There is no such period."]}, "does_not_exist")
        return attrs


class TargetViewSet(Scoped, Once, Moving, StrictViewSet):
    """Targets and where they began; a second person approves what is set."""

    scope = Target
    related = RELATED
    serializer_class = TargetLine
    filterset_class = TargetFilters
    orderings = ("period__starts_on", "set_at")
    default_ordering = "-period__starts_on"
    write_serializers = {"create": TargetFields}
    lifecycle = TARGET
    move_actions = {"approve": actions.approve_target, "decline": actions.decline_target}

    def enter(self, request: Request) -> None:
        """Setting and approving targets belongs to offices."""
        self.allowed_roles = {Role.MINISTRY_OFFICER, Role.REGIONAL_OFFICER} if request.method == "POST" else None
        super().enter(request)

    def create(self, request: Request) -> Response:
        """Say what is to be reached."""
        target = actions.set_target(**self.checked(TargetFields), by=request.user, at=now())
        return self.answer(target, status=201)
