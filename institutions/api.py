"""Addresses of this app's things in the API: `routes` are viewsets by prefix, `paths` single views."""

from typing import Any

from django.urls import path

from institutions.clusters.api import ClusterViewSet
from institutions.headcounts.api import HeadcountViewSet
from institutions.people.api import Events, Me, TokenViewSet
from institutions.registry.api import InstitutionViewSet
from institutions.territory.api import TermViewSet, TerritoryViewSet

routes: list[tuple[str, Any]] = [
    ("territories", TerritoryViewSet),
    ("terms", TermViewSet),
    ("institutions", InstitutionViewSet),
    ("clusters", ClusterViewSet),
    ("headcounts", HeadcountViewSet),
    ("tokens", TokenViewSet),
]
paths: list[Any] = [
    path(
        "institutions.<str:format>",
        InstitutionViewSet.as_view({"get": "list"}, detail=False),
        name="api-institutions-file",
    ),
    path("me/", Me.as_view(), name="me"),
    path("events/", Events.as_view(), name="events"),
]
