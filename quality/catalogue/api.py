"""The catalogue over the API: indicators with their definitions, periods, targets."""

from typing import Any

import django_filters
from django.utils.translation import get_language
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.clock import now, today
from accounts.doors import StrictViewSet
from accounts.listing import StrictFilterSet
from accounts.names import all_names, name_in
from accounts.scoped import Scoped, ScopedFilter, ScopedSlugField
from accounts.strict import StrictSerializer
from exchange.once import Once
from institutions.registry.models import Institution
from institutions.registry.scope import Role
from institutions.territory.models import Territory
from quality.catalogue import actions
from quality.catalogue.figures import plain
from quality.catalogue.models import Aspect, DefinitionVersion, Indicator, Period, Target


class Definition(StrictSerializer):
    """What is counted, from when to when."""

    version = serializers.IntegerField(read_only=True)
    numerator = serializers.CharField(read_only=True)
    denominator = serializers.CharField(read_only=True)
    valid = serializers.DictField(child=serializers.DateField(allow_null=True), read_only=True)


class IndicatorLine(StrictSerializer):
    """An indicator with the definition that is in force."""

    code = serializers.CharField(read_only=True)
    name = serializers.SerializerMethodField()
    kind = serializers.CharField(source="aspect", read_only=True)
    core = serializers.BooleanField(source="is_core", read_only=True)
    source = serializers.CharField(read_only=True)  # type: ignore[assignment]
    more_is_better = serializers.BooleanField(read_only=True)
    unit = serializers.SerializerMethodField()
    method = serializers.SerializerMethodField()
    across_periods = serializers.SerializerMethodField()
    levels = serializers.SerializerMethodField()
    periodicity = serializers.SerializerMethodField()
    definition = serializers.SerializerMethodField()

    def version(self, indicator: Indicator) -> DefinitionVersion | None:
        """The definition in force today, else the last one."""
        versions = sorted(indicator.versions.all(), key=lambda found: found.version)
        current = [found for found in versions if today() in found.valid]
        return next(iter(current or reversed(versions)), None)

    def get_name(self, indicator: Indicator) -> str:
        return name_in(indicator.names, get_language())

    def get_unit(self, indicator: Indicator) -> str:
        version = self.version(indicator)
        return name_in(version.unit, get_language()) if version else ""

    def get_method(self, indicator: Indicator) -> str:
        version = self.version(indicator)
        return version.method if version else ""

    def get_across_periods(self, indicator: Indicator) -> str:
        version = self.version(indicator)
        return version.across if version else ""

    def get_levels(self, indicator: Indicator) -> list[str]:
        version = self.version(indicator)
        return version.levels if version else []

    def get_periodicity(self, indicator: Indicator) -> list[str]:
        version = self.version(indicator)
        return version.periodicity if version else []

    def get_definition(self, indicator: Indicator) -> dict[str, Any] | None:
        version = self.version(indicator)
        return defined(version) if version else None


def defined(version: DefinitionVersion) -> dict[str, Any]:
    """A definition in the language asked for."""
    language = get_language()
    return {
        "version": version.version,
        "numerator": name_in(version.numerator, language),
        "denominator": name_in(version.denominator, language) or None,
        "valid": {"lower": version.valid.lower, "upper": version.valid.upper},
    }


class IndicatorDetail(IndicatorLine):
    """With its names in all languages and every definition it ever had."""

    names = serializers.SerializerMethodField()
    definitions = serializers.SerializerMethodField()

    def get_names(self, indicator: Indicator) -> dict[str, str]:
        return all_names(indicator.names)

    def get_definitions(self, indicator: Indicator) -> list[dict[str, Any]]:
        return [defined(version) for version in sorted(indicator.versions.all(), key=lambda found: found.version)]


