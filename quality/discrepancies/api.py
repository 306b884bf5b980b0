"""Disagreements over the API: the same rows as the page."""

from typing import Any

from rest_framework import serializers

from accounts.doors import StrictViewSet
from accounts.scoped import Scoped
from accounts.strict import StrictSerializer
from exchange.jobs.bulk import InBulk
from quality.catalogue.figures import plain
from quality.discrepancies.filters import DiscrepancyFilters
from quality.discrepancies.models import Discrepancy, Kind, Part
from quality.discrepancies.sheets import FILE, RELATED


class DiscrepancyLine(StrictSerializer):
    """Two figures that disagree; decimal figures are text. `difference` is what is published less what its parts give."""

    indicator = serializers.CharField(source="version.indicator.code", read_only=True)
    definition_version = serializers.IntegerField(source="version.version", read_only=True)
    territory = serializers.CharField(source="territory.code", read_only=True, default=None, allow_null=True)
    institution = serializers.CharField(source="institution.public_id", read_only=True, default=None, allow_null=True)
    period = serializers.CharField(source="period.code", read_only=True)
    kind = serializers.ChoiceField(choices=Kind.choices, read_only=True)
    part = serializers.ChoiceField(choices=Part.choices, read_only=True)
    published = serializers.SerializerMethodField()
    found = serializers.SerializerMethodField()
    difference = serializers.SerializerMethodField()
    parts = serializers.IntegerField(read_only=True)

    def get_published(self, row: Discrepancy) -> str | None:
        return plain(row.said)

    def get_found(self, row: Discrepancy) -> str | None:
        return plain(row.found)

    def get_difference(self, row: Discrepancy) -> str | None:
        return plain(row.difference)


class DiscrepancyViewSet(InBulk, Scoped, StrictViewSet):
    """Published figures that do not fit together, the largest disagreement first."""

    scope = Discrepancy
    related = RELATED
    serializer_class = DiscrepancyLine
    filterset_class = DiscrepancyFilters
    orderings: Any = ("size", "period__starts_on")
    default_ordering = "-size"
    exporter = FILE
