"""The catalogue over the API: indicators with their definitions, and periods."""

from typing import Any

import django_filters
from django.utils.translation import get_language
from rest_framework import serializers

from accounts.clock import today
from accounts.doors import StrictViewSet
from accounts.listing import StrictFilterSet
from accounts.names import all_names, name_in
from accounts.scoped import Scoped
from accounts.strict import StrictSerializer
from quality.catalogue.models import Aspect, DefinitionVersion, Indicator, Period


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
