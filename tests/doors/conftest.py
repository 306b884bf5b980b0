"""A viewset of its own for trying the doors, over real institutions; and two pages."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import django_filters
import pytest
from django import forms
from django.http import HttpResponse
from django.urls import include, path
from django.views.generic import DetailView, FormView
from rest_framework import serializers
from rest_framework.response import Response

from accounts.doors import Guarded, StrictViewSet
from accounts.listing import StrictFilterSet
from accounts.scoped import Scoped, ScopedChoiceField, ScopedFilter, ScopedForm, ScopedSlugField
from accounts.strict import StrictModelSerializer, StrictSerializer
from config.api import Router
from config.urls import handler400, handler403, handler404, handler500, urlpatterns
from exchange.moving import Moving
from exchange.once import Once
from institutions.registry.models import Institution
from institutions.registry.rules import INSTITUTION
from institutions.territory.models import Territory

EFFECTS: list[str] = []


class PlaceRow(StrictModelSerializer):
    class Meta:
        model = Territory
        fields = ["code", "level"]


class House(StrictModelSerializer):
    id = serializers.CharField(source="public_id", read_only=True)
    territory = serializers.SlugRelatedField(slug_field="code", read_only=True)
    expandable = {"territory": PlaceRow}

    class Meta:
        model = Institution
        fields = ["id", "short_name", "status", "territory", "version"]


class HouseFields(StrictSerializer):
    short_name = serializers.CharField(max_length=40)
    amount = serializers.DecimalField(max_digits=18, decimal_places=4, required=False)
    count = serializers.IntegerField(required=False)
    flag = serializers.BooleanField(required=False)
    on = serializers.DateField(required=False)
    partner = ScopedSlugField(Institution, required=False)
    codes = serializers.ListField(child=serializers.CharField(), required=False)
    version = serializers.IntegerField(read_only=True)


class HouseFilters(StrictFilterSet):
    territory = ScopedFilter(Territory, slug_field="code", field_name="territory")
    partner = ScopedFilter(Institution, field_name="pk")
    is_demo = django_filters.BooleanFilter()
    on = django_filters.DateFilter(field_name="registered_at__date")


class Houses(Scoped, Once, Guarded, Moving, StrictViewSet):
    scope = Institution
    serializer_class = House
    filterset_class = HouseFilters
    orderings = ("sort_key", "registered_at")
    default_ordering = "sort_key"
    modified_field = "modified_at"
    lifecycle = INSTITUTION

    def get_search(self, queryset: Any, text: str) -> Any:
        return queryset.filter(search_key__contains=text.lower())

    def may_change(self, user: Any, subject: Any) -> bool:
        return super().may_change(user, subject) if "move" in self.kwargs else subject.short_name != "locked"

    def create(self, request: Any) -> Response:
        data = self.checked(HouseFields)
        EFFECTS.append(data["short_name"])
        house = Institution.objects.visible_to(request.user).order_by("pk")[0]
        Institution.objects.filter(pk=house.pk).update(version=house.version + 1, short_name=data["short_name"])
        if data["short_name"] == "refused late":
            raise serializers.ValidationError({"short_name": ["no"]})
        return self.answer(house, status=201)

    def partial_update(self, request: Any, **kwargs: Any) -> Response:
        data = self.checked(HouseFields, partial=True)
        Institution.objects.filter(pk=self.subject.pk).update(version=self.subject.version + 1, **data)
        return self.answer(self.subject)


class OfficersOnly(Scoped, StrictViewSet):
    scope = Institution
    serializer_class = House
    allowed_roles = ("ministry_officer",)


class HousePage(Scoped, DetailView):
    scope = Institution

    def render_to_response(self, context: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponse(self.object.public_id)


class NamingForm(ScopedForm):
    name = forms.CharField(max_length=20)
    partner = ScopedChoiceField(Institution, required=False)


class NamingPage(Scoped, Once, FormView):
    scope = Institution
    form_class = NamingForm

    def render_to_response(self, context: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponse(str(context["form"].errors))

    def form_valid(self, form: Any) -> HttpResponse:
        EFFECTS.append(form.cleaned_data["name"])
        return HttpResponse(status=302, headers={"Location": "/done/"})


@pytest.fixture
def doors(settings: Any) -> Iterator[list[str]]:
    """The site with these doors beside its own; the list of what they did."""
    router = Router()
    router.register("houses", Houses, basename="try-house")
    router.register("officers", OfficersOnly, basename="try-officers")
    site = ModuleType("tests_doors_site")
    site.urlpatterns = [  # type: ignore[attr-defined]
        path("api/v1/try/", include(router.urls)),
        path("try/naming/", NamingPage.as_view(), name="try-naming"),
        path("try/<str:public_id>/", HousePage.as_view(), name="try-page"),
        *urlpatterns,
    ]
    site.handler400, site.handler403 = handler400, handler403  # type: ignore[attr-defined]
    site.handler404, site.handler500 = handler404, handler500  # type: ignore[attr-defined]
    settings.ROOT_URLCONF = site
    EFFECTS.clear()
    yield EFFECTS
