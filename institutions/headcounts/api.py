"""Head counts over the API: a list, and a bulk PUT that is one transaction."""

from typing import Any

import django_filters
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.clock import now, today
from accounts.doors import StrictViewSet
from accounts.listing import StrictFilterSet
from accounts.scoped import Scoped, ScopedFilter
from accounts.strict import StrictSerializer
from exchange.once import Once
from institutions.headcounts.actions import put_headcounts
from institutions.headcounts.intake import Given, Intake
from institutions.headcounts.models import Category, Headcount
from institutions.registry.entering import ENTERING, OFFICES
from institutions.registry.models import Institution

MOST = 5_000


class HeadcountLine(StrictSerializer):
    """A count as it was given."""

    id = serializers.CharField(source="pk", read_only=True)
    institution = serializers.CharField(source="institution.public_id", read_only=True)
    category = serializers.ChoiceField(choices=Category.choices, read_only=True)
    on_date = serializers.DateField(read_only=True)
    number = serializers.IntegerField(read_only=True)
    source = serializers.CharField(read_only=True)  # type: ignore[assignment]
    entered_at = serializers.DateTimeField(read_only=True)


class HeadcountFields(StrictSerializer):
    """A count to be put: `institution` by id or `scheme:value`; `source` names the register it comes from."""

    institution = serializers.CharField(max_length=100)
    category = serializers.ChoiceField(choices=Category.choices)
    on_date = serializers.DateField()
    number = serializers.IntegerField(min_value=0, max_value=9_999_999)
    source = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")  # type: ignore[assignment]


class HeadcountFilters(StrictFilterSet):
    """By institution, category and day."""

    institution = ScopedFilter(Institution)
    category = django_filters.ChoiceFilter(choices=Category.choices)
    to = django_filters.DateFilter(field_name="on_date", lookup_expr="lte")

    class Meta:
        model = Headcount
        fields: list[str] = []


HeadcountFilters.base_filters["from"] = django_filters.DateFilter(field_name="on_date", lookup_expr="gte")


class HeadcountViewSet(Scoped, Once, StrictViewSet):
    """Head counts of the institutions one may know of."""

    scope = Headcount
    related = ("institution",)
    serializer_class = HeadcountLine
    filterset_class = HeadcountFilters
    orderings = ("on_date", "entered_at")
    default_ordering = "-on_date"
    modified_field = "entered_at"
    lookup_field = "pk"
    lookup_value_regex = r"[0-9]{1,18}"
    write_serializers = {"replace": HeadcountFields}

    def enter(self, request: Request) -> None:
        """Entering figures belongs to administrators, integrators and offices."""
        self.allowed_roles = {*ENTERING, *OFFICES} if request.method == "PUT" else None
        super().enter(request)

    def replace(self, request: Request) -> Response:
        """Put a list of counts: all of them or none. The same list again changes nothing."""
        if not isinstance(request.data, list) or not 1 <= len(request.data) <= MOST:
            message = f"A list of 1 to {MOST} counts is expected."
            raise serializers.ValidationError({"": [serializers.ErrorDetail(message, "invalid")]})
        outcome = put_headcounts(self.read(self.checked(HeadcountFields, many=True)), by=request.user, at=now())
        return self.reply({"created": outcome.created, "changed": outcome.changed, "unchanged": outcome.unchanged})

    def read(self, rows: list[dict[str, Any]]) -> list[Given]:
        """Every row understood, or 400 with everything that is not."""
        texts = [{name: str(value) for name, value in row.items()} for row in rows]
        intake = Intake(texts, self.request.user, today())
        found = [intake.read(row) for row in texts]
        refused = [
            {} if isinstance(each, Given) else {
                wrong.field: [serializers.ErrorDetail(str(wrong.message), wrong.code)] for wrong in each
            }
            for each in found
        ]  # fmt: skip
        if any(refused):
            raise serializers.ValidationError(refused)
        return [each for each in found if isinstance(each, Given)]
