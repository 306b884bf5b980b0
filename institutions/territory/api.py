"""The tree of territories and the vocabularies over the API."""

from typing import Any

import django_filters
from django.utils.translation import get_language
from rest_framework import serializers

from accounts.clock import today
from accounts.doors import StrictViewSet
from accounts.listing import StrictFilterSet
from accounts.names import all_names, name_in
from accounts.scoped import Scoped, ScopedFilter
from accounts.strict import StrictSerializer
from institutions.territory.models import Term, Territory, TerritoryParent


class Days(StrictSerializer):
    """From a day up to a day, the last one left out; null: no end."""

    lower = serializers.DateField(read_only=True, allow_null=True)
    upper = serializers.DateField(read_only=True, allow_null=True)


class TerritoryLine(StrictSerializer):
    """A place as lists show it."""

    code = serializers.CharField(read_only=True)
    level = serializers.CharField(read_only=True)
    parent = serializers.SerializerMethodField(help_text="Code of the place it lies in today.")
    name = serializers.SerializerMethodField()
    valid = Days(read_only=True)

    def get_parent(self, place: Territory) -> str | None:
        """Code of the place above, today."""
        return self.context["parents"].get(place.pk)

    def get_name(self, place: Territory) -> str:
        """In the language asked for."""
        return name_in(place.names, get_language())


class TerritoryDetail(TerritoryLine):
    """A place with its names in all languages."""

    names = serializers.SerializerMethodField()

    def get_names(self, place: Territory) -> dict[str, str]:
        """In every language."""
        return all_names(place.names)


class TerritoryFilters(StrictFilterSet):
    """By level, by the place right above, by a place somewhere above."""

    level = django_filters.CharFilter(max_length=16)
    parent = ScopedFilter(Territory, slug_field="code", method="by_parent")
    within = ScopedFilter(Territory, slug_field="code", method="by_within")

    class Meta:
        model = Territory
        fields: list[str] = []

    def by_parent(self, rows: Any, name: str, place: Territory) -> Any:
        return rows.filter(parents__parent=place, parents__valid__contains=today())

    def by_within(self, rows: Any, name: str, place: Territory) -> Any:
        return rows.filter(lineage__contains=[place.pk])


class TerritoryViewSet(Scoped, StrictViewSet):
    """Places of the tree, by code."""

    scope = Territory
    lookup_field = "code"
    lookup_value_regex = r"[A-Za-z0-9_.-]+"
    serializer_class = TerritoryDetail
    row_serializer_class = TerritoryLine
    filterset_class = TerritoryFilters
    orderings = ("code", "sort_key", "depth")
    default_ordering = "code"

    def get_search(self, queryset: Any, text: str) -> Any:
        """Nearest first, unless another order is asked for."""
        if not self.request.query_params.get("ordering"):
            self.default_ordering = "-search_rank,depth,sort_key"
        return queryset.search(text)

    def present_rows(self, rows: list[Any], context: dict[str, Any]) -> Any:
        return super().present_rows(rows, {**context, "parents": parents_of(rows)})

    def present(self, subject: Any, context: dict[str, Any]) -> dict[str, Any]:
        return super().present(subject, {**context, "parents": parents_of([subject])})


def parents_of(places: list[Territory]) -> dict[int, str]:
    """Today's parents' codes by place."""
    rows = TerritoryParent.objects.filter(child__in=[place.pk for place in places], valid__contains=today())
    return dict(rows.values_list("child_id", "parent__code"))


class TermLine(StrictSerializer):
    """A word of a vocabulary."""

    vocabulary = serializers.CharField(read_only=True)
    code = serializers.CharField(read_only=True)
    name = serializers.SerializerMethodField()
    valid = Days(read_only=True)
    replaced_by = serializers.CharField(source="replaced_by.code", read_only=True, allow_null=True, default=None)

    def get_name(self, term: Term) -> str:
        """In the language asked for."""
        return name_in(term.names, get_language())


class TermFilters(StrictFilterSet):
    """By vocabulary."""

    vocabulary = django_filters.CharFilter(max_length=32)

    class Meta:
        model = Term
        fields: list[str] = []


class TermViewSet(Scoped, StrictViewSet):
    """The words of the country pack, vocabulary by vocabulary."""

    http_method_names = ["get", "head"]
    scope = Term
    lookup_field = "pk"
    serializer_class = TermLine
    filterset_class = TermFilters
    orderings = ("vocabulary", "position", "code")
    default_ordering = "vocabulary,position"
    related = ("replaced_by",)
    retrieve = None  # type: ignore[assignment]
    get_search = None  # type: ignore[assignment]
