"""Figures over the API: a list, and a bulk PUT that is one transaction."""

from typing import Any

import django_filters
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.clock import now
from accounts.doors import StrictViewSet
from accounts.listing import StrictFilterSet
from accounts.scoped import Scoped, ScopedFilter
from accounts.strict import StrictSerializer
from exchange.once import Once
from institutions.registry.entering import ENTERING, OFFICES
from institutions.registry.models import Institution
from institutions.territory.models import Territory
from quality.catalogue.figures import plain
from quality.catalogue.models import Indicator
from quality.observations.actions import put_observations
from quality.observations.intake import Given, Intake
from quality.observations.models import Observation, ValueState
from quality.submissions.models import SubmissionStatus

MOST = 5_000


class ObservationLine(StrictSerializer):
    """A figure as it was given."""

    indicator = serializers.CharField(source="version.indicator.code", read_only=True)
    definition_version = serializers.IntegerField(source="version.version", read_only=True)
    institution = serializers.CharField(source="institution.public_id", read_only=True, default=None, allow_null=True)
    territory = serializers.CharField(source="territory.code", read_only=True, default=None, allow_null=True)
    period = serializers.CharField(source="period.code", read_only=True)
    numerator = serializers.SerializerMethodField()
    denominator = serializers.SerializerMethodField()
    published = serializers.CharField(read_only=True)
    state = serializers.ChoiceField(choices=ValueState.choices, read_only=True)
    provisional = serializers.SerializerMethodField()
    source = serializers.CharField(read_only=True)  # type: ignore[assignment]
    entered_at = serializers.DateTimeField(read_only=True)

    def get_numerator(self, row: Observation) -> str | None:
        return plain(row.numerator)

    def get_denominator(self, row: Observation) -> str | None:
        return plain(row.denominator)

    def get_provisional(self, row: Observation) -> bool:
        """Until the submission it belongs to is final; a published total is as it was published."""
        return row.institution_id is not None and row.submission_status != SubmissionStatus.LOCKED  # type: ignore[attr-defined]


class ObservationFields(StrictSerializer):
    """A figure to be put: `institution` by id or `scheme:value`, or `territory` where it is a published total.

    `state` is `value` when left out (`missing` where only `published` is given), `suppressed` where the source withholds it.
    """

    indicator = serializers.CharField(max_length=16)
    institution = serializers.CharField(max_length=100, required=False, allow_null=True)
    territory = serializers.CharField(max_length=32, required=False, allow_null=True)
    period = serializers.CharField(max_length=24)
    numerator = serializers.DecimalField(max_digits=18, decimal_places=4, min_value=0, required=False, allow_null=True)
    denominator = serializers.DecimalField(
        max_digits=18, decimal_places=4, min_value=0, required=False, allow_null=True
    )
    published = serializers.CharField(max_length=24, required=False, allow_blank=True, default="")
    state = serializers.ChoiceField(choices=ValueState.choices, required=False)
    source = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")  # type: ignore[assignment]


class ObservationFilters(StrictFilterSet):
    """By institution, period and indicator."""

    institution = ScopedFilter(Institution)
    territory = ScopedFilter(Territory, slug_field="code")
    indicator = ScopedFilter(Indicator, slug_field="code", field_name="version__indicator")
    period = django_filters.CharFilter(field_name="period__code", max_length=24)
    state = django_filters.ChoiceFilter(choices=ValueState.choices)

    class Meta:
        model = Observation
        fields: list[str] = []


class ObservationViewSet(Scoped, Once, StrictViewSet):
    """Figures of the institutions one oversees, and published totals of places."""

    scope = Observation
    related = ("version__indicator", "period", "institution", "territory")
    serializer_class = ObservationLine
    filterset_class = ObservationFilters
    orderings = ("entered_at", "period__starts_on")
    default_ordering = "-period__starts_on"
    modified_field = "entered_at"
    lookup_field = "pk"
    lookup_value_regex = r"[0-9]{1,18}"
    write_serializers = {"replace": ObservationFields}

    def get_queryset(self) -> Any:
        return super().get_queryset().with_submission_status()

    def enter(self, request: Request) -> None:
        """Entering figures belongs to administrators, integrators and offices."""
        self.allowed_roles = {*ENTERING, *OFFICES} if request.method == "PUT" else None
        super().enter(request)

    def replace(self, request: Request) -> Response:
        """Put a list of figures: all of them or none. The same list again changes nothing."""
        if not isinstance(request.data, list) or not 1 <= len(request.data) <= MOST:
            raise serializers.ValidationError(
                {"": [serializers.ErrorDetail(f"A list of 1 to {MOST} figures is expected.", "invalid")]}
            )
        rows = self.checked(ObservationFields, many=True)
        given = self.read(rows)
        outcome = put_observations(
            given, by=request.user, at=now(), source=next((r["source"] for r in rows if r["source"]), "")
        )
        return self.reply({"created": outcome.created, "changed": outcome.changed, "unchanged": outcome.unchanged})

    def read(self, rows: list[dict[str, Any]]) -> list[Given]:
        """Every row understood, or 400 with everything that is not."""
        texts = [{name: "" if value is None else str(value) for name, value in row.items()} for row in rows]
        intake = Intake(texts, self.request.user)
        found = [intake.read(row) for row in texts]
        refused = [_refusal(each) for each in found]
        if any(refused):
            raise serializers.ValidationError(refused)
        return [each for each in found if isinstance(each, Given)]


def _refusal(found: Any) -> dict[str, Any]:
    """Errors of one row by field; empty for a row that is understood."""
    if isinstance(found, Given):
        return {}
    return {wrong.field: [serializers.ErrorDetail(str(wrong.message), wrong.code)] for wrong in found}