class IndicatorFilters(StrictFilterSet):
    """By what it says, and whether it belongs to the core."""

    kind = django_filters.ChoiceFilter(field_name="aspect", choices=Aspect.choices)
    core = django_filters.BooleanFilter(field_name="is_core")

    class Meta:
        model = Indicator
        fields: list[str] = []


class IndicatorViewSet(Scoped, StrictViewSet):
    """The catalogue of indicators."""

    scope = Indicator
    lookup_field = "code"
    lookup_value_regex = r"[A-Za-z0-9_.-]+"
    prefetch = ("versions",)
    serializer_class = IndicatorDetail
    row_serializer_class = IndicatorLine
    filterset_class = IndicatorFilters
    orderings = ("position", "code")
    default_ordering = "position"


class PeriodLine(StrictSerializer):
    """A month (M), term (T) or year (A) in which figures are counted."""

    code = serializers.CharField(read_only=True)
    kind = serializers.CharField(read_only=True)
    pack = serializers.CharField(read_only=True)
    starts_on = serializers.DateField(read_only=True)
    ends_on = serializers.DateField(read_only=True)
    due_on = serializers.DateField(read_only=True)
    closes_on = serializers.DateField(read_only=True)


class PeriodFilters(StrictFilterSet):
    """By kind, code and country pack."""

    kind = django_filters.ChoiceFilter(choices=[("M", "M"), ("T", "T"), ("A", "A")])
    code = django_filters.CharFilter(max_length=24)
    pack = django_filters.CharFilter(max_length=8)

    class Meta:
        model = Period
        fields: list[str] = []


class PeriodViewSet(Scoped, StrictViewSet):
    """Periods of the country packs, newest first."""

    scope = Period
    lookup_field = "code"
    serializer_class = PeriodLine
    filterset_class = PeriodFilters
    orderings = ("starts_on", "code")
    default_ordering = "-starts_on"


class TargetLine(StrictSerializer):
    """What is to be reached at a place."""

    id = serializers.CharField(source="public_id", read_only=True)
    indicator = serializers.CharField(source="indicator.code", read_only=True)
    territory = serializers.CharField(source="territory.code", read_only=True, default=None, allow_null=True)
    institution = serializers.CharField(source="institution.public_id", read_only=True, default=None, allow_null=True)
    period = serializers.CharField(source="period.code", read_only=True)
    baseline = serializers.SerializerMethodField(method_name="said_baseline")
    value = serializers.SerializerMethodField(method_name="said_value")
    approved_at = serializers.DateTimeField(read_only=True, allow_null=True)

    def said_baseline(self, target: Target) -> str | None:
        return plain(target.baseline)

    def said_value(self, target: Target) -> str | None:
        return plain(target.value)


class TargetFields(StrictSerializer):
    """A target to be set; the same indicator, place and period again changes it."""

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


class TargetFilters(StrictFilterSet):
    """By indicator, place and period."""

    indicator = ScopedFilter(Indicator, slug_field="code")
    territory = ScopedFilter(Territory, slug_field="code")
    institution = ScopedFilter(Institution)
    period = django_filters.CharFilter(field_name="period__code", max_length=24)

    class Meta:
        model = Target
        fields: list[str] = []


class TargetViewSet(Scoped, Once, StrictViewSet):
    """Targets and where they began."""

    scope = Target
    related = ("indicator", "territory", "institution", "period")
    serializer_class = TargetLine
    filterset_class = TargetFilters
    orderings = ("period__starts_on",)
    default_ordering = "-period__starts_on"
    write_serializers = {"create": TargetFields}

    def enter(self, request: Request) -> None:
        """Setting a target belongs to offices."""
        self.allowed_roles = {Role.MINISTRY_OFFICER, Role.REGIONAL_OFFICER} if request.method == "POST" else None
        super().enter(request)

    def create(self, request: Request) -> Response:
        """Say what is to be reached."""
        target = actions.set_target(**self.checked(TargetFields), by=request.user, at=now())
        return self.answer(target, status=201)
